import { type ImageConfig, parseConfig } from "../oci/config.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { type Document, parseDocument } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform, type Platform, sameBuild, sameMachine } from "../oci/platform.ts";
import type { Depth, Offer, PlatformImage } from "./plan.ts";
import type { Fetched, Image, Source } from "./ports.ts";
import { claimedType, fetchListed, orDangling, type Part } from "./resolve.ts";

/** Where to look, how deep, and whether a pull follows, which needs every size. */
export type Inspection = {
  readonly source: Source;
  readonly image: Image;
  readonly depth: Depth;
  readonly pulled: boolean;
  readonly budget: Budget;
};

// As much as one config may have: real ones have some 10 kB a platform, and what is parsed takes twenty times its bytes.
const CONFIG_BYTES = 4 * 1024 * 1024;

/** The configs of one image, each read once, and the bytes that they all may have. */
export class Budget {
  readonly #configs = new Map<Digest, Promise<ReadConfig>>();
  #left = CONFIG_BYTES;

  /** What `read` gives for a config. Fails as `invalid` when the configs of an image together are too large. */
  config({ digest, size }: Descriptor, read: () => Promise<ReadConfig>): Promise<ReadConfig> {
    const known = this.#configs.get(digest) ?? this.#spend(size, read);
    this.#configs.set(digest, known);
    return known;
  }

  async #spend(size: number, read: () => Promise<ReadConfig>): Promise<ReadConfig> {
    // What is too large by itself is refused as such.
    if (size > CONFIG_BYTES) return read();
    this.#left -= size;
    if (this.#left < 0) throw new PullError("too-large", `too large: the configs of all platforms have more than ${CONFIG_BYTES} bytes`);
    return read();
  }
}

/** The config of an image, and whether not everybody can read it. */
type ReadConfig = { readonly config: ImageConfig; readonly private: boolean };

/** One platform's image, and what is worth a warning about it. */
export type Verified = { readonly image: PlatformImage; readonly warnings: readonly string[] };

/**
 * The image an index offers for a platform: its manifest and config there, their digests right, the config for the same
 * platform and, at depth `blobs`, every layer in the registry. Fails as `dangling`, `platform-mismatch`, `not-an-image`
 * or `invalid`, or with the registry's status.
 */
export async function verifyOffer(inspection: Inspection, offer: Offer): Promise<Verified> {
  const image = await verifyListed(inspection, offer.descriptor);
  const found = image.config.platform;
  const words = `the index says ${formatPlatform(offer.platform)}, but the config of ${offer.descriptor.digest} says ${formatPlatform(found)}`;
  if (!sameMachine(offer.platform, found)) throw new PullError("platform-differs", words);
  if (!sameBuild(offer.platform, found)) throw new PullError("os-version-differs", words);
  const warnings = differsSlightly(offer.platform, found) ? [words] : [];
  return { image: { ...image, platform: offer.platform }, warnings };
}

/** Another variant, or another revision of the same Windows build. */
function differsSlightly(one: Platform, other: Platform): boolean {
  const revisions = one.osVersion !== "" && other.osVersion !== "" && one.osVersion !== other.osVersion;
  return one.variant !== other.variant || revisions;
}

/** The image behind an entry, whatever its platform. Fails as {@link verifyOffer} does. */
export async function verifyListed(inspection: Inspection, descriptor: Descriptor): Promise<PlatformImage> {
  const fetched = await fetchListed(inspection.source, inspection.image, descriptor);
  return verifyImage(inspection, fetched, parseDocument(fetched.content, claimedType(descriptor, fetched)));
}

/** The image a manifest describes, looked into as deep as asked; its config always. Fails as {@link verifyOffer} does. */
export async function verifyImage(inspection: Inspection, manifest: Fetched, document: Document): Promise<PlatformImage> {
  if (document.kind === "schema1") return verifySchema1(inspection, manifest, document);
  if (document.kind !== "image") throw notAnImage(manifest.digest, document);
  const [{ config, private: isPrivate }] = await Promise.all([
    readConfigBlob(inspection, document),
    inspection.depth === "blobs" ? checkBlobs(inspection, "layer", document.layers) : undefined,
  ]);
  const { config: descriptor, layers } = document;
  return {
    platform: config.platform,
    manifest,
    mediaType: document.mediaType,
    config,
    configDigest: descriptor.digest,
    private: manifest.private || isPrivate,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers]),
  };
}

