import { statfsSync } from "node:fs";
import { constants, type FileHandle, lstat, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf, messageOf, PullError } from "../oci/failure.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "disk full",
  EDQUOT: "disk full: the quota is used up",
  EACCES: "it is not writable",
  EPERM: "it is not writable",
  EROFS: "it is on a read-only file system",
  ENOTDIR: "a part of it is not a directory",
  EEXIST: "something else has that name",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "it is a link, or its links form a loop",
  EMFILE: "too many files are open",
};

/**
 * What `work` returns. An error of the system on the way fails as `unsupported` and names `path`.
 * On a full disk the message also states how many bytes are free and, if given, how many are
 * `needed`.
 */
export async function onDisk<T>(path: string, work: () => Promise<T>, needed?: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(path, error, needed);
  }
}

/** The failure that {@link onDisk} throws for an error: the error itself when it has no code. */
export function diskFailure(path: string, error: unknown, needed?: number): unknown {
  const code = codeOf(error);
  if (error instanceof PullError || code === "") return error;
  const words = `cannot write to ${path} (${code}): ${MEANINGS[code] ?? messageOf(error)}`;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PullError("disk-full", `${words}${roomAt(path, needed)}`, { cause: error });
  }
  const next = code === "EMFILE" ? "lower the input concurrency" : undefined;
  return new PullError("disk-failed", words, { next, cause: error });
}

function roomAt(path: string, needed: number | undefined): string {
  const wanted = needed === undefined ? "" : `, ${needed} bytes are needed for this blob`;
  return `${wanted}${freeAt(path)}`;
}

function freeAt(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return `, ${bavail * bsize} bytes are free`;
  } catch {
    return "";
  }
}

// Windows lacks the last two. It has no such pipes, and creating a link there needs a privilege.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * A regular file, open for reading. It follows no link and waits for no pipe, even one that
 * replaced the file a moment ago. Fails as the system does, and as `unsupported` for anything but a
 * regular file.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new PullError("not-a-file", `${path} is not a regular file`);
}

/**
 * The bytes of a regular file; undefined when it has more than `limit` bytes. Fails as
 * {@link openRegular} does.
 */
export async function readRegular(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await openRegular(path);
  try {
    return (await file.stat()).size > limit ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * Creates a directory, and those above it. Fails as `unsupported` for anything else at `path`: a
 * link there would lead every blob elsewhere.
 */
export async function makeDirectory(path: string): Promise<void> {
  await mkdirs(path);
  if ((await lstat(path)).isDirectory()) return;
  throw new PullError("not-a-directory", `${path} is not a directory: a layout cannot be here`);
}

/**
 * Node's recursive `mkdir` never ends below /proc, and reports ENOENT for other errors:
 * https://github.com/nodejs/node/issues/42808
 */
async function mkdirs(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await mkdirs(dirname(path));
    await mkdir(path);
  }
}
