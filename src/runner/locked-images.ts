import { type LockWanted, mentionsOf, type Wanted } from "../gate/plan.ts";
import { formatReference, type Reference } from "../oci/reference.ts";
import type { LockFile } from "./lock-file.ts";

/** The lock file of a step, and how the step uses it. */
export type UsedLock = Pick<LockWanted, "file" | "mode"> & { readonly entries: LockFile };

/** The name of an image in a lock file: its full reference, without a digest. */
export function lockKey(reference: Reference): string {
  return formatReference({ ...reference, digest: undefined });
}

/**
 * Images with what a lock file has on them. A reference with a digest needs no lock, and a build
 * cache changes with each build. Of two forms of a reference, the one in the lock file counts.
 */
export function lockImages(wanted: readonly Wanted[], lock: UsedLock): readonly Wanted[] {
  return wanted.map((image) => (isLockable(image) ? lockImage(image, lock) : image));
}

function isLockable(image: Wanted): boolean {
  const isCache = mentionsOf(image).every((mention) => mention.isCache === true);
  return image.reference.digest === undefined && !isCache;
}

function lockImage(image: Wanted, { file, mode, entries }: UsedLock): Wanted {
  const { otherwise, ...first } = image;
  const entry = entries.get(lockKey(image.reference));
  const other = otherwise && entries.get(lockKey(otherwise.reference));
  const lock = { file, mode, entry: entry ?? other };
  // An update asks for the first form again, which may exist by now.
  if (mode === "update") return { ...image, lock };
  return entry === undefined && other !== undefined
    ? { ...first, ...otherwise, lock }
    : { ...first, lock };
}
