import { lstatSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { create } from "@actions/glob";
import { type Digest, digestOf } from "../oci/digest.ts";
import { codeOf, messageOf, PullError } from "../oci/failure.ts";
import { type Edit, withPins } from "./pin.ts";
import { attempt, decode, makeFile, readFile, replaceFile } from "./text-file.ts";

/** The most files that one step reads. */
export const FILE_LIMIT = 10_000;

/** A file as it was read. */
export type ReadFile = {
  readonly text: string;
  /** Of its bytes. */
  readonly digest: Digest;
};

/** A file that is to be replaced: its digest when it was read, if it was there. */
export type Replaced = { readonly before: Digest | undefined; readonly limit: number };

/** A file that matches a pattern. */
export type Match = {
  /** The path that matches: relative to the workspace, except for a receipt. */
  readonly path: string;
  /** The path of the file that it leads to: the same, unless there are links. */
  readonly file: string;
};

/**
 * The directory whose files a step may read and pin. Paths are relative to it, with `/`. A path that
 * leads out of it, also over a symbolic link, is refused. Besides, one file at a time may be read
 * from the directory `temporary` by its absolute path: the receipt of a job is there.
 */
export class Workspace {
  readonly #root: string;
  readonly #temporary: string | undefined;

  /** Fails as `invalid` when `root` is no directory that can be read. */
  constructor(root: string, temporary?: string) {
    this.#root = attempt(root, () => realpathSync.native(root));
    this.#temporary = temporary;
  }

  /**
   * The files that match a pattern and none of `excluded`. Links are followed to files inside the
   * workspace, and never to directories. Hidden files match only where the pattern names them. An
   * absolute path is no pattern, and matches itself. Fails as `invalid` on a pattern that cannot be
   * used.
   */
  async *matching(pattern: string, excluded: readonly string[]): AsyncGenerator<Match> {
    if (isAbsolute(pattern)) {
      yield { path: pattern, file: pattern };
      return;
    }
    const root = escaped(this.#root);
    const patterns = [`${root}/${pattern}`, ...excluded.map((one) => `!${root}/${one}`)];
    try {
      const globber = await create(patterns.join("\n"), {
        followSymbolicLinks: false,
        matchDirectories: false,
        excludeHiddenFiles: !namesHidden(pattern) && !basename(this.#root).startsWith("."),
      });
      for await (const found of globber.globGenerator()) {
        const path = this.#relative(found);
        if (isHidden(path, pattern) || this.#isDirectory(path)) continue;
        yield { path, file: this.#withoutLinks(path) };
      }
    } catch (cause) {
      const found = `the pattern ${JSON.stringify(pattern)} cannot be used: ${messageOf(cause)}`;
      throw new PullError("no-file", found, { cause });
    }
  }

  /**
   * A file of the workspace or, by its absolute path, of the directory `temporary`, of at most
   * `limit` bytes: a mebibyte when none is given. Fails as `invalid` when it cannot be read as text.
   */
  read(path: string, limit?: number): ReadFile {
    if (/\p{Cc}/u.test(path)) {
      throw new PullError("wrong-file", `${path} has a control character in its name`);
    }
    const real = isAbsolute(path) ? this.#realTemporary(path) : this.#real(path);
    const bytes = attempt(path, () => readFile(real, path, limit));
    return { text: decode(bytes, path), digest: digestOf(bytes) };
  }

  /** The text of the file `name` beside the file `path`; undefined when it cannot be read. */
  beside(path: string, name: string): string | undefined {
    if (isAbsolute(path)) return undefined;
    try {
      return this.read(join(dirname(path), name)).text;
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return undefined;
    }
  }

  /**
   * Writes digests into a file, whose mode stays. Returns false when that changes nothing. Fails as
   * `file-changed` when the file no longer has the digest `before`, and as `not-written` when it
   * cannot be written.
   */
  pin(path: string, before: Digest, edits: readonly Edit[]): boolean {
    const content = this.#bytes(path);
    if (digestOf(content) !== before) {
      throw new PullError("file-changed", `${path} changed while the step ran`);
    }
    const pinned = withPins(content, edits);
    if (pinned.equals(content)) return false;
    replaceFile(this.#real(path), path, pinned);
    return true;
  }

  /**
   * Makes a file that did not exist when it was looked for, or replaces one that then had the digest
   * `before`, of at most `limit` bytes. Fails as `file-changed` when it is another one by now, as
   * `not-written`, and as `invalid` when it or its directory is outside the workspace.
   */
  write(path: string, content: Buffer, { before, limit }: Replaced): void {
    const isThere = this.has(path);
    const now = isThere ? digestOf(this.#bytes(path, limit)) : undefined;
    if (now !== before) {
      throw new PullError("file-changed", `${path} changed while the step ran`);
    }
    if (isThere) replaceFile(this.#real(path), path, content);
    else makeFile(join(this.#directoryOf(path), basename(path)), path, content);
  }

  /** True when there is something at a path: also a link to nothing, and what cannot be read. */
  has(path: string): boolean {
    try {
      return lstatSync(join(this.#root, path), { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      // Where a file stands in the place of a directory, there is nothing.
      return codeOf(error) !== "ENOTDIR";
    }
  }

  /** The directory for a new file, without links. Fails as `not-written` when it does not exist. */
  #directoryOf(path: string): string {
    const directory = dirname(path);
    if (directory === ".") return this.#root;
    if (this.#isDirectory(directory)) return this.#real(directory);
    const found = `${path} cannot be written: there is no directory ${directory}`;
    throw new PullError("not-written", found, { next: "make the directory before the step" });
  }

  #bytes(path: string, limit?: number): Buffer {
    const real = this.#real(path);
    return attempt(path, () => readFile(real, path, limit));
  }

  /** The path of a file without links. Fails as `invalid` when no path may lead there. */
  #real(path: string): string {
    const real = attempt(path, () => realpathSync.native(join(this.#root, path)));
    if (!isBelow(this.#root, real)) {
      throw new PullError("wrong-file", `${path} is outside the workspace`);
    }
    const named = path.split("/");
    const hidden = this.#relative(real)
      .split("/")
      .filter((part) => part.startsWith("."));
    if (hidden.every((part) => named.includes(part))) return real;
    throw new PullError("wrong-file", `${path} is a link to a hidden file`);
  }

  /** The path without links of a file in the directory `temporary`. Fails as `invalid` elsewhere. */
  #realTemporary(path: string): string {
    const directory = this.#temporary;
    if (directory !== undefined && isBelow(directory, path)) {
      const root = attempt(directory, () => realpathSync.native(directory));
      const real = attempt(path, () => realpathSync.native(path));
      if (isBelow(root, real)) return real;
    }
    const found = `${path} is neither in the workspace nor in the runner's temp directory`;
    throw new PullError("wrong-file", found, { next: "name a path or glob below the workspace" });
  }

  /** True for a directory, also behind a link, wherever that leads. */
  #isDirectory(path: string): boolean {
    return statSync(join(this.#root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  /** The path of the file that a path leads to or, when it leads to none that can be read, itself. */
  #withoutLinks(path: string): string {
    try {
      return this.#relative(this.#real(path));
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      return path;
    }
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
