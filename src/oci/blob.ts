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

/**
 * The first digest that is listed with two sizes, in words for a message; undefined when there is
 * none. One digest has one size, so one of the two is wrong.
 */
export function sizeClash(blobs: readonly Blob[]): string | undefined {
  const sizes = new Map<Digest, number>();
  for (const { digest, size } of blobs) {
    const other = sizes.get(digest) ?? size;
    if (other !== size) return `${digest} is listed with ${other} and with ${size} bytes`;
    sizes.set(digest, size);
  }
  return undefined;
}

/** The sizes of blobs together, in bytes. A blob of unknown size counts as 0. */
export function bytesOf(blobs: readonly Pick<ListedBlob, "size">[]): number {
  return blobs.reduce((total, { size }) => total + (size ?? 0), 0);
}
