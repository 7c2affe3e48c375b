import { type Root, shownImage } from "../gate/resolved.ts";
import { type Blob, distinctBlobs } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { IMAGE_NAME, type IndexEntry, REF_NAME } from "../oci/layout.ts";
import type { Platform } from "../oci/platform.ts";
import { formatReference, type Reference, repositoryName } from "../oci/reference.ts";
import { type OciImage, toOciImage } from "../oci/schema1.ts";
import type { Loadable, LoadablePlatform, Stored } from "./outcome.ts";
import type { BlobStore } from "./ports.ts";
import type { Pullable, PullablePlatform } from "./pullable.ts";

/** The entry that names an image in the layout's index, and what the layout has of it. */
export type Named = { readonly entry: IndexEntry; readonly stored: Stored };

/**
 * Stores the documents of an image whose blobs are in the layout, and returns its index entry: the
 * caller adds it, last. Fails as the store does, and with the signal's reason when that aborts.
 */
export async function storeDocuments(
  image: Pullable,
  store: BlobStore,
  { runner, signal }: { readonly runner: Platform; readonly signal: AbortSignal },
): Promise<Named> {
  const { root, resolved, platforms } = image;
  const converted = await convert(root, platforms, store, signal);
  const { fetched, document } = root;
  const top = converted?.manifest ?? { ...fetched, mediaType: document.mediaType };
  const listed = converted === undefined ? platforms : [];
  const manifests = listed.map(({ manifest }) => manifest);
  const documents = [...manifests, ...root.nested, top];
  for (const { bytes, digest } of documents) await store.put(digest, bytes);
  const { mediaType } = top;
  const annotations = annotationsOf(resolved.wanted.reference);
  const entry = { mediaType, ...asBlob(top), annotations };
  const isArtifact = platforms.length === 0;
  return {
    entry,
    stored: {
      converted: converted?.manifest.digest,
      loadable: isArtifact ? undefined : toLoadable(image, entry, runner, converted),
    },
  };
}

function annotationsOf(reference: Reference): Readonly<Record<string, string>> {
  const full = { [IMAGE_NAME]: imageName(reference) };
  return reference.tag === undefined ? full : { ...full, [REF_NAME]: reference.tag };
}

/** containerd's name of an image: with its tag, or with its digest when it has no tag. */
function imageName(reference: Reference): string {
  const { tag } = reference;
  return tag === undefined ? formatReference(reference) : `${repositoryName(reference)}:${tag}`;
}

function toLoadable(
  image: Pullable,
  entry: IndexEntry,
  runner: Platform,
  converted: OciImage | undefined,
): Loadable {
  const { resolved, root, platforms } = image;
  const { reference } = resolved.wanted;
  const shown = shownImage(resolved, runner)?.manifest.digest;
  const first = platforms.filter(({ manifest }) => manifest.digest === shown);
  const others = platforms.filter(({ manifest }) => manifest.digest !== shown);
  const ordered = [...first, ...others];
  return {
    entry,
    documents: distinctBlobs([entry, ...root.nested.map(asBlob)]),
    platforms: ordered.map((platform) => toLoadablePlatform(platform, converted)),
    tag: reference.tag === undefined ? undefined : imageName(reference),
  };
}

function toLoadablePlatform(
  image: PullablePlatform,
  converted: OciImage | undefined,
): LoadablePlatform {
  const { platform, layers, blobs } = image;
  if (converted !== undefined) {
    const { manifest, config } = converted;
    return {
      platform,
      manifest: { ...asBlob(manifest), mediaType: manifest.mediaType },
      config: config.digest,
      layers,
      blobs: distinctBlobs([asBlob(manifest), asBlob(config), ...blobs]),
    };
  }
  const manifest = asBlob(image.manifest);
  return {
    platform,
    manifest: { ...manifest, mediaType: image.mediaType },
    config: image.configDigest ?? manifest.digest,
    layers,
    blobs: distinctBlobs([manifest, ...blobs]),
  };
}

type Document = { readonly digest: Digest; readonly bytes: Buffer };

function asBlob({ digest, bytes }: Document): Blob {
  return { digest, size: bytes.length };
}

/** A layout holds no schema 1 image: it is converted once its layers can be unpacked. */
async function convert(
  root: Root,
  platforms: readonly PullablePlatform[],
  store: BlobStore,
  signal: AbortSignal,
): Promise<OciImage | undefined> {
  const [image] = platforms;
  if (root.document.kind !== "schema1" || image === undefined) return undefined;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size]));
  const diffIds = await store.diffIds(image.blobs, signal);
  const layers = image.layers.map((digest) => ({
    digest,
    size: sizes.get(digest) ?? 0,
    diffId: diffIds.get(digest) ?? digest,
  }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}
