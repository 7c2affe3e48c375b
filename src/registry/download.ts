import type { IncomingHttpHeaders } from "node:http";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Wanted } from "./api.ts";
import { BodyError, RATE_WINDOW_BYTES } from "./body.ts";
import { parseContentRange } from "./content-range.ts";
import { type BringPart, Parts, type Span, type TargetPart } from "./parts.ts";
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

/** Sends one request for the blob; fails when the answer is no success. */
export type Ask = (wanted: Wanted) => Promise<unknown>;

type Expected = { readonly digest: Digest; readonly size: number };

/** What bounds downloads and observes them, and how many parts of a blob come at a time. */
export type DownloaderOptions = {
  readonly clock: Pick<Clock, "sleep" | "after" | "random" | "effort">;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly parts: number;
};

// Without progress in between: a transfer that moves on may be cut as often as it likes. Less than the slowest body that is
// waited for brings is none, or a byte an attempt would keep a job for ever.
const ATTEMPTS = 5;

/** A registry that gives the whole where a part was asked for. */
class WholeError extends PullError {}

/** A connection that has brought its part and would go on with what others bring. */
class EnoughError extends PullError {}

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
        this.#options.say(`${blob.digest}: ${error.found}; restarting`);
      }
    }
  }

  #fetch(ask: Ask, blob: Expected, target: Target, atOnce: number): Promise<void> {
    const bring: BringPart = (span, begun) => this.#bring(ask, blob, target, span, begun);
    const { clock } = this.#options;
    return new Parts({ size: blob.size, atOnce, part: (start) => target.part(start), bring, clock }).run();
  }

  /** Brings one part, going on after cuts; `begun` is told when its first bytes come as a part, and may refuse them. */
  async #bring(ask: Ask, blob: Expected, target: Target, span: Span, begun?: () => void): Promise<void> {
    for (let failures = 0; positionOf(span) < span.end || blob.size === 0; ) {
      const before = span.part.received;
      try {
        await attempt(ask, blob, span, begun);
        if (positionOf(span) >= span.end) return;
        throw new PullError("too-short", `too short: ${blob.digest} has ${blob.size} bytes, got ${positionOf(span)}`);
      } catch (error) {
        if (error instanceof EnoughError && positionOf(span) >= span.end) return;
        const fromTheStart = error instanceof WholeError && span.start === 0 && span.end === blob.size;
        if (!(error instanceof BodyError || fromTheStart) || this.#options.signal.aborted || span.ended()) throw error;
        failures = span.part.received - before >= RATE_WINDOW_BYTES ? 1 : failures + 1;
        if (failures >= ATTEMPTS) throw error;
        if (fromTheStart) {
          await target.restart();
          span.part = target.part(0);
        }
        this.#options.say(`${blob.digest}: ${error.found}; resuming at byte ${positionOf(span)}`);
        await this.#options.clock.sleep(this.#options.clock.random() * 1_000 * failures, this.#options.signal);
      }
    }
  }
}

/** Where in the blob the next byte of a part belongs. */
function positionOf({ start, part }: Span): number {
  return start + part.received;
}

/** One request for what is missing of a part. */
async function attempt(ask: Ask, { size }: Expected, span: Span, begun: (() => void) | undefined): Promise<void> {
  const offset = positionOf(span);
  const whole = offset === 0 && span.end === size;
  // A closed range: some registries answer 416 to an open one (https://github.com/anchore/stereoscope/issues/695).
  const headers = whole ? {} : { range: `bytes=${offset}-${span.end - 1}` };
  const begin = async (status: number, answer: IncomingHttpHeaders): Promise<void> => {
    accept(status, answer["content-range"] ?? "", size, offset);
    begun?.();
  };
  const write = (chunk: Buffer): void => {
    if (span.ended()) throw new PullError("answer-cut", "skipped: another part of this blob failed");
    const room = span.end - positionOf(span);
    span.part.write(span.end === size ? chunk : chunk.subarray(0, room));
    if (chunk.length > room) throw new EnoughError("too-long", `too long: others bring what is behind byte ${span.end}`);
  };
  await ask({ method: "GET", headers, limit: size, sink: { begin, write } });
}

/** Takes a 206 only when it goes on exactly where the part is. A 200 is the whole, whatever was asked for, and fits only at its start. */
function accept(status: number, header: string, size: number, offset: number): void {
  if (status !== 206) {
    if (offset > 0) throw new WholeError("range-differs", `range differs: asked to go on at byte ${offset} of ${size}, got the whole`);
    return;
  }
  const range = parseContentRange(header);
  if (range?.first === offset && (range.total === undefined || range.total === size)) return;
  throw new PullError("range-differs", `range differs: asked to go on at byte ${offset} of ${size}, got ${JSON.stringify(header)}`);
}
