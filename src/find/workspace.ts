import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { create } from "@actions/glob";
import { type Digest, digestOf } from "../oci/digest.ts";
import { codeOf, messageOf, PullError } from "../oci/failure.ts";
import { type Edit, withPins } from "./pin.ts";

/** The most files that one step reads. */
export const FILE_LIMIT = 10_000;

// The largest real files that name images, rendered charts, have some hundred kilobytes.
const SIZE_LIMIT = 2 ** 20;

/** A file as it was read. */
export type ReadFile = {
  readonly text: string;
  /** Of its bytes. */
  readonly digest: Digest;
};

/**
 * The directory whose files a step may read and pin. Paths are relative to it, with `/`. A path that
 * leads out of it, also over a symbolic link, is refused.
 */
export class Workspace {
  readonly #root: string;

  /** Fails as `invalid` when `root` is no directory that can be read. */
  constructor(root: string) {
    this.#root = attempt(root, () => realpathSync(root));
  }

  /**
   * The paths of the files that match a pattern and none of `excluded`, each under its own name:
   * links are followed to files inside the workspace, and never to directories. Hidden files match
   * only where the pattern names them. Fails as `invalid` on a pattern that cannot be used.
   */
  async *matching(pattern: string, excluded: readonly string[]): AsyncGenerator<string> {
    const patterns = [pattern, ...excluded.map((one) => `!${one}`)];
    const rooted = patterns.map((one) =>
      one.replace(/^!?/, (mark) => `${mark}${this.#escapedRoot}/`),
    );
    try {
      const globber = await create(rooted.join("\n"), {
        followSymbolicLinks: false,
        matchDirectories: false,
        excludeHiddenFiles: !namesHidden(pattern),
      });
      for await (const found of globber.globGenerator()) {
        const path = this.#relative(found);
        const file = isHidden(path, pattern) ? undefined : this.#withoutLinks(path);
        if (file !== undefined) yield file;
      }
    } catch (cause) {
      const found = `the pattern ${JSON.stringify(pattern)} cannot be used: ${messageOf(cause)}`;
      throw new PullError("no-file", found, { cause });
    }
  }

  /** A file of the workspace. Fails as `invalid` when it cannot be read as text. */
  read(path: string): ReadFile {
    const bytes = this.#bytes(path);
    return { text: decode(bytes, path), digest: digestOf(bytes) };
  }

  /** The text of the file `name` beside the file `path`; undefined when it cannot be read. */
  beside(path: string, name: string): string | undefined {
    try {
      return this.read(join(dirname(path), name)).text;
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return undefined;
    }
  }

  /**
   * Writes digests into a file, whose mode stays. Returns false when that changes nothing. Fails as
   * `invalid` when the file is no longer what it was when it had the digest `before`.
   */
  pin(path: string, before: Digest, edits: readonly Edit[]): boolean {
    const content = this.#bytes(path);
    if (digestOf(content) !== before) {
      throw new PullError("wrong-file", `${path} changed while the step ran`, {
        next: "it is left as it is; run the step again",
      });
    }
    const pinned = withPins(content, edits);
    if (pinned.equals(content)) return false;
    this.#replace(path, pinned);
    return true;
  }

  #replace(path: string, content: Buffer): void {
    const target = this.#real(path);
    const temporary = `${target}.${process.pid}.registry-pull`;
    attempt(path, () => {
      try {
        writeFileSync(temporary, content, { flag: "wx" });
        chmodSync(temporary, statSync(target).mode);
        renameSync(temporary, target);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    });
  }

  #bytes(path: string): Buffer {
    const real = this.#real(path);
    return attempt(path, () => readWhole(real, path));
  }

  /** The path of a file without links. Fails as `invalid` when it is outside the workspace. */
  #real(path: string): string {
    const real = attempt(path, () => realpathSync(join(this.#root, path)));
    if (isBelow(this.#root, real)) return real;
    throw new PullError("wrong-file", `${path} is outside the workspace`);
  }

  /** A file's own path, without links; undefined for a directory. */
  #withoutLinks(path: string): string | undefined {
    try {
      const real = this.#real(path);
      return statSync(real).isDirectory() ? undefined : this.#relative(real);
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      // Reading it fails, too, and its problem states why.
      return path;
    }
  }

  get #escapedRoot(): string {
    return escaped(this.#root);
  }

  #relative(path: string): string {
    return relative(this.#root, path).split(sep).join("/");
  }
}

/** True when `path` is in the directory `root`, at any depth. */
function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Characters with a meaning in a pattern as themselves. On Windows, a backslash separates. */
function escaped(path: string): string {
  const slashes = sep === "/" ? path.replace(/\\/g, "\\\\") : path;
  return slashes.replace(/[[?*]/g, "[$&]");
}

function namesHidden(pattern: string): boolean {
  return /(^|\/)\.[^/.]/.test(pattern);
}

/** True for a path with a hidden part that the pattern does not name. */
function isHidden(path: string, pattern: string): boolean {
  const named = pattern.split("/").filter((part) => part.startsWith("."));
  const isNamed = (part: string): boolean => named.some((one) => one === part || /[*?[]/.test(one));
  return path.split("/").some((part) => part.startsWith(".") && !isNamed(part));
}

/** What `work` returns; a failure of the file system is a problem of the file. */
function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = codeOf(cause);
    if (cause instanceof PullError || code === "") throw cause;
    throw new PullError("wrong-file", `${path} cannot be read or written: ${code}`, { cause });
  }
}

/** The bytes of a file. The limit holds also for a file that grows. */
function readWhole(real: string, path: string): Buffer {
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new PullError("wrong-file", `${path} is no regular file`);
    const buffer = Buffer.alloc(Math.min(status.size, SIZE_LIMIT) + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    if (length > SIZE_LIMIT) throw tooLarge(path);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function tooLarge(path: string): PullError {
  const found = `${path} has more than 1 MiB, the most that is read of a file`;
  return new PullError("wrong-file", found, { next: "leave it out with !path" });
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PullError("wrong-file", `${path} is not UTF-8 text`, { cause });
  }
}
