import type { IncomingHttpHeaders } from "node:http";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Wanted } from "./api.ts";
import { BodyError, RATE_WINDOW_BYTES } from "./body.ts";
import { parseContentRange } from "./content-range.ts";
import type { Clock } from "./retry.ts";

/** Where the bytes of one blob go. */
export type Target = {
  /** A way in for the bytes from `start` on; several may be written at a time. */
  part(start: number): TargetPart;
  /** Forgets what it has. */
  restart(): Promise<void>;
  /** Takes the whole under its digest; fails as `invalid`, and forgets it, when size or digest differ. */
  commit(): Promise<void>;
};

/** Some of a blob's bytes, in order; what it has of them survives a cut. */
export type TargetPart = {
  /** Bytes it has so far. */
  readonly received: number;
  write(chunk: Buffer): Promise<void>;
  /** Lets go of what it still holds, for the parts behind it to go on. */
  flush(): Promise<void>;
};

/** Sends one request for the blob; fails when the answer is no success. */
export type Ask = (wanted: Wanted) => Promise<unknown>;

type Expected = { readonly digest: Digest; readonly size: number };

/** What bounds downloads and observes them, and how many parts of a blob come at a time. */
export type DownloaderOptions = {
  readonly clock: Pick<Clock, "sleep" | "after" | "random">;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly parts: number;
};

// Without progress in between: a transfer that moves on may be cut as often as it likes. Less than the slowest body that is
// waited for brings is none, or a byte an attempt would keep a job for ever.
const ATTEMPTS = 5;
// What the first connection keeps, and the last part has: worth a request wherever requests take a while.
const PART_SIZE = 16 * 1024 * 1024;
const LEAST_PART = 4 * 1024 * 1024;
// A connection that has not brought a part by then is slower than 80 MB/s, and more of them may be faster.
const PATIENCE_MS = 200;

/** A registry that gives the whole where a part was asked for. */
class WholeError extends PullError {}

/** A connection that has brought its part and would go on with what others bring. */
class EnoughError extends PullError {}

/** A part of a blob: from its first byte to the one that is behind it, what it has, and whether nothing of it is needed any more. */
type Span = { readonly start: number; end: number; part: TargetPart; readonly ended: () => boolean };

/** Fetches large blobs, in parts at a time where the registry gives them, going on where a cut left them. */
export class Downloader {
  readonly #options: DownloaderOptions;

  constructor(options: DownloaderOptions) {
    this.#options = options;
  }

