import { PullError } from "../oci/failure.ts";
import type { Clock } from "./retry.ts";

/** Some of a blob's bytes, in order; what it has of them survives a cut. */
export type TargetPart = {
  /** Bytes it has so far. */
  readonly received: number;
  /** Takes the bytes before it returns. */
  write(chunk: Buffer): void;
};

/** A part of a blob: from its first byte to the one that is behind it, what it has, and whether nothing of it is needed any more. */
export type Span = { readonly start: number; end: number; part: TargetPart; readonly ended: () => boolean };

/** Brings one part; `begun` is told when its first bytes come, and may refuse them by failing. */
export type BringPart = (span: Span, begun?: () => void) => Promise<void>;

/** What is to be brought, by how many connections at most, and how. */
export type PartsOptions = {
  readonly size: number;
  readonly atOnce: number;
  readonly part: (start: number) => TargetPart;
  readonly bring: BringPart;
  readonly clock: Pick<Clock, "after" | "effort">;
};

// What the first connection keeps, and the last part has: worth a request wherever requests take a while.
const PART_SIZE = 16 * 1024 * 1024;
const LEAST_PART = 2 * 1024 * 1024;
const LEAST_BLOB = 4 * PART_SIZE;
// A connection that does not bring so much in that time is slower than 80 MB/s, and more of them may be faster.
const PATIENCE_MS = 100;
const FAST_BYTES = 8 * 1024 * 1024;
// Unless it is this process that is slow, which more connections only keep busier.
const BUSY = 0.75;

/**
 * A blob over one connection, which is best where that is fast. Where it is not, and the last part of the blob can be had by
 * itself, what the first connection has not reached yet is shared out to others beside it.
 */
export class Parts {
  readonly #options: PartsOptions;
  readonly #first: Span;
  readonly #lastStart: number;
  /** From here to the last part nobody has anything yet. */
  #next: number;
  #over = false;
  #running = 0;
  #stopWatching = (): void => undefined;
  #resolve = (): void => undefined;
  #reject = (_: unknown): void => undefined;

  constructor(options: PartsOptions) {
    this.#options = options;
    this.#first = this.#span(0, options.size);
    this.#lastStart = options.size - PART_SIZE;
    this.#next = this.#lastStart;
  }

  /** Resolves once every byte is with its part; fails as the first part does that cannot be brought. */
  run(): Promise<void> {
    const { atOnce, size } = this.#options;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (atOnce > 1 && size >= LEAST_BLOB) this.#watch();
      this.#start(this.#bring(this.#first).finally(() => this.#stopWatching()));
    });
  }

  #span(start: number, end: number): Span {
    return { start, end, part: this.#options.part(start), ended: () => this.#over };
  }

  /** Nobody is waited for who is not needed: neither after a failure, nor once the first connection has brought it all. */
  #start(worker: Promise<void>): void {
    this.#running++;
    const end = (): void => {
      this.#over ||= --this.#running === 0 || this.#first.part.received === this.#options.size;
      if (this.#over) this.#resolve();
    };
    const fail = (error: unknown): void => {
      this.#over = true;
      this.#reject(error);
    };
    worker.then(end, fail);
  }

  /** One part, and then others for as long as there are any. */
  async #bring(first: Span, begun?: () => void): Promise<void> {
    for (let span: Span | undefined = first; span !== undefined; span = this.#take()) {
      await this.#options.bring(span, span === first ? begun : undefined);
    }
  }

  /** Parts become smaller towards the end, so that all end together. */
  #take(): Span | undefined {
    const start = this.#next;
    if (start === this.#lastStart) return undefined;
    const share = Math.ceil((this.#lastStart - start) / (2 * this.#options.atOnce));
    const end = start + Math.max(share, LEAST_PART);
    this.#next = end + LEAST_PART > this.#lastStart ? this.#lastStart : end;
    return this.#span(start, this.#next);
  }

  /** Looks again and again whether the first connection is slow. */
  #watch(): void {
    const { after, effort } = this.#options.clock;
    const before = this.#first.part.received;
    const busy = effort();
    this.#stopWatching = after(PATIENCE_MS, () => {
      const { received } = this.#first.part;
      if (received + PART_SIZE >= this.#lastStart) return;
      if (received - before >= FAST_BYTES || busy() > BUSY) this.#watch();
      else this.#probe();
    });
  }

  /** Asks for the last part beside the first. That it cannot be had is no failure: the first connection still brings everything. */
  #probe(): void {
    const last = this.#span(this.#lastStart, this.#options.size);
    const unlessAlone = (error: unknown): void => {
      if (!(error instanceof PullError) || this.#first.end !== this.#options.size) throw error;
    };
    this.#start(this.#bring(last, () => this.#share()).catch(unlessAlone));
  }

  /** The last part begins to come: the first connection keeps what it will have in a moment, and others bring the rest. */
  #share(): void {
    if (this.#first.end < this.#options.size) return;
    const boundary = this.#first.part.received + PART_SIZE;
    if (boundary >= this.#lastStart) throw new PullError("range-differs", "the rest is as good as there");
    this.#first.end = boundary;
    this.#next = boundary;
    for (let others = 2; others < this.#options.atOnce; others++) {
      const span = this.#take();
      if (span !== undefined) this.#start(this.#bring(span));
    }
  }
}
