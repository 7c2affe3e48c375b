import type { Digest } from "../oci/digest.ts";
import type { PendingBundle, PendingSave, PendingSaves } from "./pending.ts";
import { countedPlatforms, type Outcome, type Pulled, problemsOf, type Resolved } from "./plan.ts";
import type { Blob } from "./ports.ts";
import type { CachedSource, Keys } from "./restore.ts";

/** What may be saved, and how it is named. Sizes are compressed bytes. */
export type SavePolicy = {
  readonly kind: PendingSaves["kind"];
  readonly keys: Keys;
  /** Blobs of so many bytes or more have an entry of their own. */
  readonly least: number;
  /** Images of more bytes than this are not saved. */
  readonly most: number;
  /** True when what is private may be saved, too. */
  readonly savePrivate: boolean;
};

type Entries = Pick<CachedSource, "missingEntry">;

/**
 * What the cache did not have and is to get: an entry for every large blob that came from a registry, and one for the
 * documents and small blobs of every image. Nothing of images that are too large and, where the cache has other readers than
 * the registry, nothing that is private or may be: a blob that was in the layout before this run may have come from anywhere.
 */
export function toPendingSaves(outcome: Outcome, source: Entries, policy: SavePolicy): PendingSaves {
  const { images, pulled } = outcome;
  if (pulled === undefined) return { layout: "", kind: policy.kind, entries: [] };
  const whole = images.filter((image) => problemsOf(image).length === 0);
  const eligible = whole.filter((image) => sizeOf(image) <= policy.most);
  const missed = new Set(pulled.missed.map(({ digest }) => digest));
  const isShared = (digest: Digest): boolean => policy.savePrivate || isPublic(digest, pulled);
  const large = eligible.flatMap((image) => largeBlobs(image, policy.least));
  const blobs = new Map(large.filter(({ digest }) => missed.has(digest) && isShared(digest)).map((blob) => [blob.digest, blob]));
  const singles: readonly PendingSave[] = [...blobs.values()].map((blob) => ({ key: policy.keys.blob(blob.digest), blob }));
  const described = eligible.filter((image) => policy.savePrivate || !isPrivate(image));
  const bundles = described.flatMap((image) => bundleOf(image, source, { least: policy.least, isShared }));
  return { layout: pulled.layout, kind: policy.kind, entries: [...bundles, ...singles] };
}

/** True when not everybody can read an image's documents and configs, or nothing says that they can. */
function isPrivate(image: Resolved): boolean {
  const { root } = image;
  if (root === undefined || root.fetched.private || root.nested.some((index) => index.private)) return true;
  return countedPlatforms(image).some((platform) => platform.private);
}

/** True when a blob came, in this run, from where everybody can read it: a registry without credentials, or this cache. */
function isPublic(digest: Digest, { transfers }: Pulled): boolean {
  return transfers.get(digest)?.private === false;
}

/** What keeps an image out of the cache, in a line for the log; undefined when nothing does. */
export function whyNotSaved(image: Resolved, pulled: Pulled | undefined, { most, savePrivate }: SavePolicy): string | undefined {
  const { written } = image.wanted;
  if (pulled === undefined || problemsOf(image).length > 0) return undefined;
  const size = sizeOf(image);
  if (size > most) return `${written} has ${size} bytes, more than cache-max-size: it is not saved to the cache`;
  const secret = blobsOf(image).filter(({ digest }) => pulled.transfers.get(digest)?.private);
  if (savePrivate || (!isPrivate(image) && secret.length === 0)) return undefined;
  const what = isPrivate(image) ? written : `${secret.length} layers of ${written}`;
  const why = "pulled with credentials or from a private address, or may have been";
  return `not cached: ${what} (${why}); in a public repository anyone could read it. Set cache-private: true to cache it anyway`;
}

function sizeOf(image: Resolved): number {
  return blobsOf(image).reduce((sum, blob) => sum + blob.size, 0);
}

/** Blobs with an entry of their own. A config never has one: the gate needs it before anything else is restored. */
function largeBlobs(image: Resolved, least: number): readonly Blob[] {
  const configs = new Set(countedPlatforms(image).map(({ configDigest }) => configDigest));
  return blobsOf(image).filter(({ digest, size }) => size >= least && !configs.has(digest));
}

function blobsOf(image: Resolved): readonly Blob[] {
  const blobs = [...countedPlatforms(image).flatMap(({ blobs }) => blobs), ...image.blobs];
  return blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}

/** Documents, configs and, of the small blobs, those that are for every reader of the cache. */
function bundleOf(
  image: Resolved,
  source: Entries,
  { least, isShared }: { readonly least: number; readonly isShared: (digest: Digest) => boolean },
): readonly PendingBundle[] {
  const { root, wanted } = image;
  if (root === undefined) return [];
  const { digest: top, content } = root.fetched;
  const isSchema1 = root.document.kind === "schema1";
  const documents = isSchema1 ? [] : [root.fetched, ...root.nested, ...countedPlatforms(image).map(({ manifest }) => manifest)];
  const large = new Set(largeBlobs(image, least).map(({ digest }) => digest));
  const configs = new Set(countedPlatforms(image).map(({ configDigest }) => configDigest));
  const small = blobsOf(image).filter(({ digest }) => !large.has(digest) && (configs.has(digest) || isShared(digest)));
  const bundle = [...new Set<Digest>([...documents, ...small].map(({ digest }) => digest))];
  const inline = isSchema1 ? [{ digest: top, base64: content.toString("base64") }] : [];
  const key = source.missingEntry(wanted, top, [...bundle, ...inline.map(({ digest }) => digest)]);
  return key === undefined ? [] : [{ key, bundle, inline }];
}
