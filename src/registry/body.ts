import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { finished } from "node:stream";
import { foundBy, PullError } from "../oci/failure.ts";
import { release, stream } from "./reading.ts";
import type { Clock } from "./retry.ts";

// An error's body is read for its words only: containerd reads 64,000 bytes, and no registry's errors[] comes near.
const ERROR_LIMIT = 64 * 1024;
// At least 1 KiB/s over any 30 s, so that neither silence nor a byte now and then keeps a job waiting.
const RATE_WINDOW_MS = 30_000;
/** What a body that is not too slow brings in one window. */
export const RATE_WINDOW_BYTES = 30 * 1024;

/** Takes a successful body as it comes. */
export type Sink = {
  /** Told of the answer before its body; may refuse it by failing. */
  readonly begin: (status: number, headers: IncomingHttpHeaders) => Promise<void>;
  /** Takes the bytes before it returns: others follow in their place. */
  readonly write: (chunk: Buffer) => void;
};

/** What ends a body that trickles: the request's own stop, and the time. */
export type Watch = { readonly stop: AbortController; readonly clock: Pick<Clock, "after"> };

/** A body that ended early: what came before is in its sink, and is worth keeping. */
export class BodyError extends PullError {}

/** A sink that will have no more: nothing that another attempt could better. */
export class SinkError extends PullError {}

/**
 * The body of an answer: whole and within `limit` bytes when it is a success, cut when it is an error, empty for HEAD and
 * where a sink has it. Fails as `invalid` when a success is longer, or encoded, and as `unreachable` when it trickles.
 */
export async function readBody(
  message: IncomingMessage,
  request: { readonly method: string; readonly limit: number; readonly headOnly?: boolean; readonly sink?: Sink | undefined },
  watch: Watch,
): Promise<Buffer> {
  const status = message.statusCode ?? 0;
  const success = status >= 200 && status < 300;
  if (request.method === "HEAD") {
    message.resume();
    return Buffer.alloc(0);
  }
  if (success && request.headOnly === true) {
    // Whatever would follow: it may never end, and a new connection costs less than to find out.
    message.destroy();
    return Buffer.alloc(0);
  }
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (success && encoding !== "identity") {
    message.destroy();
    throw new PullError("encoding-refused", `encoding refused: asked for the bytes as they are, got Content-Encoding ${encoding}`);
  }
  if (success && request.sink !== undefined) {
    await pour(message, request.sink, watch);
    return Buffer.alloc(0);
  }
  const { bytes, complete } = await collect(message, success ? request.limit : ERROR_LIMIT, watch);
  if (success && !complete) throw new PullError("too-large", `too large: the answer is longer than ${request.limit} bytes`);
  return bytes;
}

/** Gives a body to a sink, which bounds it. Fails as the sink does, and with a {@link BodyError} when the body is cut. */
async function pour(message: IncomingMessage, sink: Sink, watch: Watch): Promise<void> {
  try {
    await sink.begin(message.statusCode ?? 0, message.headers);
    await flow(message, sink.write, watch);
  } catch (error) {
    message.destroy();
    if (error instanceof PullError) throw new SinkError(error.reason, error.found, { next: error.next, cause: error });
    const { signal } = watch.stop;
    const cut = `the answer was cut: ${foundBy(signal.aborted ? signal.reason : error)}`;
    throw new BodyError("answer-cut", cut, { cause: error });
  }
}

/** The body up to `limit` bytes, and whether that was all of it. */
async function collect(message: IncomingMessage, limit: number, watch: Watch): Promise<{ bytes: Buffer; complete: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer): void => {
    size += chunk.length;
    if (size > limit) message.destroy();
    chunks.push(Buffer.from(chunk));
  };
  await flow(message, keep, watch).catch((error: unknown) => {
    if (size <= limit) throw error;
  });
  return { bytes: Buffer.concat(chunks).subarray(0, limit), complete: size <= limit };
}

/** Gives every chunk of a body to `take` as it comes. One that trickles, or stops, aborts `stop`, which ends the request. */
async function flow(message: IncomingMessage, take: Sink["write"], { stop, clock }: Watch): Promise<void> {
  let size = 0;
  const look = (before: number): (() => void) =>
    clock.after(RATE_WINDOW_MS, () => {
      if (size - before >= RATE_WINDOW_BYTES) end = look(size);
      else stop.abort(new PullError("too-slow", `too slow: less than 1 KiB/s over ${RATE_WINDOW_MS / 1000} s`));
    });
  let end = look(0);
  const endStream = stream(message);
  try {
    await new Promise<void>((resolve, reject) => {
      const onData = (chunk: Buffer): void => {
        size += chunk.length;
        try {
          take(chunk);
          release(chunk);
        } catch (error) {
          message.off("data", onData);
          reject(error);
        }
      };
      finished(message, (error) => (error ? reject(error) : resolve()));
      message.on("data", onData);
    });
    // A body that states no length ends in order when its request is aborted.
    stop.signal.throwIfAborted();
  } finally {
    endStream();
    end();
  }
}
