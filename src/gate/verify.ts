import { distinctBlobs, type ListedBlob } from "../oci/blob.ts";
import { type ImageConfig, parseConfig } from "../oci/config.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import {
  type Document,
  describeDocument,
  notAnImageReason,
  parseDocument,
} from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { Fetched, SmallBlob } from "../oci/fetched.ts";
import { formatPlatform, type Platform, sameBuild, sameMachine } from "../oci/platform.ts";
import type { Repository } from "../oci/reference.ts";
import type { Depth } from "./plan.ts";
import { claimedType, fetchListed, orDangling, type Part } from "./resolve.ts";
import type { Offer, PlatformImage } from "./resolved.ts";
import type { Source } from "./source.ts";

/** Where to look, how deep, and what one image may cost. */
export type Inspection = {
  readonly source: Source;
  readonly repository: Repository;
  readonly depth: Depth;
  /** True when a pull follows, which needs every size. */
  readonly pulled: boolean;
  readonly configs: Configs;
};

// As much as one config may have. A real one has about 10 kB; parsing takes 20 times that.
const CONFIG_BYTES = 4 * 1024 * 1024;

/** The configs of one image: each is read once, and together they have a limit in bytes. */
export class Configs {
  readonly #read = new Map<Digest, Promise<ReadConfig>>();
  #left = CONFIG_BYTES;

  /** What `read` returns for a config. Fails as `invalid` when the configs are too large. */
  get({ digest, size }: Descriptor, read: () => Promise<ReadConfig>): Promise<ReadConfig> {
    const known = this.#read.get(digest) ?? this.#spend(size, read);
    this.#read.set(digest, known);
    return known;
  }

  async #spend(size: number, read: () => Promise<ReadConfig>): Promise<ReadConfig> {
    // `read` refuses a config that is too large on its own.
    if (size > CONFIG_BYTES) return read();
    this.#left -= size;
    if (this.#left >= 0) return read();
    const found = `the configs of all platforms have more than ${CONFIG_BYTES} bytes`;
    throw new PullError("too-large", `too large: ${found}`);
  }
}

/** A config that was read, and how. */
type ReadConfig = Pick<SmallBlob, "private" | "refusal"> & { readonly config: ImageConfig };

/** The image of one platform, and warnings about it. */
export type Verified = { readonly image: PlatformImage; readonly warnings: readonly string[] };

/**
 * The image that an index offers for a platform, verified: manifest and config exist, their digests
 * are right, the config is for the same platform and, at depth `blobs`, the registry has every
 * layer. Fails as `dangling`, `platform-mismatch`, `not-an-image` or `invalid`, and with the
 * registry's status.
 */
export async function verifyOffer(inspection: Inspection, offer: Offer): Promise<Verified> {
  const image = await verifyListed(inspection, offer.descriptor);
  const found = image.config.platform;
  const { digest } = offer.descriptor;
  const said = `the config of ${digest} says ${formatPlatform(found)}`;
  const words = `the index lists ${formatPlatform(offer.platform)}, but ${said}`;
  if (!sameMachine(offer.platform, found)) throw new PullError("platform-differs", words);
  if (!sameBuild(offer.platform, found)) throw new PullError("os-version-differs", words);
  const warnings = differsSlightly(offer.platform, found) ? [words] : [];
  return { image: { ...image, platform: offer.platform }, warnings };
}

/** True for another variant, and for another revision of the same Windows build. */
function differsSlightly(one: Platform, other: Platform): boolean {
  const bothHaveRevisions = one.osVersion !== "" && other.osVersion !== "";
  const anotherRevision = bothHaveRevisions && one.osVersion !== other.osVersion;
  return one.variant !== other.variant || anotherRevision;
}

/** The image that an index entry lists, for any platform. Fails as {@link verifyOffer} does. */
export async function verifyListed(
  inspection: Inspection,
  descriptor: Descriptor,
): Promise<PlatformImage> {
  const fetched = await fetchListed(inspection.source, inspection.repository, descriptor);
  const document = parseDocument(fetched.content, claimedType(descriptor, fetched));
  return verifyImage(inspection, fetched, document);
}

/**
 * The image that a manifest describes. Its config is always read, its layers at depth `blobs`.
 * Fails as {@link verifyOffer} does.
 */
