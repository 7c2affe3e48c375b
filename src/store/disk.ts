import { statfsSync } from "node:fs";
import { constants, type FileHandle, lstat, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { PullError } from "../oci/failure.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "disk full",
  EDQUOT: "disk full: the quota is used up",
  EACCES: "it is not writable",
  EPERM: "it is not writable",
  EROFS: "it is on a read-only file system",
  ENOTDIR: "a part of it is not a directory",
  EEXIST: "something else has that name",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead nowhere",
  EMFILE: "too many files are open",
};

/**
 * What `work` returns; what goes wrong with the disk on the way fails as `unsupported`, in words about `path`: where there is
 * no room, how much there is and, where that is known, how many bytes were `needed`.
 */
export async function onDisk<T>(path: string, work: () => Promise<T>, needed?: number): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(path, error, needed);
  }
}

/** What {@link onDisk} makes of an error: `error` itself where it tells of no disk. */
export function diskFailure(path: string, error: unknown, needed?: number): unknown {
  const { code } = error as { code?: string };
  if (error instanceof PullError || code === undefined) return error;
  const words = `cannot write to ${path} (${code}): ${MEANINGS[code] ?? (error as Error).message}`;
  if (code === "ENOSPC" || code === "EDQUOT") return new PullError("disk-full", `${words}${roomAt(path, needed)}`, { cause: error });
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

// Not there on Windows, which has no links that anybody may plant and no such pipes.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants> & { readonly O_RDONLY: number };

/**
 * A file that is open for reading, and a regular one: no link is followed and no pipe waited for, whatever was put in its
 * place since somebody looked. Fails as the system does, and as `unsupported` for what is no regular file.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new PullError("not-a-file", `${path} is not a regular file`);
}

/** The bytes of a regular file; undefined when it has more than `limit`. Fails as {@link openRegular} does. */
export async function readRegular(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await openRegular(path);
  try {
    return (await file.stat()).size > limit ? undefined : await file.readFile();
  } finally {
    await file.close();
  }
}

/** Makes a directory, and those above it. Fails as `unsupported` for a link in its place, which would lead every blob elsewhere. */
export async function makeDirectory(path: string): Promise<void> {
  await mkdirs(path);
  if (!(await lstat(path)).isDirectory()) throw new PullError("not-a-directory", `${path} is not a directory: a layout cannot be here`);
}

/** A directory and those above it. Node's own way never ends below /proc, and says ENOENT for other reasons: https://github.com/nodejs/node/issues/42808 */
async function mkdirs(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await mkdirs(dirname(path));
    await mkdir(path);
  }
}
