import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import { Span } from "./span.ts";
import { downloadSpan, type SpanContext } from "./span-download.ts";

/** A blob to download, where to, and how. */
export type PartsContext = Omit<SpanContext, "isAbandoned">;

// What the first connection keeps, and the size of the last part: both are worth a request.
const PART_SIZE = 16 * 1024 * 1024;
const LEAST_PART = 1024 * 1024;
const LEAST_BLOB = 4 * PART_SIZE;
// A connection that receives less in that time is slower than 80 MB/s: several may be faster.
const PATIENCE_MS = 100;
const FAST_BYTES = 8 * 1024 * 1024;
// Above this load the process itself is slow, and more connections would only add work.
const BUSY = 0.75;

/** True for a blob that is large enough for several connections. */
export function isDivisible({ size }: Blob): boolean {
  return size >= LEAST_BLOB;
}

/**
 * Downloads a blob over one connection and, when that is slow, over several: if the registry serves
 * the last part of the blob by itself, what the first connection has not reached is shared out.
 */
export class Parts {
  readonly #context: SpanContext;
  readonly #mayUse: () => number;
  /** As many as it uses once it uses several. */
  #atOnce = 1;
  readonly #first: Span;
  /** Where the last part starts. */
  readonly #lastStart: number;
  /** Bytes from here to the last part belong to no span yet. */
  #next: number;
  #isOver = false;
  #running = 0;
  #stopWatching = (): void => undefined;
  #resolve = (): void => undefined;
  #reject = (_: unknown): void => undefined;

  /** `mayUse` returns how many connections it may use now. */
  constructor(context: PartsContext, mayUse: () => number) {
    this.#context = { ...context, isAbandoned: () => this.#isOver };
    this.#mayUse = mayUse;
    const { size } = context.blob;
    this.#lastStart = size - PART_SIZE;
    this.#next = this.#lastStart;
    this.#first = this.#span(0, size);
  }

  /** Resolves once every byte is written; fails as soon as one span fails, with its error. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (isDivisible(this.#context.blob)) this.#watch();
      const first = this.#download(this.#first);
      this.#start(first.finally(() => this.#stopWatching()));
    });
  }

  get #size(): number {
    return this.#context.blob.size;
  }

  #span(start: number, end: number): Span {
    const part = this.#context.target.part(start);
    return new Span(start, end, part);
  }

  /**
   * Counts a connection. The download is over at the first failure, when no connection is left, and
   * when the first connection has every byte; other connections are not waited for then.
   */
  #start(connection: Promise<void>): void {
    this.#running++;
    connection.then(
      () => {
        this.#running--;
        const hasAll = this.#first.received === this.#size;
        if (this.#running === 0 || hasAll) this.#isOver = true;
        if (this.#isOver) this.#resolve();
      },
      (error: unknown) => {
        this.#isOver = true;
        this.#reject(error);
      },
    );
  }

  /** Downloads a span, and then further ones until none is left. */
  async #download(first: Span, begun?: () => boolean): Promise<void> {
    await downloadSpan(first, this.#context, begun);
    let span = this.#take();
    while (span !== undefined) {
      await downloadSpan(span, this.#context);
      span = this.#take();
    }
  }

  /** The next span. Spans get smaller towards the end, so that all connections end together. */
  #take(): Span | undefined {
    const start = this.#next;
    if (start === this.#lastStart) return undefined;
    const left = this.#lastStart - start;
    const share = Math.ceil(left / (2 * this.#atOnce));
    const end = start + Math.max(share, LEAST_PART);
    this.#next = end + LEAST_PART > this.#lastStart ? this.#lastStart : end;
    return this.#span(start, this.#next);
  }

  /** Checks at short intervals whether the first connection is slow. */
  #watch(): void {
    const { after, cpuLoad } = this.#context.options.clock;
    const before = this.#first.received;
    const load = cpuLoad();
    this.#stopWatching = after(PATIENCE_MS, () => {
      const { received } = this.#first;
      if (received + PART_SIZE >= this.#lastStart) return;
      const isFast = received - before >= FAST_BYTES;
      this.#atOnce = this.#mayUse();
      if (isFast || load() > BUSY || this.#atOnce < 2) this.#watch();
      else this.#probe();
    });
  }

  /** Requests the last part. If that fails, the first connection downloads the whole blob. */
  #probe(): void {
    const last = this.#span(this.#lastStart, this.#size);
    const probing = this.#download(last, () => this.#share());
    this.#start(
      probing.catch((error: unknown) => {
        const isCovered = this.#first.end === this.#size;
        if (!(error instanceof PullError) || !isCovered) throw error;
      }),
    );
  }

  /**
   * The last part begins to arrive. The first connection keeps what it will receive in a moment,
   * other connections download the rest; false when the first one has almost everything already.
   */
  #share(): boolean {
    if (this.#first.end < this.#size) return true;
    const boundary = this.#first.received + PART_SIZE;
    if (boundary >= this.#lastStart) return false;
    this.#first.shortenTo(boundary);
    this.#next = boundary;
    for (let others = 2; others < this.#atOnce; others++) {
      const span = this.#take();
      if (span !== undefined) this.#start(this.#download(span));
    }
    return true;
  }
}
