import type { Source } from "../gate/source.ts";
import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import type { Origin, Page, Provenance } from "../oci/fetched.ts";
import type { IndexEntry } from "../oci/layout.ts";
import type { Repository } from "../oci/reference.ts";
import type { BlobTarget } from "../oci/target.ts";

/** The target for bytes from an origin. Progress counts them by origin. */
export type TargetFrom = (origin: Origin) => BlobTarget;

/**
 * A registry, or one of the decorators before it: the cache, a mirror. Callers do not know which
 * one answers; the answer's {@link Provenance} says it. A mirror answers as a registry.
 */
export interface Registry extends Source {
  /**
   * Downloads a blob into a target and commits it. Fails with a status of the contract; the target
   * may hold bytes then, and must be restarted before another attempt. It asks for the target of an
   * origin before it asks that, and not at all when there is none.
   */
  download(repository: Repository, blob: Blob, targetFrom: TargetFrom): Promise<Provenance>;
  /** A page of `tags/list` or `referrers/sha256:…`. An empty query asks for the first one. */
  page(repository: Repository, path: string, query: string): Promise<Page>;
  /** True when this run sent credentials to the registry, be they accepted or refused. */
  sentCredentials(registry: string): boolean;
}

/** Keeps blobs between jobs. It may be missing, slow or wrong: it never fails. */
export interface BlobCache {
  /** Restores a blob, verified; false on a miss, with `target` empty again. */
  restore(key: string, blob: Blob, target: BlobTarget): Promise<boolean>;
  /** The blobs in an image's entry, each verified; empty on a miss. */
  bundle(key: string): Promise<ReadonlyMap<Digest, Buffer>>;
}

/** A blob on its way into the store. */
export interface BlobIngest extends BlobTarget {
  /** Leaves nothing behind; has no effect after a commit. */
  abort(): Promise<void>;
  /**
   * The bytes from `start` to before `end`, by default all, for a reader while they arrive; the
   * blob's last byte when all are right. A chunk is the reader's until it asks for the next one.
   * Fails when bytes that the reader has are discarded, and at an abort.
   */
  read(start?: number, end?: number): AsyncIterable<Buffer>;
}

/** Keeps verified blobs, and an index of the images they make. */
export interface BlobStore {
  readonly path: string;
  /** True when the blob is here and its bytes are right. */
  has(blob: Blob): Promise<boolean>;
  /**
   * The bytes of a blob from `start` to before `end`, by default all, not hashed again. A chunk is
   * the reader's until it asks for the next one. Fails as `dangling` when the blob has another size
   * by now.
   */
  read(blob: Blob, start?: number, end?: number): AsyncIterable<Buffer>;
  ingest(blob: Blob): Promise<BlobIngest>;
  put(digest: Digest, bytes: Buffer): Promise<void>;
  /**
   * The diffID of each layer, by the layer's digest. Fails with the signal's reason when that
   * aborts.
   */
  diffIds(layers: readonly Blob[], signal: AbortSignal): Promise<ReadonlyMap<Digest, Digest>>;
  /** Names images in the index; returns warnings about names that clash. */
  add(entries: readonly IndexEntry[]): Promise<readonly string[]>;
}
