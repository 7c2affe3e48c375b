import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Platform } from "../oci/platform.ts";
import type { Resolved, Tally } from "./plan.ts";
import type { Blob, BlobDownload, BlobStore, BlobTarget, Origin, Source } from "./ports.ts";

/** The wires a pull works with. */
export type Wires = {
  readonly source: Source;
  readonly downloads: BlobDownload;
  readonly store: BlobStore;
  /** The bytes of a document or small blob that came from the cache. */
  readonly restored: (blob: Blob) => Buffer | undefined;
  /** Brings a large blob from the cache; false, and the target empty, when that has it not. */
  readonly restore: (blob: Blob, target: Omit<BlobTarget, "abort">) => Promise<boolean>;
};

/** Told of bytes: how many there are to bring, and every part that came, taken back where it has to come again. */
export type Progress = { readonly planned: (bytes: number) => void; readonly moved: (bytes: number, from: Origin) => void };

/** Blobs at a time, whom to tell of bytes, the platform an engine would load, the time in milliseconds, and what ends it all. */
export type PullOptions = {
  readonly concurrency: number;
  readonly progress: Progress;
  readonly runner: Platform;
  readonly now: () => number;
  readonly signal: AbortSignal;
};

/** A blob and everyone who needs it; a config was read before, and is not fetched again. */
export type Need = Blob & { readonly owners: readonly Resolved[]; readonly config: boolean };

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

type Failure = NonNullable<Resolved["problem"]>;

/** Brings what the store does not have yet. The first failure of a required image ends all; of an optional one, only that image. */
export async function bring(needs: readonly Need[], wires: Wires, { concurrency, progress, now, signal }: PullOptions): Promise<Brought> {
  const present = await inTurns(needs, concurrency, (need) => {
    // Hashing what is there takes a while, and nothing else of it would notice.
    signal.throwIfAborted();
    return wires.store.has(need);
  });
  const missing = needs.filter((_, at) => !present[at]);
  progress.planned(missing.reduce((total, { size }) => total + size, 0));
  const failures = new Map<Resolved, Failure>();
  const transfers = new Map<Digest, Transfer>();
  let ended: PullError | undefined;
  await inTurns(missing, concurrency, async (need) => {
    const owners = need.owners.filter((owner) => !failures.has(owner));
    const [first] = owners;
    if (first === undefined) return;
    try {
      if (ended !== undefined) throw ended;
      const moved: Progress["moved"] = (bytes, from) => {
        if (ended !== undefined) throw ended;
        progress.moved(bytes, from);
      };
      const started = now();
      const origin = await bringOne(need, first, wires, moved);
      transfers.set(need.digest, { origin, started, ended: now() });
    } catch (error) {
      // The first failure is the reason; those that only follow from it come later.
      for (const owner of owners) if (!failures.has(owner)) failures.set(owner, asProblem(owner, error));
      if (ended === undefined && owners.some(({ wanted }) => !wanted.optional)) {
        ended = new PullError("unreachable", `not brought, because ${need.digest} of ${first.wanted.written} could not be`);
      }
    }
  });
  const there = new Set(needs.filter((_, at) => present[at]).map(({ digest }) => digest));
  return { there, failures, transfers };
}

/** Where a blob came from, and when, in milliseconds. */
export type Transfer = { readonly origin: Origin; readonly started: number; readonly ended: number };

/** What was there, what came, and what could not be brought. */
export type Brought = {
  readonly there: ReadonlySet<Digest>;
  readonly transfers: ReadonlyMap<Digest, Transfer>;
  readonly failures: Map<Resolved, Failure>;
};

// Below a megabyte it is the round trip that is measured, and not the rate.
const RATED_SIZE = 1_000_000;

/** Bytes a second of a single transfer from `origin`, over all of a megabyte or more; undefined when there was none. */
export function rateOf(origin: Origin, needs: readonly Blob[], transfers: Brought["transfers"]): number | undefined {
  const rated = needs.filter(({ digest, size }) => size >= RATED_SIZE && transfers.get(digest)?.origin === origin);
  const ms = rated.reduce((total, { digest }) => total + durationOf(transfers.get(digest)), 0);
  return rated.length === 0 ? undefined : rated.reduce((total, { size }) => total + size, 0) / Math.max(ms / 1_000, 0.001);
}

function durationOf(transfer: Transfer | undefined): number {
  return transfer === undefined ? 0 : transfer.ended - transfer.started;
}

/** Compressed bytes by where they came from, and the seconds from the first transfer to the end of the last. */
export function tallyOf(needs: readonly Blob[], { there, transfers }: Brought): Tally {
  const sum = (counts: (digest: Digest) => boolean): number =>
    needs.reduce((total, { digest, size }) => total + (counts(digest) ? size : 0), 0);
  const from = (origin: Origin): number => sum((digest) => transfers.get(digest)?.origin === origin);
  const spans = needs.flatMap(({ digest }) => transfers.get(digest) ?? []);
  const first = Math.min(...spans.map(({ started }) => started));
  const last = Math.max(...spans.map(({ ended }) => ended));
  const seconds = spans.length === 0 ? 0 : (last - first) / 1_000;
  return { restored: from("cache"), downloaded: from("registry"), alreadyThere: sum((digest) => there.has(digest)), seconds };
}
/** What went wrong with an image while it was brought; only what no user can act on goes on as an exception. */
export function asProblem({ wanted }: Resolved, error: unknown): Failure {
  if (!(error instanceof PullError)) throw error;
  // What the gate had found to be there is dangling when it is gone.
  return { status: error.status === "not-found" ? "dangling" : error.status, message: `${wanted.written}: ${error.message}` };
}

async function bringOne(need: Need, { wanted }: Resolved, wires: Wires, moved: Progress["moved"]): Promise<Origin> {
  const { source, downloads, store } = wires;
  const known = wires.restored(need);
  if (known !== undefined || need.config) {
    await store.put(need.digest, known ?? (await source.blob(wanted.reference, need)));
    const origin = known === undefined ? "registry" : "cache";
    moved(need.size, origin);
    return origin;
  }
  const ingest = await store.ingest(need);
  try {
    if (
      await wires.restore(
        need,
        counted(ingest, (bytes) => moved(bytes, "cache")),
      )
    )
      return "cache";
    await downloads.download(
      wanted.reference,
      need,
      counted(ingest, (bytes) => moved(bytes, "registry")),
    );
    return "registry";
  } finally {
    await ingest.abort();
  }
}

/** The same target, with every byte that it takes, or gives up again, told. */
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
