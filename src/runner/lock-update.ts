import type { Locked, Wanted } from "../gate/plan.ts";
import {
  blobsOf,
  digestOfImage,
  failsStep,
  type Resolved,
  shownImage,
  statusOf,
} from "../gate/resolved.ts";
import type { Digest } from "../oci/digest.ts";
import { asPlatform, formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import type { LockChange, LockedImage } from "./lock-diff.ts";
import type { LockFile } from "./lock-file.ts";
import { lockKey } from "./locked-images.ts";
import { totalSize } from "./results.ts";

/** How a lock file is updated. */
export type Updating = {
  /** The day of this step: `2026-11-21`. */
  readonly day: string;
  /** True to drop the entries of images that this step does not name. */
  readonly prunes: boolean;
};

/**
 * The lock file with what a step resolved. An image with a problem keeps its entry. So does, without
 * pruning, an image that the step does not name.
 */
export function updatedLock(
  before: LockFile,
  images: readonly Resolved[],
  { day, prunes }: Updating,
): LockFile {
  const lockable = images.filter(({ wanted }) => wanted.lock !== undefined);
  const named = new Set(lockable.flatMap(({ wanted }) => namesOf(wanted)));
  const kept = [...before].filter(([reference]) => !prunes || named.has(reference));
  const lock = new Map(kept);
  for (const image of lockable) {
    const digest = digestOfImage(image);
    if (digest === undefined || !mayLock(image)) continue;
    const reference = lockKey(image.wanted.reference);
    lock.set(reference, entryOf(image, digest, lock.get(reference), day));
  }
  return lock;
}

/**
 * True for an image without a problem, and for a required one whose problems concern only optional
 * places. That a file does not pin it is no problem of the image.
 */
function mayLock(image: Resolved): boolean {
  const { pin: _, ...found } = image;
  const { problem, wanted } = found;
  if (statusOf(found) === "ok") return true;
  return problem === undefined && !wanted.optional && !failsStep(found, true);
}

function namesOf({ reference, otherwise }: Wanted): readonly string[] {
  const forms = otherwise === undefined ? [reference] : [reference, otherwise.reference];
  return forms.map(lockKey);
}

/**
 * The entry of an image: the platforms that the step requires, and those that were locked before
 * and are still offered, because another workflow may require them.
 */
function entryOf(image: Resolved, digest: Digest, before: Locked | undefined, day: string): Locked {
  const isSame = before?.digest === digest;
  const platforms = new Map(isSame ? before.platforms : []);
  for (const { platform, digest: manifest, required, reason } of image.platforms) {
    const isWanted = reason === "" && (required || hasLike(before, platform));
    if (isWanted && manifest !== undefined && isPlain(platform)) platforms.set(platform, manifest);
  }
  const isUnchanged = isSame && sameMap(before.platforms, platforms);
  return isUnchanged ? before : { digest, platforms, day };
}

/** True when an entry has a platform, maybe in another revision of the same Windows build. */
function hasLike(entry: Locked | undefined, text: string): boolean {
  const platform = asPlatform(text);
  if (entry === undefined || platform === undefined) return false;
  return [...entry.platforms.keys()].some((name) => {
    const locked = asPlatform(name);
    return locked !== undefined && satisfies(locked, platform);
  });
}

/** True for a platform in its normal form: a lock file has no other. */
function isPlain(text: string): boolean {
  const platform = asPlatform(text);
  return platform !== undefined && formatPlatform(platform) === text;
}

function sameMap<T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/** The images of a step by their names in the lock file: as they are, and as they were locked. */
export type BeforeAndAfter = {
  readonly images: readonly Resolved[];
  /** Without those that could not be read. */
  readonly before: ReadonlyMap<string, Resolved>;
  readonly runner: Platform;
};

/** The entries in which two lock files differ, with what is known of their images. */
export function changesBetween(
  old: LockFile,
  now: LockFile,
  { images, before, runner }: BeforeAndAfter,
): readonly LockChange[] {
  const after = byKey(images);
  const references = new Set([...old.keys(), ...now.keys()]);
  const changed = [...references].filter((reference) => old.get(reference) !== now.get(reference));
  return changed.toSorted().map((reference) => {
    const replaced = before.get(reference);
    return {
      reference,
      old: describe(old.get(reference), replaced === undefined ? [] : [replaced], runner),
      now: describe(now.get(reference), after.get(reference) ?? [], runner),
    };
  });
}

/** Images by their names in the lock file. A step may name one with different platforms. */
function byKey(images: readonly Resolved[]): ReadonlyMap<string, readonly Resolved[]> {
  const named = new Map<string, Resolved[]>();
  for (const image of images) {
    const key = lockKey(image.wanted.reference);
    named.set(key, [...(named.get(key) ?? []), image]);
  }
  return named;
}

/** An entry with what is known of its image. */
function describe(
  entry: Locked | undefined,
  images: readonly Resolved[],
  runner: Platform,
): LockedImage | undefined {
  if (entry === undefined) return undefined;
  const [shown] = images.flatMap((image) => shownImage(image, runner) ?? []);
  const isRead = images.length > 0 && images.every((image) => blobsOf(image).length > 0);
  return {
    digest: entry.digest,
    platforms: [...entry.platforms.keys()],
    created: shown?.config.created ?? "",
    size: isRead ? totalSize(images) : undefined,
  };
}
