import { type Problem, problemFrom, withNote } from "../gate/problem.ts";
import { danglingFrom } from "../gate/resolve.ts";
import type { Resolved } from "../gate/resolved.ts";
import { bytesOf } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { foundBy, inContext, PullError } from "../oci/failure.ts";
import type { Origin, Provenance } from "../oci/fetched.ts";
import { isInterruption, mayPass } from "../oci/reason.ts";
import { countedTarget } from "./counted-target.ts";
import { byRepository, type Need } from "./needs.ts";
import type { Transfer } from "./outcome.ts";
import { inTurns } from "./pool.ts";
import type { BlobStore, Registry } from "./ports.ts";

/** Where blobs come from, and where they go. */
export type Wires = { readonly registry: Registry; readonly store: BlobStore };

/** Receives the progress of a pull in bytes. */
export type Progress = {
  /** Adds to the total. */
  readonly planned: (bytes: number) => void;
  /** Called per chunk; with a negative count when received bytes are discarded. */
  readonly moved: (bytes: number, from: Origin) => void;
};

/** What bounds a transfer, and what it reports to. */
export type TransferOptions = {
  /** Blobs at a time. */
  readonly concurrency: number;
  readonly progress: Progress;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after that many milliseconds; rejects when the signal aborts. */
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly patience: {
    /** How long to retry failures that may resolve on their own: milliseconds since the epoch. */
    readonly until: number;
    /** Milliseconds between two tries. */
    readonly interval: number;
  };
};

/** The result of a transfer. */
export type Transferred = {
  /** What the store had before. */
  readonly present: ReadonlySet<Digest>;
  readonly transfers: ReadonlyMap<Digest, Transfer>;
  /** The images that lack a blob. */
  readonly failures: ReadonlyMap<Resolved, Problem>;
};

/**
 * Transfers every needed blob that the store does not have. A blob that cannot be transferred fails
 * the images that need it, and no others.
 */
export async function transferAll(
  needs: readonly Need[],
  wires: Wires,
  options: TransferOptions,
): Promise<Transferred> {
  const { concurrency, progress } = options;
  const transfer = new BlobTransfer(wires, options);
  const found = await inTurns(needs, concurrency, (need) => transfer.isPresent(need));
  const present = needs.filter((_, at) => found[at]);
  const missing = needs.filter((_, at) => !found[at]);
  progress.planned(bytesOf(missing));
  const done = await inTurns(missing, concurrency, async (need) => {
    const result = await transfer.run(need);
    return result === undefined ? [] : [[need.digest, result] as const];
  });
  return {
    present: new Set(present.map(({ digest }) => digest)),
    transfers: new Map(done.flat()),
    failures: transfer.failures,
  };
}

type Problems = ReadonlyMap<Resolved, Problem>;

/** Transfers blobs, and remembers the images that lack one: their other blobs are not needed. */
class BlobTransfer {
  readonly #wires: Wires;
  readonly #options: TransferOptions;
  readonly #failures = new Map<Resolved, Problem>();

  constructor(wires: Wires, options: TransferOptions) {
    this.#wires = wires;
    this.#options = options;
  }

  /** The first problem of each image that lacks a blob. */
  get failures(): Problems {
    return this.#failures;
  }

  /** True when the store has a blob. A store that cannot be read fails the blob's images. */
  async isPresent(need: Need): Promise<boolean> {
    try {
      // Hashing a stored blob takes a while and does not stop at the signal.
      this.#options.signal.throwIfAborted();
      return await this.#wires.store.has(need);
    } catch (error) {
      for (const { resolved } of need.owners) {
        this.#fail(resolved, asTransferProblem(resolved, need, error));
      }
      return false;
    }
  }

  /** Transfers one blob. Undefined when it failed, which is then a problem of its images. */
  async run(need: Need): Promise<Transfer | undefined> {
    const last = await this.#patiently(need);
    if (!(last instanceof Map)) return last;
    for (const [resolved, problem] of last) this.#fail(resolved, this.#noted(problem));
    return undefined;
  }

  #fail(resolved: Resolved, problem: Problem): void {
    if (!this.#failures.has(resolved)) this.#failures.set(resolved, problem);
  }

  /** Retries failures that may resolve on their own for as long as there is time. */
  async #patiently(need: Need): Promise<Transfer | Map<Resolved, Problem>> {
    const { now, sleep, signal, patience } = this.#options;
    let last = await this.#fromAny(need);
    while (last instanceof Map && mayAllPass(last)) {
      const left = patience.until - now();
      if (left <= 0 || signal.aborted) break;
      await sleep(Math.min(patience.interval, left)).catch(() => undefined);
      if (signal.aborted) break;
      const next = await this.#fromAny(need);
      // An interruption says less than the failure before it.
      if (!(signal.aborted && next instanceof Map)) last = next;
    }
    return last;
  }

  /** Asks the repository of each image that needs the blob, until one has it. */
  async #fromAny(need: Need): Promise<Transfer | Map<Resolved, Problem>> {
    const problems = new Map<Resolved, Problem>();
    for (const images of byRepository(need)) {
      const [first] = images;
      if (first === undefined || !this.#isNeeded(need)) break;
      const started = this.#options.now();
      try {
        const provenance = await this.#take(need, first);
        return { ...provenance, started, ended: this.#options.now() };
      } catch (error) {
        for (const image of images) problems.set(image, asTransferProblem(image, need, error));
      }
    }
    return problems;
  }

  async #take(need: Need, { wanted }: Resolved): Promise<Provenance> {
    const { registry, store } = this.#wires;
    const ingest = await store.ingest(need);
    try {
      return await registry.download(wanted.reference, need, (origin) =>
        countedTarget(ingest, (bytes) => this.#moved(need, bytes, origin)),
      );
    } finally {
      await ingest.abort();
    }
  }

  /** Counts bytes; ends the transfer of a blob that is no longer needed. */
  #moved(need: Need, bytes: number, origin: Origin): void {
    if (!this.#isNeeded(need)) {
      const found = `skipped: every image that needs ${need.digest} lacks another blob`;
      throw new PullError("answer-cut", found);
    }
    this.#options.progress.moved(bytes, origin);
  }

  #isNeeded({ owners }: Need): boolean {
    return owners.some(({ resolved }) => !this.#failures.has(resolved));
  }

  /** The problem, with a note when the step was interrupted, unless that is the problem. */
  #noted(problem: Problem): Problem {
    const { signal } = this.#options;
    if (!signal.aborted || isInterruption(problem.reason)) return problem;
    return withNote(problem, foundBy(signal.reason));
  }
}

function mayAllPass(problems: Problems): boolean {
  const found = [...problems.values()];
  return found.length > 0 && found.every(({ status }) => mayPass(status));
}

/** The failure of a blob as a problem of an image that needs it. Rethrows a bug. */
export function asTransferProblem(
  { wanted }: Resolved,
  { digest, config }: Pick<Need, "digest" | "config">,
  error: unknown,
): Problem {
  if (!(error instanceof PullError)) throw error;
  const part = config ? "config" : "layer";
  // The image lists the blob, so a 404 means that the registry lost it.
  const failure = danglingFrom(error, part, digest);
  const isNamed = failure.found.includes(digest);
  const named = isNamed ? failure : inContext(failure, `${part} ${digest}`);
  return problemFrom(named, wanted.written);
}
