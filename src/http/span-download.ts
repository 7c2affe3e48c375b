import type { IncomingHttpHeaders } from "node:http";
import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { BodyError, RATE_WINDOW_BYTES } from "./body.ts";
import type { Clock } from "./clock.ts";
import { parseContentRange } from "./content-range.ts";
import type { UnaddressedRequest } from "./http.ts";
import type { Span } from "./span.ts";

/** Sends one request for the blob. Fails when the answer is not a success. */
export type Send = (wanted: UnaddressedRequest) => Promise<unknown>;

/** What bounds a download, and what it reports to. */
export type DownloadOptions = {
  readonly clock: Pick<Clock, "sleep" | "after" | "random" | "cpuLoad">;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Connections at a time for one blob. */
  readonly parts: number;
};

// Attempts without progress between them. Progress is at least what the slowest accepted body
// delivers, or a server that sends one byte an attempt would delay a job for ever.
const ATTEMPTS = 5;

/** The whole blob was sent although a range was asked for. */
class WholeError extends PullError {}

/** What a span's download belongs to. */
export type SpanContext = {
  readonly send: Send;
  readonly blob: Blob;
  readonly target: BlobTarget;
  readonly options: DownloadOptions;
  /** True once the blob's download is over: no more bytes of this span are needed. */
  readonly isAbandoned: () => boolean;
};

/**
 * Downloads one span of a blob, and resumes after cuts. `begun` is called before the bytes of an
 * answer are read; when it returns false, the span is not needed and is left as it is. Fails with
 * the status of `send`, and as `invalid` for a range that was not requested.
 */
export async function downloadSpan(
  span: Span,
  context: SpanContext,
  begun: () => boolean = () => true,
): Promise<void> {
  const { blob } = context;
  let failures = 0;
  // The most that was ever received: bytes that were sent before, and discarded, are no progress.
  let most = span.received;
  // An empty blob is requested, too: only the registry knows whether it exists.
  while (!span.isComplete || blob.size === 0) {
    try {
      const isNeeded = await attempt(span, context, begun);
      if (!isNeeded || span.isComplete) return;
      const found = `${blob.digest} has ${blob.size} bytes, got ${span.position}`;
      throw new PullError("too-short", `too short: ${found}`);
    } catch (error) {
      const progressed = span.received - most >= RATE_WINDOW_BYTES;
      failures = progressed ? 1 : failures + 1;
      most = Math.max(most, span.received);
      await recover(error, span, context, failures);
    }
  }
}

/** Prepares the next attempt after a cut; throws every error that a retry cannot cure. */
async function recover(
  error: unknown,
  span: Span,
  { blob, target, options, isAbandoned }: SpanContext,
  failures: number,
): Promise<void> {
  const { clock, signal, say } = options;
  const isAlone = span.start === 0 && span.end === blob.size;
  const fromTheStart = error instanceof WholeError && isAlone;
  const isCut = error instanceof BodyError || fromTheStart;
  const isOver = signal.aborted || isAbandoned();
  if (!isCut || isOver || failures >= ATTEMPTS) throw error;
  if (fromTheStart) {
    await target.restart();
    span.restartWith(target.part(0));
  }
  say(`${blob.digest}: ${error.found}; resuming at byte ${span.position}`);
  await clock.sleep(clock.random() * 1_000 * failures, signal);
}

/** One request for the missing bytes of a span; false when `begun` declined them. */
async function attempt(
  span: Span,
  { send, blob, isAbandoned }: SpanContext,
  begun: () => boolean,
): Promise<boolean> {
  const { size } = blob;
  const offset = span.position;
  const isWhole = offset === 0 && span.end === size;
  // A closed range: some registries answer 416 to an open one
  // (https://github.com/anchore/stereoscope/issues/695).
  const headers = isWhole ? {} : { range: `bytes=${offset}-${span.end - 1}` };
  let isNeeded = true;
  const begin = async (status: number, answer: IncomingHttpHeaders): Promise<boolean> => {
    expectRange(status, answer["content-range"] ?? "", size, offset);
    isNeeded = begun();
    return isNeeded;
  };
  const write = (chunk: Buffer): boolean => {
    if (isAbandoned()) {
      throw new PullError("answer-cut", "skipped: the download of this blob is over");
    }
    return span.write(chunk, size);
  };
  const sink = { begin, write };
  await send({ method: "GET", headers, limit: size, sink });
  return isNeeded;
}

/** Accepts a 206 that continues at `offset`, and a 200, which is the whole blob, at the start. */
function expectRange(status: number, header: string, size: number, offset: number): void {
  const asked = `range differs: asked to continue at byte ${offset} of ${size}`;
  if (status !== 206) {
    if (offset > 0) throw new WholeError("range-differs", `${asked}, got the whole blob`);
    return;
  }
  const range = parseContentRange(header);
  const total = range?.total ?? size;
  if (range?.first === offset && total === size) return;
  throw new PullError("range-differs", `${asked}, got ${JSON.stringify(header)}`);
}
