import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseDocument } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { isIndex, isManifest, isSchema1, isSpecific } from "../oci/media-type.ts";
import type { Reference } from "../oci/reference.ts";
import type { Offer, Root } from "./plan.ts";
import type { Fetched, Image, ManifestSource } from "./ports.ts";

// Nested indexes of the field are two deep, and an image of 64 platforms does not exist: beyond is a mistake or an attack.
const DEPTH_LIMIT = 3;
const INDEX_LIMIT = 64;
// As much as the index itself may have: real ones have some 10 kB, and what is parsed takes twenty times its bytes.
const NESTED_BYTES = 4 * 1024 * 1024;
/** The most manifests that are fetched for one image. */
export const MANIFEST_LIMIT = 64;

/**
 * The top document of a reference and what it offers, nested indexes followed.
 * Fails with the registry's status, or as `invalid` when a document is.
 */
export async function resolveRoot(source: ManifestSource, reference: Reference): Promise<Root> {
  const fetched = await source.manifest(reference, reference.digest ?? reference.tag ?? "latest");
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") return { fetched, document, offers: [], unnamed: [], attestations: 0, nested: [] };
  const nested: Nested = { asked: 0, bytes: 0, found: [] };
  const entries = await flatten(source, reference, document.entries, nested, 1);
  const images = entries.filter((entry) => !entry.attestation && isImageEntry(entry));
  return {
    fetched,
    document,
    offers: images.filter(hasPlatform).map((descriptor): Offer => ({ platform: descriptor.platform, descriptor })),
    unnamed: images.filter((entry) => !hasPlatform(entry)),
    attestations: entries.filter((entry) => entry.attestation).length,
    nested: nested.found,
  };
}

/** Unknown types in an index "MUST NOT" be an error: https://github.com/opencontainers/image-spec/blob/main/image-index.md */
function isImageEntry(entry: Descriptor): boolean {
  return isManifest(entry.mediaType) || isSchema1(entry.mediaType);
}

function hasPlatform(entry: Descriptor): entry is Descriptor & { readonly platform: Offer["platform"] } {
  return entry.platform !== undefined;
}

/** The nested indexes of an image: how many were asked for, their bytes, and those that came. */
type Nested = { asked: number; bytes: number; readonly found: Fetched[] };

/** The entries of an index with every nested index, which `nested` collects, replaced by its own. */
async function flatten(
  source: ManifestSource,
  image: Image,
  entries: readonly Descriptor[],
  nested: Nested,
  depth: number,
): Promise<readonly Descriptor[]> {
  const indexes = entries.filter(({ mediaType }) => isIndex(mediaType));
  if (depth === DEPTH_LIMIT && indexes.length > 0) throw new PullError("too-deep", `too deep: indexes nested deeper than ${DEPTH_LIMIT}`);
  nested.asked += indexes.length;
  if (nested.asked > INDEX_LIMIT) {
    throw new PullError("too-many", `too many nested indexes: expected at most ${INDEX_LIMIT}, got ${nested.asked}`);
  }
  nested.bytes += indexes.reduce((sum, { size }) => sum + size, 0);
  if (nested.bytes > NESTED_BYTES) {
    throw new PullError("too-large", `too large: nested indexes have ${nested.bytes} bytes, expected at most ${NESTED_BYTES} in all`);
  }
  const flat = entries.map(async (entry) => {
    if (!isIndex(entry.mediaType)) return [entry];
    const fetched = await fetchListed(source, image, entry);
    nested.found.push(fetched);
    const document = parseDocument(fetched.content, entry.mediaType);
    return document.kind === "index" ? flatten(source, image, document.entries, nested, depth + 1) : [];
  });
  return (await Promise.all(flat)).flat();
}

/** The manifest a document lists, of the size it says. Fails as `dangling` when the registry has none. */
export async function fetchListed(source: ManifestSource, image: Image, descriptor: Descriptor): Promise<Fetched> {
  const asked = source.manifest(image, descriptor.digest, descriptor.size);
  const fetched = await orDangling(asked, "manifest", descriptor.digest);
  if (fetched.bytes.length === descriptor.size) return fetched;
  throw new PullError(
    "size-differs",
    `size differs: ${descriptor.digest} is listed with ${descriptor.size} bytes, got ${fetched.bytes.length}`,
  );
}

/** What the pointing descriptor says a body is, which wins over the Content-Type once the digest matches; else the latter. */
export function claimedType(descriptor: Descriptor, fetched: Fetched): string {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}

/** What an image lists. */
export type Part = "manifest" | "config" | "layer";

/** A 404 for something the image itself lists is `dangling`: the reference is right, the registry has lost a part. */
export async function orDangling<T>(fetch: Promise<T>, part: Part, digest: Digest): Promise<T> {
  try {
    return await fetch;
  } catch (error) {
    throw error instanceof PullError ? danglingFrom(error, part, digest) : error;
  }
}

/** A failure to get a listed part: a 404 means that the registry has lost it, anything else is what it was. */
export function danglingFrom(error: PullError, part: Part, digest: Digest): PullError {
  if (error.status !== "not-found") return error;
  const found = `${part} ${digest} is listed by the image but is not in the registry: ${error.found}`;
  return new PullError(`${part}-missing`, found, { cause: error });
}
