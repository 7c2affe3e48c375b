import { bytesOf } from "../oci/blob.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseDocument } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { Fetched } from "../oci/fetched.ts";
import { isIndex, isManifest, isSchema1, isSpecific } from "../oci/media-type.ts";
import type { Repository } from "../oci/reference.ts";
import { lockedDigest } from "./lock.ts";
import { type Plan, soughtPlatforms, type Wanted } from "./plan.ts";
import type { Offer, Root } from "./resolved.ts";
import type { Source } from "./source.ts";

type ManifestSource = Pick<Source, "manifest">;

// Real images nest indexes two deep and have a dozen platforms. More is a mistake or an attack.
const DEPTH_LIMIT = 3;
const INDEX_COUNT = 64;
// As large as the index itself may be. A real index has about 10 kB; parsing takes 20 times that.
const NESTED_BYTES = 4 * 1024 * 1024;

/**
 * The top document of a wanted image and what it offers, nested indexes followed.
 * Fails with the registry's status, and as `invalid` when a document is malformed.
 */
export async function resolveRoot(
  source: ManifestSource,
  wanted: Wanted,
  pullsFor?: Plan["pullsFor"],
): Promise<Root> {
  const { reference } = wanted;
  const platforms = soughtPlatforms(wanted, pullsFor);
  const name = reference.digest ?? lockedDigest(wanted) ?? reference.tag ?? "latest";
  const fetched = await source.manifest(reference, name, { platforms });
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") {
    const nothing = { offers: [], unnamed: [], attestations: 0, nested: [] };
    return { fetched, document, ...nothing };
  }
  const nested = new NestedIndexes(source, reference);
  const entries = await nested.flatten(document.entries, 1);
  const images = entries.filter((entry) => !entry.attestation && isImageEntry(entry));
  return {
    fetched,
    document,
    offers: images
      .filter(hasPlatform)
      .map((descriptor): Offer => ({ platform: descriptor.platform, descriptor })),
    unnamed: images.filter((entry) => !hasPlatform(entry)),
    attestations: entries.filter((entry) => entry.attestation).length,
    nested: nested.found,
  };
}

/**
 * Unknown types in an index "MUST NOT" be an error:
 * https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
function isImageEntry(entry: Descriptor): boolean {
  return isManifest(entry.mediaType) || isSchema1(entry.mediaType);
}

function hasPlatform(
  entry: Descriptor,
): entry is Descriptor & { readonly platform: Offer["platform"] } {
  return entry.platform !== undefined;
}

/** The nested indexes of one image, and the limits that they share. */
class NestedIndexes {
  readonly #source: ManifestSource;
  readonly #repository: Repository;
  readonly #found: Fetched[] = [];
  #count = 0;
  #bytes = 0;

  constructor(source: ManifestSource, repository: Repository) {
    this.#source = source;
    this.#repository = repository;
  }

  /** The indexes found, in the order in which they arrived. */
  get found(): readonly Fetched[] {
    return this.#found;
  }

  /** The entries of an index, with every nested index replaced by its own entries. */
  async flatten(entries: readonly Descriptor[], depth: number): Promise<readonly Descriptor[]> {
    this.#expectWithinLimits(
      entries.filter(({ mediaType }) => isIndex(mediaType)),
      depth,
    );
    const flat = entries.map(async (entry) => {
      if (!isIndex(entry.mediaType)) return [entry];
      return this.#open(entry, depth);
    });
    return (await Promise.all(flat)).flat();
  }

  async #open(entry: Descriptor, depth: number): Promise<readonly Descriptor[]> {
    const fetched = await fetchListed(this.#source, this.#repository, entry);
    this.#found.push(fetched);
    const document = parseDocument(fetched.content, entry.mediaType);
    if (document.kind !== "index") return [];
    return this.flatten(document.entries, depth + 1);
  }

  #expectWithinLimits(indexes: readonly Descriptor[], depth: number): void {
    if (depth === DEPTH_LIMIT && indexes.length > 0) {
      throw new PullError("too-deep", `too deep: indexes nested deeper than ${DEPTH_LIMIT}`);
    }
    this.#count += indexes.length;
    if (this.#count > INDEX_COUNT) {
      const found = `expected at most ${INDEX_COUNT}, got ${this.#count}`;
      throw new PullError("too-many", `too many nested indexes: ${found}`);
    }
    this.#bytes += bytesOf(indexes);
    if (this.#bytes > NESTED_BYTES) {
      const found = `expected at most ${NESTED_BYTES} bytes together, got ${this.#bytes}`;
      throw new PullError("too-large", `too large: nested indexes: ${found}`);
    }
  }
}

/**
 * The manifest that a document lists, with the listed size.
 * Fails as `dangling` when the registry does not have it.
 */
export async function fetchListed(
  source: ManifestSource,
  repository: Repository,
  { digest, size }: Descriptor,
): Promise<Fetched> {
  const fetched = await orDangling(
    source.manifest(repository, digest, { size }),
    "manifest",
    digest,
  );
  const got = fetched.bytes.length;
  if (got === size) return fetched;
  throw new PullError(
    "size-differs",
    `size differs: ${digest} is listed with ${size} bytes, got ${got}`,
  );
}

/**
 * What a body is. The descriptor's type wins over the Content-Type once the digest matches:
 * https://github.com/opencontainers/image-spec/blob/main/media-types.md
 */
export function claimedType(descriptor: Descriptor, fetched: Fetched): string {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}

/** What an image lists. */
export type Part = "manifest" | "config" | "layer";

/** Makes a 404 for a listed part `dangling`: the reference is right, the registry lost a part. */
export async function orDangling<T>(answer: Promise<T>, part: Part, digest: Digest): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof PullError ? danglingFrom(error, part, digest) : error;
  }
}

/** A failure to get a listed part: a 404 becomes `dangling`, others stay what they are. */
export function danglingFrom(error: PullError, part: Part, digest: Digest): PullError {
  if (error.status !== "not-found") return error;
  const found = `the image lists ${part} ${digest}, but it is not in the registry: ${error.found}`;
  return new PullError(`${part}-missing`, found, { cause: error });
}
