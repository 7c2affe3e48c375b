import type { Digest } from "./digest.ts";
import type { FailureStatus } from "./reason.ts";

/** Where a document or a blob was read. */
export type Origin = "cache" | "registry";

/** Where content was read, and who may read it there. */
export type Provenance = {
  readonly origin: Origin;
  /** The place by name: a registry, one of its other sources, `cache` or `layout`. */
  readonly source: string;
  /** Set when the registry refused to confirm what is used from the cache or the layout. */
  readonly refusal?: Refusal | undefined;
  /** False only when anyone is known to be able to read it at its registry. */
  readonly private: boolean;
};

/** A registry's refusal to confirm that it has what is used without it. */
export type Refusal = {
  readonly registry: string;
  readonly status: FailureStatus;
  /** What was found, without what to do next. */
  readonly found: string;
};

/** A manifest as received. Its digest is computed from these bytes. */
export type Fetched = Provenance & {
  readonly bytes: Buffer;
  /** The part of `bytes` that is hashed: all of them, except in a signed schema 1 manifest. */
  readonly content: Buffer;
  readonly digest: Digest;
  /** The Content-Type in lower case, without parameters; may be empty or generic. */
  readonly mediaType: string;
  /** True when credentials were sent to get it, or may have been. */
  readonly authenticated: boolean;
};

/** A small blob in memory. */
export type SmallBlob = Provenance & { readonly bytes: Buffer };

/** A page of a list, as a registry answered it: JSON. */
export type Page = {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** The query of the next page, without its question mark; undefined for the last page. */
  readonly next: string | undefined;
  /** The header `OCI-Filters-Applied`; empty without one. */
  readonly filters: string;
};

/** What a registry says about a manifest without sending it. */
export type Claim = Pick<Fetched, "authenticated" | "private"> & {
  /** Undefined when the registry announces none. */
  readonly digest: Digest | undefined;
  /** Bytes of the manifest; undefined when the registry states none. */
  readonly size?: number | undefined;
  /** The Content-Type in lower case, without parameters. */
  readonly mediaType?: string;
};
