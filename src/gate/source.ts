import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import type { Claim, Fetched, SmallBlob } from "../oci/fetched.ts";
import type { Repository } from "../oci/reference.ts";
import type { Requirement } from "./plan.ts";

/** What is known of a manifest before it is asked for. */
export type ManifestHints = {
  /** Bytes, where a descriptor states them; the caller compares them, too. */
  readonly size?: number;
  /** What the registry says that the tag points at, if it was asked. */
  readonly claimed?: Digest;
  /** For the top document of an image: which of its platforms will be asked for next. */
  readonly platforms?: Requirement;
};

/** How much an answer matters. */
export type Urgency = {
  /** True when it only informs: one short try is enough. */
  readonly brief?: boolean;
};

/**
 * What the gate asks about an image. Every document and blob it returns has the digest that was
 * asked for. Every method fails with a {@link PullError}, whose status is the image's.
 */
export interface Source {
  /** The manifest that a tag or digest names. */
  manifest(repository: Repository, reference: string, hints?: ManifestHints): Promise<Fetched>;
  /** What a registry says a tag or digest points at, without sending it. */
  claim(repository: Repository, reference: string, urgency?: Urgency): Promise<Claim>;
  /** A small blob, such as a config, whole. */
  blob(repository: Repository, blob: Blob): Promise<SmallBlob>;
  /** The stated size of a blob in bytes; undefined when none is stated. */
  size(repository: Repository, digest: Digest, urgency?: Urgency): Promise<number | undefined>;
  /** The size of a blob in bytes: as stated or, when no size is stated, counted by a download. */
  measure(repository: Repository, digest: Digest): Promise<number>;
  /** The tags of a repository. */
  tags(repository: Repository): Promise<readonly string[]>;
}
