import type { Digest } from "./digest.ts";

/** Where a document or a blob was read. */
export type Origin = "cache" | "registry";

/** Where content was read, and who may read it there. */
export type Provenance = {
  readonly origin: Origin;
  /** False only when anyone is known to be able to read it at its registry. */
  readonly private: boolean;
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

/** What a registry says about a manifest without sending it. */
export type Claim = Pick<Fetched, "authenticated" | "private"> & {
  /** Undefined when the registry announces none. */
  readonly digest: Digest | undefined;
};
