import { soughtPlatforms } from "../gate/plan.ts";
import { blobsOf, countedPlatforms, problemsOf, type Resolved } from "../gate/resolved.ts";
import { type Blob, bytesOf } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import type { CacheKeys } from "./cache-keys.ts";
import type { CachedRegistry } from "./cached-registry.ts";
import type { Pulled } from "./outcome.ts";
import type {
  CachePlace,
  InlineDocument,
  PendingBlob,
  PendingBundle,
  PendingSaves,
} from "./pending-saves.ts";

/** What may be saved, and how it is named. */
export type SavePolicy = {
  readonly cache: CachePlace;
  /** The platform that is pulled when an image requires none. */
  readonly pullsFor: Platform;
  readonly keys: CacheKeys;
  /** Images with more compressed bytes are not saved. */
  readonly most: number;
  /** True when private content may be saved, too. */
  readonly includePrivate: boolean;
};

type Cached = Pick<CachedRegistry, "holds">;

/** The part of a pull's result that decides what is saved. */
export type Transferred = Pick<Pulled, "layout" | "transfers"> & {
  readonly missed: readonly Pick<Blob, "digest">[];
};

/** The images of a pull, and what was transferred for them. */
export type SavedOutcome = {
  readonly images: readonly Resolved[];
  readonly pulled: Transferred | undefined;
};

/**
 * What to save after a pull: an entry for every large blob that came from a registry, and one for
 * the documents and small blobs of every image. Images that are too large are left out and, unless
 * the policy includes it, everything private. A blob that was in the layout before this run may
 * have come from anywhere, so it counts as private.
 */
export function planSaves(
  { images, pulled }: SavedOutcome,
  cached: Cached,
  policy: SavePolicy,
): PendingSaves {
  if (pulled === undefined) return { layout: "", cache: policy.cache, entries: [] };
  const eligible = images.filter(
    (image) => problemsOf(image).length === 0 && sizeOf(image) <= policy.most,
  );
  const parts = eligible.map((image) => toParts(image, pulled, policy));
  const bundles = parts.flatMap((part) => toBundle(part, cached, policy));
  const saves = [...bundles, ...singlesOf(parts, pulled, policy)];
  // Two images may be the same one, and then have the same entries.
  const entries = new Map(saves.map((save) => [save.key, save]));
  return { layout: pulled.layout, cache: policy.cache, entries: [...entries.values()] };
}

/** An image as the cache stores it. */
type Parts = {
  readonly image: Resolved;
  /** Documents, config and small blobs: those that go into the image's entry. */
  readonly bundle: readonly Digest[];
  readonly inline: readonly InlineDocument[];
  /** Blobs with an entry of their own. */
  readonly large: readonly Blob[];
};

/** A config is never on its own: the gate needs it before any other blob is restored. */
function toParts(image: Resolved, pulled: Transferred, policy: SavePolicy): Parts {
  const platforms = countedPlatforms(image);
  const configs = new Set(platforms.map(({ configDigest }) => configDigest));
  const blobs = sizedBlobsOf(image);
  const isLarge = (blob: Blob): boolean =>
    !configs.has(blob.digest) && policy.keys.blob(blob) !== undefined;
  const small = blobs.filter((blob) => {
    if (isLarge(blob)) return false;
    return configs.has(blob.digest) || maySave(blob.digest, pulled, policy);
  });
  const digests = [...documentsOf(image), ...small.map(({ digest }) => digest)];
  return {
    image,
    bundle: [...new Set(digests)],
    inline: inlineOf(image),
    large: blobs.filter((blob) => isLarge(blob) && maySave(blob.digest, pulled, policy)),
  };
}

/** The documents of an image that the layout holds. */
function documentsOf(image: Resolved): readonly Digest[] {
  const { root } = image;
  if (root === undefined || root.document.kind === "schema1") return [];
  const manifests = countedPlatforms(image).map(({ manifest }) => manifest);
  return [root.fetched, ...root.nested, ...manifests].map(({ digest }) => digest);
}

function inlineOf({ root }: Resolved): readonly InlineDocument[] {
  if (root?.document.kind !== "schema1") return [];
  const { digest, content } = root.fetched;
  return [{ digest, base64: content.toString("base64") }];
}

/** The entry of an image, unless it is private or the cache has all of it. */
function toBundle(
  parts: Parts,
  cached: Cached,
  { keys, includePrivate, pullsFor }: SavePolicy,
): readonly PendingBundle[] {
  const { image, bundle, inline } = parts;
  const { root, wanted } = image;
  if (root === undefined || (isPrivate(image) && !includePrivate)) return [];
  const key = keys.image(root.fetched.digest, soughtPlatforms(wanted, pullsFor));
  return isHeld(parts, cached) ? [] : [{ key, bundle, inline }];
}

/** True when the cache has the entry of an image. */
function isHeld({ bundle, inline }: Parts, cached: Cached): boolean {
  return cached.holds([...bundle, ...inline.map(({ digest }) => digest)]);
}

/** One entry for each large blob that the cache did not have. */
function singlesOf(
  parts: readonly Parts[],
  { missed }: Transferred,
  { keys }: SavePolicy,
): readonly PendingBlob[] {
  const missing = new Set(missed.map(({ digest }) => digest));
  const blobs = parts.flatMap(({ large }) => large);
  return blobs.flatMap((blob) => {
    const key = keys.blob(blob);
    return key === undefined || !missing.has(blob.digest) ? [] : [{ key, blob }];
  });
}

/** True when a blob came, in this run, from where anyone can read it: a registry or this cache. */
function maySave(
  digest: Digest,
  { transfers }: Transferred,
  { includePrivate }: SavePolicy,
): boolean {
  return includePrivate || transfers.get(digest)?.private === false;
}

/** True when only some can read an image's documents and configs, or when that is not known. */
function isPrivate(image: Resolved): boolean {
  const { root } = image;
  if (root === undefined || root.fetched.private) return true;
  if (root.nested.some((index) => index.private)) return true;
  return countedPlatforms(image).some((platform) => platform.private);
}

/** Why an image is not saved, as a line for the log; undefined when it is, or came from the cache. */
export function whyNotSaved(
  image: Resolved,
  pulled: Pulled | undefined,
  cached: Cached,
  policy: SavePolicy,
): string | undefined {
  const { most, includePrivate } = policy;
  const { written } = image.wanted;
  if (pulled === undefined || problemsOf(image).length > 0) return undefined;
  const size = sizeOf(image);
  if (size > most) return `not cached: ${written} has ${size} bytes, more than cache-max-size`;
  const secret = blobsOf(image).filter(({ digest }) => pulled.transfers.get(digest)?.private);
  const isSecret = isPrivate(image) && !isHeld(toParts(image, pulled, policy), cached);
  if (includePrivate || (!isSecret && secret.length === 0)) return undefined;
  const layers = secret.length === 1 ? "a layer" : `${secret.length} layers`;
  const what = isSecret ? written : `${layers} of ${written}`;
  const why = "pulled with credentials or from a private address, or may have been";
  const risk = "in a public repository anyone could read it";
  return `not cached: ${what} (${why}); ${risk}. Set cache-private: true to cache it anyway`;
}

function sizeOf(image: Resolved): number {
  return bytesOf(blobsOf(image));
}

function sizedBlobsOf(image: Resolved): readonly Blob[] {
  return blobsOf(image).map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}
