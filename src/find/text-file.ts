import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { codeOf, PullError } from "../oci/failure.ts";

// The largest real files that name images, rendered charts, have some hundred kilobytes.
const SIZE_LIMIT = 2 ** 20;

/** What `work` returns; a failure of the file system is a problem of the file. */
export function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = codeOf(cause);
    if (cause instanceof PullError || code === "") throw cause;
    throw new PullError("wrong-file", `${path} cannot be read: ${code}`, { cause });
  }
}

/**
 * Replaces a file at a path without links by one with the same mode and, where this process may, the
 * same owner. `path` is for messages. Fails as `not-written`; the file is then as it was.
 */
export function replaceFile(target: string, path: string, content: Buffer): void {
  writing(path, () => {
    const { mode, uid, gid } = statSync(target);
    put(target, content, (temporary) => {
      keepOwner(temporary, uid, gid);
      chmodSync(temporary, mode);
    });
  });
}

/** True when something has that name, also a link to nothing. False where this cannot be known. */
export function hasName(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Makes a file where there is none. `path` is for messages. Fails as `not-written`. */
export function makeFile(target: string, path: string, content: Buffer): void {
  writing(path, () => put(target, content, () => undefined));
}

/** Puts a file at a path by rename; `prepare` gets it before that. Leaves nothing when it fails. */
function put(target: string, content: Buffer, prepare: (temporary: string) => void): void {
  // Short, because a name can be as long as the file system allows.
  const temporary = join(dirname(target), `.pin-${process.pid}`);
  const file = openSync(temporary, "wx");
  try {
    fill(file, content);
    prepare(temporary);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes the content of an open file, and closes it. */
function fill(file: number, content: Buffer): void {
  try {
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
}

/** Does `work`, which writes a file. */
function writing(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "") throw cause;
    throw new PullError("not-written", `${path} cannot be written: ${code}`, { cause });
  }
}

/** Gives a file its owner, as far as this process may. */
function keepOwner(path: string, uid: number, gid: number): void {
  try {
    chownSync(path, uid, gid);
  } catch {
    // Only root may give files away; other users own what they may replace.
  }
}

/**
 * The bytes of a file at a path without links; `path` is for messages. Fails as `invalid` for what is
 * no regular file, and for more than `limit` bytes, also in a file that grows.
 */
export function readFile(real: string, path: string, limit = SIZE_LIMIT): Buffer {
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new PullError("wrong-file", `${path} is no regular file`);
    const buffer = Buffer.alloc(Math.min(status.size, limit) + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    if (length > limit) throw tooLarge(path, limit);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function tooLarge(path: string, limit: number): PullError {
  const found = `${path} has more than ${limit / 2 ** 20} MiB, the most that is read of a file`;
  return new PullError("wrong-file", found);
}

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a file, with a byte order mark if it has one. Fails as `invalid` unless it is UTF-8. */
export function decode(bytes: Buffer, path: string): string {
  try {
    return UTF_8.decode(bytes);
  } catch (cause) {
    throw new PullError("wrong-file", `${path} is not UTF-8 text`, { cause });
  }
}
