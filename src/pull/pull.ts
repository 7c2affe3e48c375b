import type { Digest } from "../oci/digest.ts";
import { satisfies } from "../oci/platform.ts";
import { formatReference, repositoryName } from "../oci/reference.ts";
import { toOciImage } from "../oci/schema1.ts";
import { countedPlatforms, type Loadable, type Outcome, type PlatformImage, problemsOf, type Resolved, type Root } from "./plan.ts";
import type { Blob, BlobStore } from "./ports.ts";
import { asProblem, bring, inTurns, type Need, type PullOptions, rateOf, tallyOf, type Wires } from "./transfer.ts";

/**
 * Brings every image that has no problem into the layout, each blob once and the largest first, and names it in the index
 * when all of it is there. What could not be brought is a problem of its images; blobs that were verified stay.
 */
export async function pull(images: readonly Resolved[], wires: Wires, options: PullOptions): Promise<Outcome> {
  const { now } = options;
  const started = now();
  const whole = images.filter((resolved) => problemsOf(resolved).length === 0);
  const needs = needsOf(whole);
  const brought = await bring(needs, wires, options);
  const { failures, transfers } = brought;
  const kept = whole.filter((resolved) => !failures.has(resolved));
  const keep = (resolved: Resolved): Promise<Named | undefined> =>
    name(resolved, wires.store, options).catch((error) => {
      failures.set(resolved, asProblem(resolved, error));
      return undefined;
    });
  const named = (await inTurns(kept, options.concurrency, keep)).filter((one) => one !== undefined);
  await wires.store.add(named.map(({ entry }) => entry));
  const pulled = {
    layout: wires.store.path,
    ...tallyOf(needs, brought),
    seconds: (now() - started) / 1_000,
    missed: needs.filter(({ digest }) => transfers.get(digest)?.origin === "registry").map(({ digest, size }) => ({ digest, size })),
    rates: { cache: rateOf("cache", needs, transfers), registry: rateOf("registry", needs, transfers) },
    byImage: new Map(whole.map((image) => [image.wanted.name, tallyOf(needsOf([image]), brought)])),
    converted: new Map(named.flatMap(({ converted, image }) => (converted ? [[image.wanted.name, converted]] : []))),
    loadable: named.flatMap(({ loadable }) => loadable),
  };
  return { images: images.map((resolved) => ({ ...resolved, problem: failures.get(resolved) ?? resolved.problem })), pulled };
}

function needsOf(images: readonly Resolved[]): readonly Need[] {
  const needs = new Map<Digest, Need>();
  for (const resolved of images) {
    const pulled = countedPlatforms(resolved);
    for (const { digest, size } of [...pulled.flatMap(({ blobs }) => blobs), ...resolved.blobs]) {
      const known = needs.get(digest)?.owners ?? [];
      const config = pulled.some(({ configDigest }) => configDigest === digest);
      if (!known.includes(resolved)) needs.set(digest, { digest, size: size ?? 0, owners: [...known, resolved], config });
    }
  }
  return [...needs.values()].toSorted((one, other) => other.size - one.size);
}

/** An image in the layout: how the index names it, what it was converted to, and what an engine would load of it. */
type Named = {
  readonly entry: Loadable["entry"];
  readonly image: Resolved;
  readonly converted: Digest | undefined;
  readonly loadable: readonly Loadable[];
};

/** Keeps an image's documents and says how the index is to name it. */
async function name(image: Resolved, store: BlobStore, { runner, signal }: PullOptions): Promise<Named | undefined> {
  const { root, wanted } = image;
  if (root === undefined) return undefined;
  const images = countedPlatforms(image);
  const converted = await convert(root, images, store, signal);
  const top = converted?.manifest ?? { bytes: root.fetched.bytes, digest: root.fetched.digest, mediaType: root.document.mediaType };
  const manifests = converted === undefined ? images.map(({ manifest }) => manifest) : [];
  for (const { bytes, digest } of [...manifests, ...root.nested, top]) await store.put(digest, bytes);
  const { reference } = wanted;
  const annotations: Record<string, string> = { "io.containerd.image.name": imageName(reference) };
  // The tag alone, as the specification has it: https://github.com/opencontainers/image-spec/blob/main/annotations.md
  if (reference.tag !== undefined) annotations["org.opencontainers.image.ref.name"] = reference.tag;
  const entry = { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length, annotations };
  const shown = images.find(({ config }) => satisfies(runner, config.platform)) ?? images[0];
  const loadable = shown === undefined ? [] : [toLoadable(image, entry, shown, converted)];
  return { entry, image, converted: converted?.manifest.digest, loadable };
}

function toLoadable(image: Resolved, entry: Loadable["entry"], shown: PlatformImage, converted: Converted | undefined): Loadable {
  const { reference } = image.wanted;
  const documents = [entry, ...(image.root?.nested ?? []).map(asBlob), ...(converted === undefined ? [asBlob(shown.manifest)] : [])];
  const config = converted === undefined ? [] : [asBlob(converted.config)];
  const parts = shown.blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
  const blobs = [...new Map([...documents, ...config, ...parts].map(({ digest, size }) => [digest, { digest, size }])).values()];
  const tag = reference.tag === undefined ? undefined : imageName(reference);
  return { image, entry, blobs, config: converted?.config.digest ?? shown.configDigest ?? entry.digest, layers: shown.layers, tag };
}

function asBlob({ digest, bytes }: { readonly digest: Digest; readonly bytes: Buffer }): Blob {
  return { digest, size: bytes.length };
}

/** containerd's name of an image: with its tag, and with its digest only when there is none. */
function imageName(reference: Resolved["wanted"]["reference"]): string {
  return reference.tag === undefined ? formatReference(reference) : `${repositoryName(reference)}:${reference.tag}`;
}

/** A layout holds no schema 1 image: it becomes the OCI image it always was, once its layers can be unpacked. */
async function convert(
  root: Root,
  images: readonly PlatformImage[],
  store: BlobStore,
  signal: AbortSignal,
): Promise<Converted | undefined> {
  const [image] = images;
  if (root.document.kind !== "schema1" || image === undefined) return undefined;
  const blobs = image.blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
  const diffIds = await store.diffIds(blobs, signal);
  const layers = image.layers.map((digest) => ({ digest, size: sizes.get(digest) ?? 0, diffId: diffIds.get(digest) ?? digest }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}

type Converted = ReturnType<typeof toOciImage>;
