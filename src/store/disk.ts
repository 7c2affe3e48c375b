import { PullError } from "../oci/failure.ts";

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space, or put the layout on another disk with the input path",
  EDQUOT: "the disk quota is used up; put the layout on another disk with the input path",
  EACCES: "it is not writable; choose another directory with the input path",
  EPERM: "it is not writable; choose another directory with the input path",
  EROFS: "it is on a read-only file system; choose another directory with the input path",
  ENOTDIR: "a part of it is not a directory; choose another one with the input path",
  EEXIST: "something else has that name; choose another directory with the input path",
  EMFILE: "too many files are open; lower the input concurrency",
};

/** What `work` returns; what goes wrong with the disk on the way fails as `unsupported`, in words about `path`. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { code?: string };
    if (error instanceof PullError || code === undefined) throw error;
    throw new PullError("unsupported", `cannot write to ${path} (${code}): ${MEANINGS[code] ?? (error as Error).message}`, error);
  }
}
