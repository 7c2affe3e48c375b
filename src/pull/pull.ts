import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { type Platform, satisfies } from "../oci/platform.ts";
import { formatReference, repositoryName } from "../oci/reference.ts";
import { toOciImage } from "../oci/schema1.ts";
import { type Loadable, type Outcome, type PlatformImage, problemsOf, type Resolved, type Root } from "./plan.ts";
import type { Blob, BlobDownload, BlobStore, BlobTarget, Origin, Source } from "./ports.ts";

/** The wires a pull works with. */
export type Wires = {
  readonly source: Source;
  readonly downloads: BlobDownload;
  readonly store: BlobStore;
  /** What the cache had of a document or small blob. */
  readonly restored: (digest: Digest) => Buffer | undefined;
};

/** Told of bytes: how many there are to bring, and every part that came. */
export type Progress = { readonly planned: (bytes: number) => void; readonly moved: (bytes: number) => void };

/** Blobs at a time, whom to tell of bytes, the platform an engine would load, and the time in milliseconds. */
export type PullOptions = {
  readonly concurrency: number;
  readonly progress: Progress;
  readonly runner: Platform;
  readonly now: () => number;
};

/** A blob and everyone who needs it; a config was read before, and is not fetched again. */
type Need = Blob & { readonly owners: readonly Resolved[]; readonly config: boolean };

/**
 * Brings every image that has no problem into the layout, each blob once and the largest first, and names it in the index
 * when all of it is there. What could not be brought is a problem of its images; blobs that were verified stay.
 */
export async function pull(images: readonly Resolved[], wires: Wires, options: PullOptions): Promise<Outcome> {
  const { concurrency, progress, runner, now } = options;
  const started = now();
  const whole = images.filter((resolved) => problemsOf(resolved).length === 0);
  const needs = needsOf(whole);
  const present = await inTurns(needs, concurrency, (need) => wires.store.has(need));
  const missing = needs.filter((_, at) => !present[at]);
  progress.planned(sum(missing));
  const { failures, transfers } = await bring(missing, wires, options);
  const from = (origin: Origin): readonly Need[] => missing.filter(({ digest }) => transfers.get(digest)?.origin === origin);
  const kept = whole.filter((resolved) => !failures.has(resolved));
  const keep = (resolved: Resolved): Promise<Named | undefined> =>
    name(resolved, wires.store, runner).catch((error) => {
      failures.set(resolved, asProblem(resolved, error));
      return undefined;
    });
  const named = (await Promise.all(kept.map(keep))).filter((one) => one !== undefined);
  await wires.store.add(named.map(({ entry }) => entry));
  const pulled = {
    layout: wires.store.path,
    restored: sum(from("cache")),
    downloaded: sum(from("registry")),
    missed: from("registry").map(({ digest, size }) => ({ digest, size })),
    alreadyThere: sum(needs) - sum(missing),
    seconds: (now() - started) / 1_000,
    rates: { cache: rateOf(from("cache"), transfers), registry: rateOf(from("registry"), transfers) },
    converted: new Map(named.flatMap(({ converted, image }) => (converted ? [[image.wanted.name, converted]] : []))),
    loadable: named.flatMap(({ loadable }) => loadable),
  };
  return { images: images.map((resolved) => ({ ...resolved, problem: failures.get(resolved) ?? resolved.problem })), pulled };
}

function sum(blobs: readonly Blob[]): number {
  return blobs.reduce((total, { size }) => total + size, 0);
}

/** The platforms of an image that are pulled: the required ones, or the only one there is. */
function pulledImages(resolved: Resolved): readonly PlatformImage[] {
  const any = resolved.wanted.platforms === "any";
  return resolved.platforms.flatMap(({ image, required }) => (image !== undefined && (required || any) ? [image] : []));
}

function needsOf(images: readonly Resolved[]): readonly Need[] {
  const needs = new Map<Digest, Need>();
  for (const resolved of images) {
    const pulled = pulledImages(resolved);
    for (const { digest, size } of [...pulled.flatMap(({ blobs }) => blobs), ...resolved.blobs]) {
      const known = needs.get(digest)?.owners ?? [];
      const config = pulled.some(({ configDigest }) => configDigest === digest);
      if (!known.includes(resolved)) needs.set(digest, { digest, size: size ?? 0, owners: [...known, resolved], config });
    }
  }
  return [...needs.values()].toSorted((one, other) => other.size - one.size);
}

