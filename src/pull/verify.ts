import { type ImageConfig, parseConfig } from "../oci/config.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { type Document, parseDocument } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform, sameMachine } from "../oci/platform.ts";
import type { Depth, Offer, PlatformImage } from "./plan.ts";
import type { Fetched, Image, Source } from "./ports.ts";
import { claimedType, fetchListed, orDangling } from "./resolve.ts";

/** One platform's image, and what is worth a warning about it. */
export type Verified = { readonly image: PlatformImage; readonly warnings: readonly string[] };

/**
 * The image an index offers for a platform: its manifest and config there, their digests right, the config for the same
 * platform and, at depth `blobs`, every layer in the registry. Fails as `dangling`, `platform-mismatch`, `not-an-image`
 * or `invalid`, or with the registry's status.
 */
export async function verifyOffer(source: Source, image: Image, offer: Offer, depth: Depth): Promise<Verified> {
  const verified = await verifyListed(source, image, offer.descriptor, depth);
  const { platform } = verified.config;
  const claimed = formatPlatform(offer.platform);
  const found = formatPlatform(platform);
  if (!sameMachine(offer.platform, platform)) {
    throw new PullError(
      "platform-mismatch",
      `the index says ${claimed}, but the config of ${offer.descriptor.digest} says ${found}; build and push that platform again`,
    );
  }
  const differs = offer.platform.variant !== platform.variant;
  const warnings = differs ? [`the index says ${claimed}, the config of ${offer.descriptor.digest} says ${found}`] : [];
  return { image: verified, warnings };
}

/** The image behind an entry, whatever its platform. Fails as {@link verifyOffer} does. */
export async function verifyListed(source: Source, image: Image, descriptor: Descriptor, depth: Depth): Promise<PlatformImage> {
  const fetched = await fetchListed(source, image, descriptor);
  return verifyImage(source, image, fetched, parseDocument(fetched.content, claimedType(descriptor, fetched)), depth);
}

/** The image a manifest describes, looked into as deep as asked; its config always. Fails as {@link verifyOffer} does. */
export async function verifyImage(
  source: Source,
  image: Image,
  manifest: Fetched,
  document: Document,
  depth: Depth,
): Promise<PlatformImage> {
  if (document.kind === "schema1") {
    const { layers, config } = document.schema1;
    const distinct = [...new Set(layers)];
    const sizes = depth === "index" ? [] : await Promise.all(distinct.map((digest) => presentSize(source, image, "layer", digest)));
    const blobs = distinct.map((digest, at) => ({ digest, size: sizes[at] }));
    return { manifest, config, configDigest: undefined, layers, blobs };
  }
  if (document.kind !== "image") {
    throw new PullError(
      "not-an-image",
      `${manifest.digest} is ${document.kind === "index" ? "an index" : describeArtifact(document)}, not an image`,
    );
  }
  const [config] = await Promise.all([
    readConfigBlob(source, image, document),
    depth === "blobs" ? checkBlobs(source, image, "layer", document.layers) : undefined,
  ]);
  const { config: descriptor, layers } = document;
  return {
    manifest,
    config,
    configDigest: descriptor.digest,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers]),
  };
}

async function readConfigBlob(source: Source, image: Image, { config: descriptor, layers }: ImageManifest): Promise<ImageConfig> {
  const config = parseConfig(await orDangling(source.blob(image, descriptor), `config ${descriptor.digest}`));
  if (config.diffIds === undefined || config.diffIds === layers.length) return config;
  throw new PullError(
    "invalid",
    `config ${descriptor.digest} lists ${config.diffIds} diffIDs, but the manifest has ${layers.length} layers`,
  );
}

type ImageManifest = Extract<Document, { kind: "image" }>;

/** Fails as `dangling` when a blob is not in the registry, as `invalid` when it has another size there. */
export async function checkBlobs(source: Source, image: Image, use: string, descriptors: readonly Descriptor[]): Promise<void> {
  // Foreign layers live where their urls say, which is nowhere we go; a registry need not have them.
  const here = descriptors.filter((descriptor) => !descriptor.foreign);
  await Promise.all(
    here.map(async ({ digest, size }) => {
      const stated = await presentSize(source, image, use, digest);
      if (stated === undefined || stated === size) return;
      throw new PullError("invalid", `size differs: ${use} ${digest} is listed with ${size} bytes, the registry has ${stated}`);
    }),
  );
}

function presentSize(source: Source, image: Image, use: string, digest: Digest): Promise<number | undefined> {
  return orDangling(source.blobSize(image, digest), `${use} ${digest}`);
}

/** Each blob once: images repeat layers. */
export function distinctBlobs(descriptors: readonly Descriptor[]): PlatformImage["blobs"] {
  return [...new Map(descriptors.map(({ digest, size }) => [digest, { digest, size }])).values()];
}

/** What an artifact or cache is, for a message. */
export function describeArtifact(document: Document): string {
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  const type = document.kind === "artifact" ? document.artifactType : "";
  if (type === "application/vnd.cncf.helm.config.v1+json") return "a Helm chart";
  return type === "" ? "an artifact" : `an artifact of type ${type}`;
}
