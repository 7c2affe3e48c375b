import type { Requirement } from "../gate/plan.ts";
import type { Blob } from "../oci/blob.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { formatPlatform } from "../oci/platform.ts";

/** How entries of the cache are named. Keys are exact: the digest says what the bytes are. */
export type CacheKeys = {
  /** The key of a blob's own entry; undefined for a small blob, which is in its image's entry. */
  readonly blob: (blob: Blob) => string | undefined;
  /** The key of the entry with an image's documents and small blobs, for the platforms wanted. */
  readonly image: (digest: Digest, platforms: Requirement) => string;
};

/** The keys that start with `prefix`. Blobs of `least` bytes or more have an entry of their own. */
export function keysUnder(prefix: string, least: number): CacheKeys {
  return {
    blob: ({ digest, size }) =>
      size < least ? undefined : `${prefix}-blob-${digest.replace(":", "-")}`,
    image: (digest, platforms) =>
      `${prefix}-image-${digest.replace(":", "-")}-${platformSet(platforms)}`,
  };
}

// With the longest prefix and a sha512 digest a key then has about 450 of its 512 characters.
const LONGEST_SET = 200;

/** Platforms as part of a key, sorted: their written order does not count. A key has no comma. */
function platformSet(platforms: Requirement): string {
  const names = typeof platforms === "string" ? [platforms] : platforms.map(formatPlatform);
  const set = [...new Set(names)].toSorted().join("+");
  const written = set.replace(/[^A-Za-z0-9+._-]/g, "_");
  if (written.length <= LONGEST_SET) return written;
  return digestOf(Buffer.from(set)).replace(":", "-");
}