  /**
   * Brings a blob of `size` bytes into `target` and commits it. Every attempt goes through `ask` again, because what a
   * registry redirects to expires. Fails with the status of `ask`, or as `invalid` when the bytes are wrong more than `forgiven` times.
   */
  async download(ask: Ask, blob: Expected, target: Target, forgiven = 1): Promise<void> {
    for (let wrong = 0; ; ) {
      try {
        // What went wrong in parts is tried in one piece.
        await this.#fetch(ask, blob, target, wrong === 0 ? this.#options.parts : 1);
        await target.commit();
        return;
      } catch (error) {
        if (!(error instanceof PullError) || error.status !== "invalid" || this.#options.signal.aborted || ++wrong > forgiven) throw error;
        await target.restart();
        this.#options.say(`${blob.digest}: ${error.message}; going on from the start`);
      }
    }
  }

  /**
   * All of it over one connection, which is best where that is fast. Where it is not, and the registry turns out to give parts,
   * others bring the rest beside it, from both ends.
   */
  #fetch(ask: Ask, blob: Expected, target: Target, atOnce: number): Promise<void> {
    const { size } = blob;
    const lastStart = size - PART_SIZE;
    let over = false;
    const spanOf = (start: number, end: number): Span => ({ start, end, part: target.part(start), ended: () => over });
    const first = spanOf(0, size);
    // From here to the last part nobody has anything yet. Parts become smaller towards the end, so that all end together.
    let next = lastStart;
    const take = (): Span | undefined => {
      if (next === lastStart) return undefined;
      const start = next;
      const length = Math.max(LEAST_PART, Math.ceil((lastStart - start) / (2 * atOnce)));
      next = start + length + LEAST_PART > lastStart ? lastStart : start + length;
      return spanOf(start, next);
    };
    const bring = async (span: Span, begun?: () => void): Promise<void> => {
      await this.#bring(ask, blob, target, span, begun);
      await span.part.flush();
      for (let more = take(); more !== undefined; more = take()) {
        await this.#bring(ask, blob, target, more);
        await more.part.flush();
      }
    };
    return new Promise((resolve, reject) => {
      let running = 0;
      // Nobody is waited for who is not needed: neither after a failure, nor once the first connection has brought it all.
      const start = (worker: Promise<void>): void => {
        running++;
        const end = (): void => {
          over = --running === 0 || first.part.received === size;
          if (over) resolve();
        };
        const fail = (error: unknown): void => {
          over = true;
          reject(error);
        };
        worker.then(end, fail);
      };
      // Called when the last part begins to come: what the first connection has not reached yet is shared out.
      const share = (): void => {
        if (first.end < size) return;
        const boundary = first.part.received + PART_SIZE;
        if (boundary >= lastStart) throw new EnoughError("invalid", "the rest is as good as there");
        first.end = boundary;
        next = boundary;
        for (let others = 2; others < atOnce; others++) {
          const span = take();
          if (span !== undefined) start(bring(span));
        }
      };
      const probe = (): void => {
        if (over || first.part.received >= PART_SIZE || size < 4 * PART_SIZE) return;
        start(bring(spanOf(lastStart, size), share).catch((error) => this.#unlessAlone(error, first, size)));
      };
      const cancel = atOnce > 1 ? this.#options.clock.after(PATIENCE_MS, probe) : () => undefined;
      start(bring(first).finally(cancel));
    });
  }

  /** A failure to bring the last part is none while the first connection still brings everything. */
  #unlessAlone(error: unknown, first: Span, size: number): void {
    if (!(error instanceof PullError) || first.end !== size) throw error;
  }

  /** Brings one part, going on after cuts; `begun` is told when its first bytes come as a part, and may refuse them. */
  async #bring(ask: Ask, blob: Expected, target: Target, span: Span, begun?: () => void): Promise<void> {
    for (let failures = 0; span.start + span.part.received < span.end || blob.size === 0; ) {
      const before = span.part.received;
      try {
        await attempt(ask, blob, span, begun);
        if (span.start + span.part.received >= span.end) return;
        const got = span.start + span.part.received;
        throw new PullError("invalid", `too short: ${blob.digest} has ${blob.size} bytes, got ${got}`);
      } catch (error) {
        if (error instanceof EnoughError && span.start + span.part.received >= span.end) return;
        const fromTheStart = error instanceof WholeError && span.start === 0 && span.end === blob.size;
        if (!(error instanceof BodyError || fromTheStart) || this.#options.signal.aborted || span.ended()) throw error;
        failures = span.part.received - before >= RATE_WINDOW_BYTES ? 1 : failures + 1;
        if (failures >= ATTEMPTS) throw error;
        if (fromTheStart) await target.restart();
        if (fromTheStart) span.part = target.part(0);
        this.#options.say(`${blob.digest}: ${error.message}; going on at byte ${span.start + span.part.received}`);
        await this.#options.clock.sleep(this.#options.clock.random() * 1_000 * failures, this.#options.signal);
      }
    }
  }
}

/** One request for what is missing of a part. */
async function attempt(ask: Ask, { size }: Expected, span: Span, begun: (() => void) | undefined): Promise<void> {
  const offset = span.start + span.part.received;
  const whole = offset === 0 && span.end === size;
  // A closed range: some registries answer 416 to an open one (https://github.com/anchore/stereoscope/issues/695).
  const headers = whole ? {} : { range: `bytes=${offset}-${span.end - 1}` };
  const begin = async (status: number, answer: IncomingHttpHeaders): Promise<void> => {
    accept(status, answer["content-range"] ?? "", size, offset);
    begun?.();
  };
  const write = async (chunk: Buffer): Promise<void> => {
    if (span.ended()) throw new PullError("invalid", "not brought, because another part of it could not be");
    const room = span.end - span.start - span.part.received;
    await span.part.write(span.end === size ? chunk : chunk.subarray(0, room));
    if (chunk.length > room) throw new EnoughError("invalid", `too long: others bring what is behind byte ${span.end}`);
  };
  await ask({ method: "GET", headers, limit: size, sink: { begin, write } });
}

/** Takes a 206 only when it goes on exactly where the part is. A 200 is the whole, whatever was asked for, and fits only at its start. */
function accept(status: number, header: string, size: number, offset: number): void {
  if (status !== 206) {
    if (offset > 0) throw new WholeError("invalid", `range differs: asked to go on at byte ${offset} of ${size}, got the whole`);
    return;
  }
  const range = parseContentRange(header);
  if (range?.first === offset && (range.total === undefined || range.total === size)) return;
  throw new PullError("invalid", `range differs: asked to go on at byte ${offset} of ${size}, got ${JSON.stringify(header)}`);
}