export async function verifyImage(
  inspection: Inspection,
  manifest: Fetched,
  document: Document,
): Promise<PlatformImage> {
  if (document.kind === "schema1") return verifySchema1(inspection, manifest, document);
  if (document.kind !== "image") throw notAnImage(manifest.digest, document);
  const { config: descriptor, layers } = document;
  const [read] = await Promise.all([
    readConfig(inspection, document),
    inspection.depth === "blobs" ? checkBlobs(inspection, "layer", layers) : undefined,
  ]);
  return {
    platform: read.config.platform,
    manifest,
    mediaType: document.mediaType,
    config: read.config,
    configDigest: descriptor.digest,
    private: manifest.private || read.private,
    refusal: manifest.refusal ?? read.refusal,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers]),
  };
}

/** Schema 1 lists no sizes, so the registry is asked for them. */
async function verifySchema1(
  inspection: Inspection,
  manifest: Fetched,
  { schema1, mediaType }: Extract<Document, { kind: "schema1" }>,
): Promise<PlatformImage> {
  const { layers, config } = schema1;
  return {
    platform: config.platform,
    manifest,
    mediaType,
    config,
    configDigest: undefined,
    private: manifest.private,
    refusal: manifest.refusal,
    layers,
    blobs: await schema1Blobs(inspection, [...new Set(layers)]),
  };
}

async function schema1Blobs(
  inspection: Inspection,
  layers: readonly Digest[],
): Promise<readonly ListedBlob[]> {
  if (inspection.depth === "index") {
    return layers.map((digest) => ({ digest, size: undefined }));
  }
  const sizes = layers.map((digest) => layerSize(inspection, digest));
  const found = await Promise.all(sizes);
  return layers.map((digest, at) => ({ digest, size: found[at] }));
}

/** The stated size of a layer or, when a pull needs a size and none is stated, the counted one. */
async function layerSize(inspection: Inspection, digest: Digest): Promise<number | undefined> {
  const { source, repository, pulled } = inspection;
  const stated = await statedSize(inspection, "layer", digest);
  if (stated !== undefined || !pulled) return stated;
  return orDangling(source.measure(repository, digest), "layer", digest);
}

function notAnImage(digest: Digest, document: Document): PullError {
  const found = `${digest} is ${describeDocument(document)}, not an image`;
  const reason = document.kind === "index" ? "index-listed" : notAnImageReason(document);
  return new PullError(reason, found);
}

type ImageManifest = Extract<Document, { kind: "image" }>;

async function readConfig(
  { source, repository, configs }: Inspection,
  { config: descriptor, layers }: ImageManifest,
): Promise<ReadConfig> {
  const read = await configs.get(descriptor, async () => {
    const blob = await orDangling(source.blob(repository, descriptor), "config", descriptor.digest);
    const { bytes, private: isPrivate, refusal } = blob;
    return { config: parseConfig(bytes), private: isPrivate, refusal };
  });
  const { diffIds } = read.config;
  if (diffIds === undefined || diffIds === layers.length) return read;
  const found = `config ${descriptor.digest} lists ${diffIds} diffIDs`;
  throw new PullError("wrong-diff-ids", `${found}, but the manifest has ${layers.length} layers`);
}

/**
 * Fails as `dangling` when the registry does not have a listed blob, and as `invalid` when it has
 * the blob with another size.
 */
export async function checkBlobs(
  inspection: Inspection,
  part: Part,
  descriptors: readonly Descriptor[],
): Promise<void> {
  // A foreign layer may live outside the registry, at its urls, which are never contacted.
  const here = descriptors.filter((descriptor) => !descriptor.foreign);
  await Promise.all(here.map((descriptor) => checkBlob(inspection, part, descriptor)));
}

async function checkBlob(
  inspection: Inspection,
  part: Part,
  { digest, size }: Descriptor,
): Promise<void> {
  const stated = await statedSize(inspection, part, digest);
  if (stated === undefined || stated === size) return;
  const found = `${part} ${digest} is listed with ${size} bytes, the registry has ${stated}`;
  throw new PullError("size-differs", `size differs: ${found}`);
}

function statedSize(
  { source, repository }: Inspection,
  part: Part,
  digest: Digest,
): Promise<number | undefined> {
  return orDangling(source.size(repository, digest), part, digest);
}
