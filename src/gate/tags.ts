import { algorithmOf } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { nearestTags } from "../oci/reference.ts";
import type { Wanted } from "./plan.ts";
import { asProblem } from "./problem.ts";
import type { Source } from "./source.ts";

const HINTED_TAGS = 5;

/**
 * The end of a message about a tag that does not exist: the most similar tags that do. Empty for
 * every other failure, and when the tags cannot be listed.
 */
export async function tagHint(
  source: Source,
  { reference }: Wanted,
  { status }: PullError,
): Promise<string> {
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === undefined || digest !== undefined) return "";
  const tags = await source.tags(reference).catch((error: unknown) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  const nearest = nearestTags(tag, tags, HINTED_TAGS).join(", ");
  return `; nearest of its ${tags.length} tags: ${nearest}`;
}

/**
 * A warning when a reference has a tag and a digest, and the tag does not point at the digest. The
 * digest decides, so a tag that cannot be read is no problem.
 */
export async function tagWarnings(
  source: Source,
  { reference, written }: Wanted,
): Promise<readonly string[]> {
  const { tag, digest } = reference;
  if (tag === undefined || digest === undefined) return [];
  try {
    const { digest: now } = await source.claim(reference, tag);
    // Digests of two algorithms cannot be compared: a registry may name only sha256.
    const isComparable = now !== undefined && algorithmOf(now) === algorithmOf(digest);
    if (!isComparable || now === digest) return [];
    return [`${written}: the tag ${tag} now points at ${now}; the given digest is used`];
  } catch (error) {
    if (asProblem(error, written).status !== "not-found") return [];
    return [`${written}: the tag ${tag} does not exist; the given digest is used`];
  }
}
