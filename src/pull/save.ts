import type { Digest } from "../oci/digest.ts";
import type { PendingBundle, PendingSave, PendingSaves } from "./pending.ts";
import { countedPlatforms, type Outcome, problemsOf, type Resolved } from "./plan.ts";
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
  /** True when layers that needed credentials may be saved. */
  readonly savePrivate: boolean;
};

type Entries = Pick<CachedSource, "missingEntry">;

/**
 * What the cache did not have and is to get: an entry for every large blob that came from a registry, and one for the
 * documents and small blobs of every image. Nothing of images that are too large, or private where that must not be shared.
 */
export function toPendingSaves(outcome: Outcome, source: Entries, policy: SavePolicy): PendingSaves {
  const { images, pulled } = outcome;
  if (pulled === undefined) return { layout: "", kind: policy.kind, entries: [] };
  const whole = images.filter((image) => problemsOf(image).length === 0);
  const eligible = whole.filter((image) => whyNotSaved(image, policy) === undefined);
  const missed = new Set(pulled.missed.map(({ digest }) => digest));
  const large = eligible.flatMap((image) => largeBlobs(image, policy.least));
  const blobs = new Map(large.filter(({ digest }) => missed.has(digest)).map((blob) => [blob.digest, blob]));
  const singles: readonly PendingSave[] = [...blobs.values()].map((blob) => ({ key: policy.keys.blob(blob.digest), blob }));
  const bundles = eligible.flatMap((image) => bundleOf(image, source, policy.least));
  return { layout: pulled.layout, kind: policy.kind, entries: [...bundles, ...singles] };
}

/** What keeps an image out of the cache, in a line for the log; undefined when nothing does. */
export function whyNotSaved(image: Resolved, { most, savePrivate }: SavePolicy): string | undefined {
  const { written } = image.wanted;
  const size = blobsOf(image).reduce((sum, blob) => sum + blob.size, 0);
  if (size > most) return `${written} has ${size} bytes, more than cache-max-size: it is not saved to the cache`;
  if (savePrivate || image.root?.fetched.authenticated === false) return undefined;
  return `${written} needed credentials, or may have: it is not saved to the cache, which readers of a public repository can read; cache-private: true saves it`;
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

/** Documents, configs and small blobs. */
function bundleOf(image: Resolved, source: Entries, least: number): readonly PendingBundle[] {
  const { root, wanted } = image;
  if (root === undefined) return [];
  const { digest: top, content } = root.fetched;
  const isSchema1 = root.document.kind === "schema1";
  const documents = isSchema1 ? [] : [root.fetched, ...root.nested, ...countedPlatforms(image).map(({ manifest }) => manifest)];
  const large = new Set(largeBlobs(image, least).map(({ digest }) => digest));
  const small = blobsOf(image).filter(({ digest }) => !large.has(digest));
  const bundle = [...new Set<Digest>([...documents, ...small].map(({ digest }) => digest))];
  const inline = isSchema1 ? [{ digest: top, base64: content.toString("base64") }] : [];
  const key = source.missingEntry(wanted, top, [...bundle, ...inline.map(({ digest }) => digest)]);
  return key === undefined ? [] : [{ key, bundle, inline }];
}
