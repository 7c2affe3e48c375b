import type { Digest } from "../oci/digest.ts";
import { foundBy, inContext, isInterruption, mayPass, PullError } from "../oci/failure.ts";
import { repositoryName } from "../oci/reference.ts";
import { type Problem, problemFrom, type Resolved, type Wanted, withNote } from "./plan.ts";
import type { Blob, BlobDownload, BlobStore, BlobTarget, Origin, Source } from "./ports.ts";
import type { Pullable } from "./pullable.ts";
import { danglingFrom } from "./resolve.ts";

/** The wires a pull works with. */
export type Wires = {
  readonly source: Source;
  readonly downloads: BlobDownload;
  readonly store: BlobStore;
  /** The bytes of a document or small blob that came from the cache. */
  readonly restored: (blob: Blob) => Buffer | undefined;
  /** Restores a large blob from the cache; false, and the target empty, when the cache does not have it. */
  readonly restore: (blob: Blob, target: Omit<BlobTarget, "abort">) => Promise<boolean>;
};

/** Progress in bytes: `planned` adds to the total; `moved` is called per chunk, with a negative count when bytes are discarded. */
export type Progress = { readonly planned: (bytes: number) => void; readonly moved: (bytes: number, from: Origin) => void };

/** What bounds and watches a transfer. */
export type TransferOptions = {
  /** Blobs at a time. */
  readonly concurrency: number;
  readonly progress: Progress;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, and when the signal aborts. */
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly signal: AbortSignal;
  /** How long problems that may go away are retried, in milliseconds since the epoch, and how long between tries. */
  readonly patience: { readonly until: number; readonly interval: number };
};

/** A blob, and the images that need it. */
export type Need = Blob & {
  readonly owners: readonly Pullable[];
  /** Read before, to look into the image, and not downloaded again. */
  readonly config: boolean;
};

/** Where a blob came from, and when, in milliseconds. */
export type Transfer = {
  readonly origin: Origin;
  /** Whose repository gave it; the cache gives it to all. */
  readonly owner: Wanted;
  /** True when it is not for everybody to read, or nothing says that it is. */
  readonly private: boolean;
  readonly started: number;
  readonly ended: number;
};

/** What the store had, what came, and which images lack a blob. */
export type Transferred = {
  readonly present: ReadonlySet<Digest>;
  readonly transfers: ReadonlyMap<Digest, Transfer>;
  readonly failures: ReadonlyMap<Resolved, Problem>;
};

/** What `work` gives for every item, at most `count` at a time, started in order. */
export async function inTurns<T, R>(items: readonly T[], count: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}

/** The blobs that images need, each once, the largest first; one that images list with two sizes is two blobs, of which one is none. */
export function needsOf(images: readonly Pullable[]): readonly Need[] {
  const needs = new Map<string, Need>();
  for (const image of images) {
    for (const { digest, size } of image.blobs) {
      const key = `${digest} ${size}`;
      const owners = [...(needs.get(key)?.owners ?? []), image];
      needs.set(key, { digest, size, owners, config: owners.some(({ configs }) => configs.has(digest)) });
    }
  }
  // What is required comes first, so that nothing optional holds it up.
  const isOptional = ({ owners }: Need): number => (owners.every(({ resolved }) => resolved.wanted.optional) ? 1 : 0);
  return [...needs.values()].toSorted((one, other) => isOptional(one) - isOptional(other) || other.size - one.size);
}

/** Transfers what the store does not have yet. A blob that cannot be had fails the images that need it, and no others. */
export async function transfer(needs: readonly Need[], wires: Wires, options: TransferOptions): Promise<Transferred> {
  const { concurrency, progress, signal } = options;
  const failures = new Map<Resolved, Problem>();
  const found = await inTurns(needs, concurrency, async (need) => {
    try {
      // Hashing what the store has takes a while, and does not heed the signal by itself.
      signal.throwIfAborted();
      return await wires.store.has(need);
    } catch (error) {
      for (const { resolved } of need.owners) failures.set(resolved, asTransferProblem(resolved, need, error));
      return false;
    }
  });
  const missing = needs.filter((_, at) => !found[at]);
  progress.planned(missing.reduce((total, { size }) => total + size, 0));
  const transfers = new Map<Digest, Transfer>();
  await inTurns(missing, concurrency, async (need) => {
    const outcome = await transferPatiently(need, wires, options, failures);
    if (outcome !== undefined) transfers.set(need.digest, outcome);
  });
  return { present: new Set(needs.filter((_, at) => found[at]).map(({ digest }) => digest)), transfers, failures };
}

type Problems = ReadonlyMap<Resolved, Problem>;

