import { shownImage } from "../gate/resolved.ts";
import { type Blob, distinctBlobs } from "../oci/blob.ts";
import { IMAGE_NAME, type IndexEntry, REF_NAME } from "../oci/layout.ts";
import type { Platform } from "../oci/platform.ts";
import { formatReference, type Reference, repositoryName } from "../oci/reference.ts";
import { type OciImage, toOciImage } from "../oci/schema1.ts";
import type { Foreseen, Loadable, LoadablePlatform, Stored, TypedDocument } from "./outcome.ts";
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
  const converted = await convert(image, store, signal);
  const documents = converted === undefined ? documentsOf(image) : [converted.manifest];
  for (const { bytes, digest } of documents) await store.put(digest, bytes);
  const entry = toEntry(image, converted);
  const loadable = toLoadable(image, entry, runner, converted);
  return { entry, stored: { converted: converted?.manifest.digest, loadable } };
}

/**
 * What {@link storeDocuments} will return as loadable for an image that is still being pulled.
 * Undefined for what no engine can load, and for schema 1: it is converted once its layers are
 * there.
 */
export function foresee(image: Pullable, runner: Platform): Foreseen | undefined {
  const { resolved, root } = image;
  if (root.document.kind === "schema1") return undefined;
  const loadable = toLoadable(image, toEntry(image, undefined), runner, undefined);
  if (loadable === undefined) return undefined;
  return { wanted: resolved.wanted, loadable, documents: documentsOf(image) };
}

/** Manifests, nested indexes and, last, the top document. */
function documentsOf({ root, platforms }: Pullable): readonly TypedDocument[] {
  const manifests = platforms.map(({ manifest, mediaType }) => typed(manifest, mediaType));
  const nested = root.nested.map((index) => typed(index, index.mediaType));
  return [...manifests, ...nested, typed(root.fetched, root.document.mediaType)];
}

function typed({ digest, bytes }: Document, mediaType: string): TypedDocument {
  return { digest, bytes, mediaType };
}

function toEntry({ resolved, root }: Pullable, converted: OciImage | undefined): IndexEntry {
  const { fetched, document } = root;
  const top = converted?.manifest ?? typed(fetched, document.mediaType);
  const annotations = annotationsOf(resolved.wanted.reference);
  return { mediaType: top.mediaType, ...asBlob(top), annotations };
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
): Loadable | undefined {
  const { resolved, root, platforms } = image;
  const shown = shownImage(resolved, runner)?.manifest.digest;
  const first = platforms.find(({ manifest }) => manifest.digest === shown) ?? platforms[0];
  if (first === undefined) return undefined;
  const others = platforms.filter((platform) => platform !== first);
  const { reference } = resolved.wanted;
  const part = (platform: PullablePlatform): LoadablePlatform =>
    toLoadablePlatform(platform, converted);
  return {
    entry,
    documents: distinctBlobs([entry, ...root.nested.map(asBlob)]),
    platforms: [part(first), ...others.map(part)],
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

type Document = Pick<TypedDocument, "digest" | "bytes">;

function asBlob({ digest, bytes }: Document): Blob {
  return { digest, size: bytes.length };
}

/** A layout holds no schema 1 image: it is converted once its layers can be unpacked. */
async function convert(
  { root, platforms }: Pullable,
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
