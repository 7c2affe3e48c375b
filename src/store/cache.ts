// The contract of all caches. An entry is bytes under a key, and unproven: only the digests of its
// blobs make it right. A cache never fails a step, because nothing depends on it: after a miss the
// registry is asked. A wrong entry is a warning.
import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";

/** Restores entries. A missing, wrong or unreadable entry is a miss and not a failure. */
export interface RestoringCache {
  /**
   * Restores the entry of one blob. True when `target` is committed, which proves the bytes; false
   * on a miss, with `target` empty again. Fails only as {@link BlobTarget.restart} does.
   */
  restore(key: string, blob: Blob, target: BlobTarget): Promise<boolean>;
  /**
   * The blobs of a bundle, each proven by its digest; empty on a miss. Fails only with the reason
   * of the cache's signal, when that aborts while the blobs are hashed.
   */
  bundle(key: string): Promise<ReadonlyMap<Digest, Buffer>>;
}

/** Saves entries. */
export interface SavingCache {
  /**
   * Whether an entry has this key; false when that cannot be found out. Absent where `save` finds
   * out as fast. It never fails.
   */
  has?(key: string): Promise<boolean>;
  /** Saves bytes under a key. It never fails: see {@link Saved}. */
  save(key: string, bytes: Outgoing): Promise<Saved>;
}

/**
 * Bytes to save. The slices can be read once, in order, and fail at the end when they are wrong.
 */
export type Outgoing = {
  readonly size: number;
  readonly slices: AsyncIterable<Buffer>;
  /** Takes a slice back that is not needed any more: a later slice may use its memory. */
  readonly reuse?: (slice: Buffer) => void;
};

/**
 * The result of saving an entry. `existed`: the cache has or gets an entry with this key from
 * another job, and the bytes were not sent. `failed`: nothing can restore the entry.
 */
export type Saved = "saved" | "existed" | "failed";

/** True when an error means that bytes are wrong, and not that they could not be read. */
export function isWrong(error: unknown): boolean {
  return error instanceof PullError && error.status === "invalid";
}

/** The warning about a wrong entry: which one, what is wrong with it, and what to do. */
export function wrongEntry(key: string, why: string): string {
  const next =
    "its blobs come from the registry; delete the entry, so that a right one can be saved";
  return `the cache entry ${key} is wrong and not used: ${why}; ${next}`;
}
