import { algorithmOf, type Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Refusal } from "../oci/fetched.ts";
import { isInterruption, isOutage } from "../oci/reason.ts";
import { nearestTags } from "../oci/reference.ts";
import { lockedDigest, lockHint, lockVerdict } from "./lock.ts";
import type { Wanted } from "./plan.ts";
import { countedPlatforms, type Resolved, type TagState } from "./resolved.ts";
import type { Source } from "./source.ts";

const HINTED_TAGS = 5;

/**
 * The end of a message about an image that does not exist: the most similar tags that do or, for a
 * locked digest, when it was locked. Empty for every other failure, and when the tags cannot be
 * listed.
 */
export async function tagHint(
  source: Source,
  wanted: Wanted,
  { status }: PullError,
): Promise<string> {
  const { reference } = wanted;
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === undefined || digest !== undefined) return "";
  if (lockedDigest(wanted) !== undefined) return lockHint(wanted);
  const tags = await source.tags(reference).catch((error: unknown) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  const nearest = nearestTags(tag, tags, HINTED_TAGS).join(", ");
  if (tags.length === 1) return `; its only tag: ${nearest}`;
  return `; nearest of its ${tags.length} tags: ${nearest}`;
}

/** What became of the tag of an image whose digest is known without asking for it. */
export type TagCheck = {
  readonly state: TagState;
  /** Empty when the tag is as it was. */
  readonly warning: string;
  /** Set when the registry refused to answer. */
  readonly refusal: Refusal | undefined;
};

/** The result for a tag of which nothing is known. */
export const UNKNOWN_TAG: TagCheck = { state: "", warning: "", refusal: undefined };

/**
 * Whether the tag still points at the digest beside it, or at the locked one. The digest decides,
 * so a tag that cannot be read is no problem of the image.
 */
export async function checkTag(source: Source, wanted: Wanted): Promise<TagCheck> {
  const { reference } = wanted;
  const { tag, registry } = reference;
  const digest = reference.digest ?? lockedDigest(wanted);
  if (tag === undefined || digest === undefined) return UNKNOWN_TAG;
  try {
    const { digest: now } = await source.claim(reference, tag, { brief: true });
    if (now === undefined) return UNKNOWN_TAG;
    const state = compare(digest, now);
    const warning = state === "moved" ? movedWarning(wanted, digest, now) : "";
    return { ...UNKNOWN_TAG, state, warning };
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { status, reason, found } = error;
    if (isInterruption(reason)) return UNKNOWN_TAG;
    if (status !== "not-found") return { ...UNKNOWN_TAG, refusal: { registry, status, found } };
    return { ...UNKNOWN_TAG, state: "gone", warning: goneWarning(wanted) };
  }
}

/** Digests of two algorithms cannot be compared: a registry may name only sha256. */
function compare(before: Digest, now: Digest): TagState {
  if (algorithmOf(before) !== algorithmOf(now)) return "";
  return before === now ? "same" : "moved";
}

function movedWarning({ written, reference, lock }: Wanted, digest: Digest, now: Digest): string {
  const moved = `${written}: the tag ${reference.tag} now points at ${now}`;
  if (lock?.mode === "update") {
    const locked = `the digest that the job used is locked, ${digest}`;
    return `${moved}; ${locked}; run the job again to use the new one`;
  }
  if (lock?.entry === undefined) return `${moved}; the given digest is used`;
  const locked = `the digest that ${lock.file} locked on ${lock.entry.day} is used, ${digest}`;
  return `${moved}; ${locked}; run lock: update to take the new one`;
}

function goneWarning({ written, reference, lock, used }: Wanted): string {
  const gone = `${written}: the tag ${reference.tag} does not exist`;
  if (lock?.mode === "update") {
    const locked = `the digest that the job used is locked, ${used}`;
    return `${gone} any more; ${locked}; replace the image, or push it to a registry of yours`;
  }
  if (lock?.entry === undefined) {
    return `${gone}; the given digest is used; remove the tag, or name one that exists`;
  }
  const { digest, day } = lock.entry;
  const locked = `the digest that ${lock.file} locked on ${day} is used, ${digest}`;
  return `${gone} any more; ${locked}; replace the image, or push it to a registry of yours`;
}

/** The same image with what became of its tag, and with a refusal to confirm a document of it. */
export function withTag(resolved: Resolved, digest: Digest, tag: TagCheck): Resolved {
  const { wanted, warnings } = resolved;
  const refused = refusalIn(resolved);
  // The warning that an image is gone is enough.
  const isGone = refused !== undefined && !isOutage(refused.status);
  const isWarned = tag.warning !== "" && !isGone;
  return {
    ...resolved,
    warnings: isWarned ? [tag.warning, ...warnings] : warnings,
    lock: lockVerdict(wanted, tagState(wanted, digest, tag)),
    refusal: refused,
    tagRefusal: tag.refusal,
  };
}

function refusalIn(resolved: Resolved): Refusal | undefined {
  const { root } = resolved;
  const documents = [root?.fetched, ...(root?.nested ?? []), ...countedPlatforms(resolved)];
  const refusals = documents.flatMap((document) => document?.refusal ?? []);
  // That a document is gone matters more than that the registry was unavailable for another one.
  return refusals.find(({ status }) => !isOutage(status)) ?? refusals[0];
}

/** What became of a tag. A step that updates a lock file asks what the tag points at anyway. */
function tagState({ lock }: Wanted, digest: Digest, { state }: TagCheck): TagState {
  if (lock?.mode !== "update") return state;
  if (lock.entry === undefined) return "";
  return compare(lock.entry.digest, digest);
}
