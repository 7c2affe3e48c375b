import type { Digest } from "../oci/digest.ts";
import { countedPlatforms, type Outcome, problemsOf, type Resolved } from "./plan.ts";
import type { Blob } from "./ports.ts";
import type { CachedSource, Keys } from "./restore.ts";

/** One entry to save: a single blob as it is, or several small ones together. */
export type Promised = {
  readonly key: string;
  /** In the layout. */
  readonly blobs: readonly Digest[];
  readonly bundled: boolean;
  /** Documents that no layout holds, in base64: a schema 1 manifest has become another one there. */
  readonly inline: readonly (readonly [digest: Digest, base64: string])[];
};

/** What is to be saved after the job, from the layout that has it, and into which cache. */
export type Promises = { readonly layout: string; readonly kind: "service" | "directory"; readonly entries: readonly Promised[] };

/** What may be saved, and how it is named. Sizes are compressed bytes. */
export type SavePolicy = {
  readonly kind: Promises["kind"];
  readonly keys: Keys;
  /** Blobs of so many bytes or more have an entry of their own. */
  readonly least: number;
  /** Images of more bytes than this are not saved. */
  readonly most: number;
  /** True when layers that needed credentials may be saved. */
  readonly savePrivate: boolean;
};

/**
 * What the cache did not have and is to get: an entry for every large blob that came from a registry, and one for the
 * documents and small blobs of every image. Nothing of images that are too large, or private where that must not be shared.
 */
export function toPromises(outcome: Outcome, source: Pick<CachedSource, "missingEntry">, policy: SavePolicy): Promises {
  const { images, pulled } = outcome;
  if (pulled === undefined) return { layout: "", kind: policy.kind, entries: [] };
  const eligible = images.filter((image) => problemsOf(image).length === 0 && whyNotSaved(image, policy) === undefined);
  const missed = new Set(pulled.missed.map(({ digest }) => digest));
  const large = new Set(eligible.flatMap((image) => largeBlobs(image, policy.least)).filter((digest) => missed.has(digest)));
  const blobs = [...large].map((digest) => ({ key: policy.keys.blob(digest), blobs: [digest], bundled: false, inline: [] }));
  const bundles = eligible.flatMap((image) => toBundle(image, source, policy.least));
  return { layout: pulled.layout, kind: policy.kind, entries: [...bundles, ...blobs] };
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
function largeBlobs(image: Resolved, least: number): readonly Digest[] {
  const configs = new Set(countedPlatforms(image).map(({ configDigest }) => configDigest));
  return blobsOf(image).flatMap(({ digest, size }) => (size >= least && !configs.has(digest) ? [digest] : []));
}

function blobsOf(image: Resolved): readonly Blob[] {
  const blobs = [...countedPlatforms(image).flatMap(({ blobs }) => blobs), ...image.blobs];
  return blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}

/** Documents, configs and small blobs. */
function toBundle(image: Resolved, source: Pick<CachedSource, "missingEntry">, least: number): readonly Promised[] {
  const { root, wanted } = image;
  if (root === undefined) return [];
  const isSchema1 = root.document.kind === "schema1";
  const documents = isSchema1 ? [] : [root.fetched, ...root.nested, ...countedPlatforms(image).map(({ manifest }) => manifest)];
  const large = new Set(largeBlobs(image, least));
  const small = blobsOf(image).filter(({ digest }) => !large.has(digest));
  const blobs = [...new Set([...documents, ...small].map(({ digest }) => digest))];
  const inline = isSchema1 ? [[root.fetched.digest, root.fetched.bytes.toString("base64")] as const] : [];
  const key = source.missingEntry(wanted, root.fetched.digest, [...blobs, ...inline.map(([digest]) => digest)]);
  return key === undefined ? [] : [{ key, blobs, bundled: true, inline }];
}