/** Retries for as long as there is time what may go away. Undefined when a blob was not had: its images then have a problem. */
async function transferPatiently(
  need: Need,
  wires: Wires,
  options: TransferOptions,
  failures: Map<Resolved, Problem>,
): Promise<Transfer | undefined> {
  const { now, sleep, signal, patience } = options;
  let last = await transferOne(need, wires, options, failures);
  while (!("origin" in last) && mayAllPass(last) && now() < patience.until && !signal.aborted) {
    await sleep(Math.min(patience.interval, patience.until - now())).catch(() => undefined);
    const next = signal.aborted ? last : await transferOne(need, wires, options, failures);
    // The end of the step says less than what was answered before.
    last = signal.aborted && !("origin" in next) ? last : next;
  }
  if ("origin" in last) return last;
  for (const [resolved, problem] of last) if (!failures.has(resolved)) failures.set(resolved, noted(problem, signal));
  return undefined;
}

function mayAllPass(problems: Problems): boolean {
  return problems.size > 0 && [...problems.values()].every(({ status }) => mayPass(status));
}

/** The problem, with a note about the time that ran out; unless that is the problem. */
function noted(problem: Problem, signal: AbortSignal): Problem {
  return signal.aborted && !isInterruption(problem.reason) ? withNote(problem, foundBy(signal.reason)) : problem;
}

/** Asks the repository of every image that needs a blob, until one gives it; else the problem of each image. */
async function transferOne(need: Need, wires: Wires, { progress, now }: TransferOptions, failures: Problems): Promise<Transfer | Problems> {
  const isNeeded = (): boolean => need.owners.some(({ resolved }) => !failures.has(resolved));
  const moved: Progress["moved"] = (bytes, from) => {
    if (!isNeeded()) throw new PullError("answer-cut", `skipped: every image that needs ${need.digest} lacks another blob`);
    progress.moved(bytes, from);
  };
  const problems = new Map<Resolved, Problem>();
  for (const [first, ...others] of byRepository(need.owners)) {
    if (first === undefined || !isNeeded()) break;
    const started = now();
    try {
      const taken = await take(need, first.resolved.wanted, wires, moved);
      return { ...taken, owner: first.resolved.wanted, started, ended: now() };
    } catch (error) {
      for (const { resolved } of [first, ...others]) problems.set(resolved, asTransferProblem(resolved, need, error));
    }
  }
  return problems;
}

/** Images by the repository they are in, those of required images first. */
function byRepository(images: readonly Pullable[]): readonly (readonly Pullable[])[] {
  const groups = new Map<string, Pullable[]>();
  const rank = ({ resolved }: Pullable): number => (resolved.wanted.optional ? 1 : 0);
  for (const image of images.toSorted((one, other) => rank(one) - rank(other))) {
    const name = repositoryName(image.resolved.wanted.reference);
    groups.set(name, [...(groups.get(name) ?? []), image]);
  }
  return [...groups.values()];
}

/** What went wrong with an image while a blob of it was transferred; a bug goes on as an exception. */
export function asTransferProblem({ wanted }: Resolved, { digest, config }: Pick<Need, "digest" | "config">, error: unknown): Problem {
  if (!(error instanceof PullError)) throw error;
  const part = config ? "config" : "layer";
  // The gate had found it there, or did not look: the registry has lost it.
  const failure = danglingFrom(error, part, digest);
  return problemFrom(failure.found.includes(digest) ? failure : inContext(failure, `${part} ${digest}`), wanted.written);
}

type Taken = Pick<Transfer, "origin" | "private">;
const FROM_CACHE: Taken = { origin: "cache", private: false };

/** Gets one blob into the store: a small one from the image's cache entry, a large one from its own, or from its registry. */
async function take(need: Need, { reference }: Wanted, wires: Wires, moved: Progress["moved"]): Promise<Taken> {
  const { source, downloads, store } = wires;
  const known = wires.restored(need);
  if (known !== undefined || need.config) {
    const small = known === undefined ? await source.blob(reference, need) : { bytes: known, private: false };
    await store.put(need.digest, small.bytes);
    const origin = known === undefined ? "registry" : "cache";
    moved(need.size, origin);
    return { origin, private: small.private };
  }
  const ingest = await store.ingest(need);
  try {
    const fromCache = counted(ingest, (bytes) => moved(bytes, "cache"));
    if (await wires.restore(need, fromCache)) return FROM_CACHE;
    const fromRegistry = counted(ingest, (bytes) => moved(bytes, "registry"));
    return { origin: "registry", ...(await downloads.download(reference, need, fromRegistry)) };
  } finally {
    await ingest.abort();
  }
}

/** The same target, with every byte that it takes, or gives up again, counted. */
function counted(target: BlobTarget, moved: (bytes: number) => void): Omit<BlobTarget, "abort"> {
  return {
    get received() {
      return target.received;
    },
    part: (start) => {
      const part = target.part(start);
      return {
        get received() {
          return part.received;
        },
        write: (chunk) => {
          moved(chunk.length);
          part.write(chunk);
        },
      };
    },
    restart: async () => {
      moved(-target.received);
      await target.restart();
    },
    commit: () => target.commit(),
  };
}
