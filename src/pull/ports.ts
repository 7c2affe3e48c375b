import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";

/** Where a document or a blob is looked for. */
export type Image = { readonly registry: string; readonly repository: string };

/** A manifest as it was received. */
export type Fetched = {
  readonly bytes: Buffer;
  /** The part the digest is over, and that may be parsed. */
  readonly content: Buffer;
  readonly digest: Digest;
  /** What the registry says it is; may be empty or generic. */
  readonly mediaType: string;
  readonly authenticated: boolean;
  /** True when not everybody can read it at its registry, or nothing says that they can. */
  readonly private: boolean;
};

/** A small blob, whole. */
export type SmallBlob = Pick<Fetched, "bytes" | "private">;

/** What a registry says of a manifest without showing it. */
export type Claim = Pick<Fetched, "authenticated" | "private"> & {
  /** Absent where it names none. */
  readonly digest: Digest | undefined;
};

/** Gives manifests by tag or digest, verified; fails with a status of the contract. */
export interface ManifestSource {
  /** `size` is what a descriptor says, where one does; the caller compares it, too. */
  manifest(image: Image, reference: string, size?: number): Promise<Fetched>;
  /** What a tag or digest is said to point at, if anything is said; fails when there is nothing. */
  claim(image: Image, reference: string): Promise<Claim>;
}

/** Gives small blobs, verified, and the size of any blob in bytes; fails with a status of the contract. */
export interface BlobSource {
  blob(image: Image, descriptor: Pick<Descriptor, "digest" | "size">): Promise<SmallBlob>;
  /** The size that is stated; undefined when none is. */
  blobSize(image: Image, digest: Digest): Promise<number | undefined>;
  /** The size that is stated or, where none is, counted: by a whole download. */
  measure(image: Image, digest: Digest): Promise<number>;
}

/** Lists the tags of a repository; fails with a status of the contract. */
export interface TagSource {
  tags(image: Image): Promise<readonly string[]>;
}

/** Everything the gate asks of a registry. */
export type Source = ManifestSource & BlobSource & TagSource;

/** Some of a blob's bytes, in order. */
export interface BlobPart {
  readonly received: number;
  /** Takes the bytes before it returns. */
  write(chunk: Buffer): void;
}

/** Where the bytes of one blob go on their way into a store: in parts that each start somewhere, or as one from its first byte. */
export interface BlobTarget {
  readonly received: number;
  part(start: number): BlobPart;
  restart(): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** Downloads large blobs, verified by the target that takes them; fails with a status of the contract. */
export interface BlobDownload {
  /** Whether not everybody can read it there, once the target has it. */
  download(image: Image, blob: Blob, target: Omit<BlobTarget, "abort">): Promise<Pick<Fetched, "private">>;
}

/** Where a blob came from. */
export type Origin = "cache" | "registry";

/** Keeps blobs between jobs. It may be missing, slow or wrong: nothing here ever fails. */
export interface BlobCache {
  /** Restores an entry into a target, verified; false when there is none that is right, and the target is empty again. */
  restore(key: string, blob: Blob, target: Omit<BlobTarget, "abort">): Promise<boolean>;
  /** A small entry whole, of at most `limit` bytes, unproven; undefined when there is none. */
  fetch(key: string, limit: number): Promise<Buffer | undefined>;
}

/** A blob by its name and its length in bytes. */
export type Blob = { readonly digest: Digest; readonly size: number };

/** Keeps blobs that were verified, and the index of the images they make. */
export interface BlobStore {
  readonly path: string;
  /** True when the blob is here and right, by its bytes. */
  has(blob: Blob): Promise<boolean>;
  ingest(blob: Blob): Promise<BlobTarget>;
  put(digest: Digest, bytes: Buffer): Promise<void>;
  /** The diffIDs of an image's layers, by the layers' digests; fails with the signal's reason when that aborts. */
  diffIds(layers: readonly Blob[], signal: AbortSignal): Promise<ReadonlyMap<Digest, Digest>>;
  /** Names images in the index; warnings about what was there. */
  add(
    entries: readonly (Blob & { readonly mediaType: string; readonly annotations: Readonly<Record<string, string>> })[],
  ): Promise<readonly string[]>;
}