/** What `work` gives for every item, at most `count` at a time, started in order. */
async function inTurns<T, R>(items: readonly T[], count: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}

type Failure = NonNullable<Resolved["problem"]>;

/** Downloads what is missing. The first failure of a required image ends all; of an optional one, only that image. */
async function bring(missing: readonly Need[], wires: Wires, { concurrency, progress, now }: PullOptions): Promise<Brought> {
  const failures = new Map<Resolved, Failure>();
  const transfers = new Map<Digest, Transfer>();
  let ended: PullError | undefined;
  await inTurns(missing, concurrency, async (need) => {
    const owners = need.owners.filter((owner) => !failures.has(owner));
    const [first] = owners;
    if (first === undefined) return;
    try {
      if (ended !== undefined) throw ended;
      const moved = (bytes: number): void => {
        if (ended !== undefined) throw ended;
        progress.moved(bytes);
      };
      const started = now();
      const origin = await bringOne(need, first, wires, moved);
      transfers.set(need.digest, { origin, ms: now() - started });
    } catch (error) {
      for (const owner of owners) failures.set(owner, asProblem(owner, error));
      if (ended === undefined && owners.some(({ wanted }) => !wanted.optional)) {
        ended = new PullError("unreachable", `not brought, because ${need.digest} of ${first.wanted.written} could not be`);
      }
    }
  });
  return { failures, transfers };
}

/** Where a blob came from, and in how many milliseconds. */
type Transfer = { readonly origin: Origin; readonly ms: number };

type Brought = { readonly failures: Map<Resolved, Failure>; readonly transfers: ReadonlyMap<Digest, Transfer> };

// Below a megabyte it is the round trip that is measured, and not the rate.
const RATED_SIZE = 1_000_000;

function rateOf(blobs: readonly Blob[], transfers: ReadonlyMap<Digest, Transfer>): number | undefined {
  const rated = blobs.filter(({ size }) => size >= RATED_SIZE);
  const ms = rated.reduce((total, { digest }) => total + (transfers.get(digest)?.ms ?? 0), 0);
  return rated.length === 0 ? undefined : sum(rated) / Math.max(ms / 1_000, 0.001);
}

function asProblem({ wanted }: Resolved, error: unknown): Failure {
  if (!(error instanceof PullError)) throw error;
  // What the gate had found to be there is dangling when it is gone.
  return { status: error.status === "not-found" ? "dangling" : error.status, message: `${wanted.written}: ${error.message}` };
}

async function bringOne(need: Need, { wanted }: Resolved, wires: Wires, moved: (bytes: number) => void): Promise<Origin> {
  const { source, downloads, store } = wires;
  const known = wires.restored(need.digest);
  if (known !== undefined || need.config) {
    await store.put(need.digest, known ?? (await source.blob(wanted.reference, need)));
    moved(need.size);
    return known === undefined ? "registry" : "cache";
  }
  const ingest = await store.ingest(need);
  const target: Omit<BlobTarget, "abort"> = {
    get received() {
      return ingest.received;
    },
    write: async (chunk) => {
      moved(chunk.length);
      await ingest.write(chunk);
    },
    restart: async () => {
      moved(-ingest.received);
      await ingest.restart();
    },
    commit: () => ingest.commit(),
  };
  try {
    return await downloads.download(wanted.reference, need, target);
  } finally {
    await ingest.abort();
  }
}

/** An image in the layout: how the index names it, what it was converted to, and what an engine would load of it. */
type Named = {
  readonly entry: Loadable["entry"];
  readonly image: Resolved;
  readonly converted: Digest | undefined;
  readonly loadable: readonly Loadable[];
};

/** Keeps an image's documents and says how the index is to name it. */
async function name(image: Resolved, store: BlobStore, runner: Platform): Promise<Named | undefined> {
  const { root, wanted } = image;
  if (root === undefined) return undefined;
  const images = pulledImages(image);
  const converted = await convert(root, images, store);
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
async function convert(root: Root, images: readonly PlatformImage[], store: BlobStore): Promise<Converted | undefined> {
  const [image] = images;
  if (root.document.kind !== "schema1" || image === undefined) return undefined;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size ?? 0]));
  const diffIds = new Map(await Promise.all(image.blobs.map(async ({ digest }) => [digest, await store.diffId(digest)] as const)));
  const layers = image.layers.map((digest) => ({ digest, size: sizes.get(digest) ?? 0, diffId: diffIds.get(digest) ?? digest }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}

type Converted = ReturnType<typeof toOciImage>;
