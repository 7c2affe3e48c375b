import type { Digest } from "../oci/digest.ts";
import type { Repository } from "../oci/reference.ts";

/** Something that a client asks the job's registry for. */
export type Asked =
  | { readonly kind: "base" }
  | { readonly kind: "manifest"; readonly repository: Repository; readonly reference: string }
  | { readonly kind: "blob"; readonly repository: Repository; readonly digest: Digest }
  | AskedList;

/** A list that the upstream answers: the tags of a repository, or the referrers of a digest. */
export type AskedList = {
  readonly kind: "list";
  readonly repository: Repository;
  /** `tags/list` or `referrers/sha256:…`. */
  readonly path: string;
  /** The query without its question mark and without `ns`; may be empty. */
  readonly query: string;
};

/** Who asks, and whether for the content or only its headers. */
export type Asker = {
  readonly method: "GET" | "HEAD";
  /** The client's program: `docker 28.5.2`; empty when it does not say. */
  readonly client: string;
};

/** A manifest or an index. */
export type ServedDocument = {
  /** Empty for a HEAD that the upstream's own HEAD answered. */
  readonly bytes: Buffer;
  /** Of the whole document, in bytes. */
  readonly size: number;
  readonly digest: Digest;
  readonly mediaType: string;
};

/** A blob of which the size is known. */
export type ServedBlob = {
  readonly digest: Digest;
  readonly size: number;
  /**
   * The bytes from `start` to before `end`. Waits until there are some. The blob's last byte comes
   * only when all are verified; what fails before leaves the blob incomplete.
   */
  readonly read: (start: number, end: number) => AsyncIterable<Buffer>;
};

/** A page of a list, as the upstream answered it. */
export type ServedList = {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** The query of the next page; undefined for the last one. */
  readonly next: string | undefined;
  /** The header `OCI-Filters-Applied`; empty when the upstream applied none. */
  readonly filters: string;
};

/**
 * What the server asks on behalf of clients. Every method fails with a `PullError` that the server
 * answers as the specification says.
 */
export interface Backend {
  /** A manifest by tag or digest. */
  manifest(repository: Repository, reference: string, asker: Asker): Promise<ServedDocument>;
  blob(repository: Repository, digest: Digest, asker: Asker): Promise<ServedBlob>;
  list(asked: AskedList, asker: Asker): Promise<ServedList>;
}
