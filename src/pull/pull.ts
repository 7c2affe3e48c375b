import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import { formatReference, repositoryName } from "../oci/reference.ts";
import { toOciImage } from "../oci/schema1.ts";
import { asProblem, type Loadable, type Outcome, type Problem, problemsOf, type Resolved, type Root, shownImage } from "./plan.ts";
import type { Blob, BlobStore } from "./ports.ts";
import { distinct, type Pullable, type PullablePlatform, toPullable } from "./pullable.ts";
import { rateOf, tallyOf } from "./tally.ts";
import { inTurns, needsOf, type TransferOptions, transfer, type Wires } from "./transfer.ts";

/** What bounds and watches a pull, and the platform of the machine that runs the job. */
export type PullOptions = TransferOptions & { readonly runner: Platform };

/**
 * Pulls every image that has no problem into the layout, each blob once and the largest first, and names it in the index
 * when all of it is there. Every image is tried; what cannot be had is a problem of its images; verified blobs stay.
 */
export async function pull(images: readonly Resolved[], wires: Wires, options: PullOptions): Promise<Outcome> {
  const { now, concurrency } = options;
  const started = now();
  const failures = new Map<Resolved, Problem>();
  const attempted = images.filter((resolved) => problemsOf(resolved).length === 0);
  const pullable = (await inTurns(attempted, concurrency, (resolved) => tried(resolved, failures, () => toPullable(resolved)))).flat();
  const needs = needsOf(pullable);
  const transferred = await transfer(needs, wires, options);
  const { transfers, present } = transferred;
  for (const [resolved, problem] of transferred.failures) failures.set(resolved, problem);
  const whole = pullable.filter(({ resolved }) => !failures.has(resolved));
  const keep = (image: Pullable): Promise<readonly Named[]> =>
    tried(image.resolved, failures, () => storeDocuments(image, wires.store, options));
  const named = (await inTurns(whole, concurrency, keep)).flat();
  const warnings = await wires.store.add(named.map(({ entry }) => entry));
  const fromRegistry = needs.filter(({ digest }) => transfers.get(digest)?.origin === "registry");
  const pulled = {
    layout: wires.store.path,
    ...tallyOf(needs, transferred),
    seconds: (now() - started) / 1_000,
    missed: fromRegistry.map(({ digest, size }) => ({ digest, size })),
    hit:
      failures.size === 0 &&
      needs.length > 0 &&
      needs.every(({ digest }) => present.has(digest) || transfers.get(digest)?.origin === "cache"),
    rates: { cache: rateOf("cache", needs, transfers), registry: rateOf("registry", needs, transfers) },
    byImage: new Map(pullable.map(({ resolved, blobs }) => [resolved.wanted.name, tallyOf(blobs, transferred)])),
    transfers,
    converted: new Map(named.flatMap(({ converted, image }) => (converted ? [[image.wanted.name, converted]] : []))),
    loadable: named.flatMap(({ loadable }) => loadable ?? []),
    warnings,
    unloadable: named.flatMap(({ loadable, image }) => (loadable === undefined ? [image] : [])),
  };
  return { images: images.map((resolved) => ({ ...resolved, problem: failures.get(resolved) ?? resolved.problem })), pulled };
}

/** What `make` makes of an image, or nothing, and the failure is the image's. */
async function tried<T>(resolved: Resolved, failures: Map<Resolved, Problem>, make: () => T | Promise<T>): Promise<readonly T[]> {
  try {
    return [await make()];
  } catch (error) {
    failures.set(resolved, asProblem(error, resolved.wanted.written));
    return [];
  }
}

/** An image in the layout: how the index names it, what it was converted to, and what an engine would load of it. */
type Named = {
  readonly entry: Loadable["entry"];
  readonly image: Resolved;
  readonly converted: Digest | undefined;
  /** Absent for artifacts and caches, which no engine takes. */
  readonly loadable: Loadable | undefined;
};

/** Keeps an image's documents and says how the index is to name it. */
async function storeDocuments(image: Pullable, store: BlobStore, { runner, signal }: PullOptions): Promise<Named> {
  const { root, resolved, platforms } = image;
  const converted = await convert(root, platforms, store, signal);
  const top = converted?.manifest ?? { bytes: root.fetched.bytes, digest: root.fetched.digest, mediaType: root.document.mediaType };
  const manifests = converted === undefined ? platforms.map(({ manifest }) => manifest) : [];
  for (const { bytes, digest } of [...manifests, ...root.nested, top]) await store.put(digest, bytes);
  const entry = { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length, annotations: namesOf(resolved) };
  const loadable = platforms.length === 0 ? undefined : toLoadable(image, entry, runner, converted);
  return { entry, image: resolved, converted: converted?.manifest.digest, loadable };
}

function namesOf({ wanted }: Resolved): Readonly<Record<string, string>> {
  const { reference } = wanted;
  const full = { "io.containerd.image.name": imageName(reference) };
  // The tag alone, as the specification has it: https://github.com/opencontainers/image-spec/blob/main/annotations.md
  return reference.tag === undefined ? full : { ...full, "org.opencontainers.image.ref.name": reference.tag };
}

function toLoadable(image: Pullable, entry: Loadable["entry"], runner: Platform, converted: Converted | undefined): Loadable {
  const { resolved, root, platforms } = image;
  const { reference } = resolved.wanted;
  const shown = shownImage(resolved, runner)?.manifest.digest;
  const first = platforms.filter(({ manifest }) => manifest.digest === shown);
  const others = platforms.filter(({ manifest }) => manifest.digest !== shown);
  return {
    image: resolved,
    entry,
    documents: distinct([entry, ...root.nested.map(asBlob)]),
    platforms: [...first, ...others].map((platform) => toLoadablePlatform(platform, converted)),
    tag: reference.tag === undefined ? undefined : imageName(reference),
  };
}

function toLoadablePlatform(platform: PullablePlatform, converted: Converted | undefined): Loadable["platforms"][number] {
  const { manifest, mediaType, configDigest, layers, blobs } = platform;
  const { digest, size } = asBlob(converted?.manifest ?? manifest);
  return {
    platform: platform.platform,
    manifest: { digest, size, mediaType: converted?.manifest.mediaType ?? mediaType },
    config: converted?.config.digest ?? configDigest ?? digest,
    layers,
    blobs: distinct([{ digest, size }, ...(converted === undefined ? [] : [asBlob(converted.config)]), ...blobs]),
  };
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
  platforms: readonly PullablePlatform[],
  store: BlobStore,
  signal: AbortSignal,
): Promise<Converted | undefined> {
  const [image] = platforms;
  if (root.document.kind !== "schema1" || image === undefined) return undefined;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size]));
  const diffIds = await store.diffIds(image.blobs, signal);
  const layers = image.layers.map((digest) => ({ digest, size: sizes.get(digest) ?? 0, diffId: diffIds.get(digest) ?? digest }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}

type Converted = ReturnType<typeof toOciImage>;
