import type { Digest } from "./digest.ts";

/** A blob, and its size in bytes. */
export type Blob = {
  readonly digest: Digest;
  readonly size: number;
};

/** A blob whose size may be unknown: schema 1 lists none, and some registries state none. */
export type ListedBlob = {
  readonly digest: Digest;
  readonly size: number | undefined;
};

/**
 * The digests and sizes of `blobs`, each digest once, in the order of first appearance: images and
 * platforms share layers. Where sizes differ, the last one is returned.
 */
export function distinctBlobs<T extends ListedBlob>(
  blobs: readonly T[],
): readonly Pick<T, "digest" | "size">[] {
  const byDigest = new Map<Digest, Pick<T, "digest" | "size">>();
  for (const { digest, size } of blobs) {
    byDigest.set(digest, { digest, size });
  }
  return [...byDigest.values()];
}

/** The sizes of blobs together, in bytes. */
export function bytesOf(blobs: readonly { readonly size: number }[]): number {
  return blobs.reduce((total, { size }) => total + size, 0);
}