/** Schema 1 names no sizes: the registry is asked for them. */
async function verifySchema1(
  inspection: Inspection,
  manifest: Fetched,
  { schema1, mediaType }: Extract<Document, { kind: "schema1" }>,
): Promise<PlatformImage> {
  const { layers, config } = schema1;
  const distinct = [...new Set(layers)];
  const sizes = inspection.depth === "index" ? [] : await Promise.all(distinct.map((digest) => layerSize(inspection, digest)));
  const blobs = distinct.map((digest, at) => ({ digest, size: sizes[at] }));
  const { platform } = config;
  return { platform, manifest, mediaType, config, configDigest: undefined, private: manifest.private, layers, blobs };
}

/** The stated size of a layer or, where a pull needs a size and none is stated, the counted one. */
async function layerSize(inspection: Inspection, digest: Digest): Promise<number | undefined> {
  const stated = await presentSize(inspection, "layer", digest);
  if (stated !== undefined || !inspection.pulled) return stated;
  return orDangling(inspection.source.measure(inspection.image, digest), "layer", digest);
}

function notAnImage(digest: Digest, document: Document): PullError {
  if (document.kind === "index") return new PullError("index-listed", `${digest} is an index, not an image`);
  return new PullError(notAnImageReason(document), `${digest} is ${describeArtifact(document)}, not an image`);
}

async function readConfigBlob({ source, image, budget }: Inspection, { config: descriptor, layers }: ImageManifest): Promise<ReadConfig> {
  const read = await budget.config(descriptor, async () => {
    const blob = await orDangling(source.blob(image, descriptor), "config", descriptor.digest);
    return { config: parseConfig(blob.bytes), private: blob.private };
  });
  const { config } = read;
  if (config.diffIds === undefined || config.diffIds === layers.length) return read;
  throw new PullError(
    "wrong-diff-ids",
    `config ${descriptor.digest} lists ${config.diffIds} diffIDs, but the manifest has ${layers.length} layers`,
  );
}

type ImageManifest = Extract<Document, { kind: "image" }>;

/** Fails as `dangling` when a blob is not in the registry, as `invalid` when it has another size there. */
export async function checkBlobs(inspection: Inspection, part: Part, descriptors: readonly Descriptor[]): Promise<void> {
  // Foreign layers live where their urls say, which is nowhere we go; a registry need not have them.
  const here = descriptors.filter((descriptor) => !descriptor.foreign);
  await Promise.all(
    here.map(async ({ digest, size }) => {
      const stated = await presentSize(inspection, part, digest);
      if (stated === undefined || stated === size) return;
      throw new PullError("size-differs", `size differs: ${part} ${digest} is listed with ${size} bytes, the registry has ${stated}`);
    }),
  );
}

function presentSize({ source, image }: Inspection, part: Part, digest: Digest): Promise<number | undefined> {
  return orDangling(source.blobSize(image, digest), part, digest);
}

/** Each blob once: images repeat layers. */
export function distinctBlobs(descriptors: readonly Descriptor[]): PlatformImage["blobs"] {
  return [...new Map(descriptors.map(({ digest, size }) => [digest, { digest, size }])).values()];
}

/** Why an artifact or cache is no image. */
export function notAnImageReason({ kind }: Document): "artifact" | "buildkit-cache" {
  return kind === "buildkit-cache" ? kind : "artifact";
}

/** What an artifact or cache is, for a message. */
export function describeArtifact(document: Document): string {
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  const type = document.kind === "artifact" ? document.artifactType : "";
  if (type === "application/vnd.cncf.helm.config.v1+json") return "a Helm chart";
  return type === "" ? "an artifact" : `an artifact of type ${type}`;
}
