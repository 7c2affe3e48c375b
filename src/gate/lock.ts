import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { asPlatform, formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import type { Locked, Requirement, Wanted } from "./plan.ts";
import { type Problem, problem } from "./problem.ts";
import type { LockVerdict, PlatformOutcome, Resolved, TagState } from "./resolved.ts";

/**
 * The digest to use in place of a tag: the locked one or, to lock it, the one that a job used.
 * Undefined when neither decides.
 */
export function lockedDigest({ lock, used }: Wanted): Digest | undefined {
  return lock?.mode === "update" ? used : lock?.entry?.digest;
}

/** Fails as `not-locked` when the lock file must have an image and does not. */
export function expectLocked({ lock }: Wanted): void {
  if (lock === undefined || lock.mode === "update" || lock.entry !== undefined) return;
  throw new PullError("not-locked", `${lock.file} has no digest for it`);
}

/** The end of a message about a locked digest that does not exist; empty when none is locked. */
export function lockHint(wanted: Wanted): string {
  const { file, mode, entry } = wanted.lock ?? {};
  if (mode === "update" && wanted.used !== undefined) {
    return "; the job used this digest, and an update without its receipt takes the tag's digest";
  }
  if (entry === undefined || lockedDigest(wanted) === undefined) return "";
  return `; ${file} locked this digest on ${entry.day}, and lock: update takes the tag's digest`;
}

/** How an image compares with its lock file; undefined when it has none. */
export function lockVerdict({ lock }: Wanted, tag: TagState): LockVerdict | undefined {
  return lock && { digest: lock.entry?.digest, tag };
}

/**
 * The same image, with a problem for every required platform that the lock file does not have, or
 * has with another digest than the image.
 */
export function judgeLock(image: Resolved): Resolved {
  const { lock } = image.wanted;
  const { entry } = lock ?? {};
  if (lock === undefined || lock.mode === "update" || entry === undefined) return image;
  const platforms = image.platforms.map((outcome) => {
    if (!outcome.required || outcome.reason !== "") return outcome;
    return { ...outcome, ...lockProblem(image.wanted, lock.file, entry, outcome) };
  });
  return { ...image, platforms };
}

function lockProblem(
  { written }: Wanted,
  file: string,
  { platforms }: Locked,
  { platform, digest }: PlatformOutcome,
): Problem | undefined {
  const wanted = asPlatform(platform);
  // A lock file has only platforms in their normal form. The digest of the index is locked.
  if (wanted === undefined || formatPlatform(wanted) !== platform) return undefined;
  const asked = `${written} ${platform}`;
  const exact = platforms.get(platform);
  const locked = exact === undefined ? lockedFor(wanted, platforms) : [exact];
  if (locked.length === 0) {
    const others = [...platforms.keys()].join(", ") || "no platform";
    const found = `${file} has no digest for this platform, only for ${others}`;
    return problem("platform-not-locked", asked, found);
  }
  if (locked.some((one) => one === digest)) return undefined;
  const found = `${file} has ${locked.join(" and ")}, but the locked image has ${digest}`;
  return problem("lock-differs", asked, found);
}

/** The locked digests that may be meant for a platform: Windows has several builds of one. */
function lockedFor(wanted: Platform, platforms: Locked["platforms"]): readonly Digest[] {
  return [...platforms].flatMap(([name, digest]) => {
    const found = asPlatform(name);
    if (found === undefined) return [];
    const isMeant = satisfies(wanted, found) || satisfies(found, wanted);
    return isMeant ? [digest] : [];
  });
}

/**
 * An image as its lock entry describes it, without reading it again: its tag still points at the
 * locked digest, and documents with a digest never change.
 */
export function asLocked(wanted: Wanted, { digest, platforms }: Locked): Resolved {
  return {
    wanted,
    root: undefined,
    unread: digest,
    platforms: [...platforms].map(([platform, manifest]) =>
      lockedOutcome(wanted.platforms, platform, manifest),
    ),
    problem: undefined,
    blobs: [],
    warnings: [],
  };
}

function lockedOutcome(required: Requirement, platform: string, digest: Digest): PlatformOutcome {
  const isRequired = requires(required, platform);
  return {
    platform,
    required: isRequired,
    status: isRequired ? "ok" : "listed",
    reason: "",
    message: "",
    digest,
    image: undefined,
  };
}

function requires(required: Requirement, platform: string): boolean {
  if (typeof required === "string") return false;
  const locked = asPlatform(platform);
  return locked !== undefined && required.some((one) => satisfies(one, locked));
}

/** True when an entry has everything that is required. Whether it has `all` is not known. */
export function coversAll(required: Requirement, { platforms }: Locked): boolean {
  if (typeof required === "string") return required === "any";
  const locked = [...platforms.keys()].flatMap((name) => asPlatform(name) ?? []);
  return required.every((one) => locked.some((platform) => satisfies(one, platform)));
}
