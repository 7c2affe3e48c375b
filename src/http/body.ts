import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { finished } from "node:stream";
import { foundBy, PullError } from "../oci/failure.ts";
import type { Clock } from "./clock.ts";
import { freeMemory, reuseMemoryFor } from "./receive-buffer.ts";

// An error's body is read for its message. containerd reads 64,000 bytes; no registry sends that
// many.
const ERROR_LIMIT = 64 * 1024;
// At least 1 KiB/s over any 30 s: neither silence nor a byte now and then may keep a job waiting.
const RATE_WINDOW_MS = 30_000;
/** The bytes that a body must deliver in one window, or it is too slow. */
export const RATE_WINDOW_BYTES = 30 * 1024;

/** Receives a successful body as it arrives. */
export type Sink = {
  /** Called with the answer before its body; false declines the body. */
  readonly begin: (status: number, headers: IncomingHttpHeaders) => Promise<boolean>;
  /** Consumes `chunk` synchronously: its memory is reused. False when no more bytes are wanted. */
  readonly write: (chunk: Buffer) => boolean;
};

/** Ends a body that is too slow: what aborts the request, and the time. */
export type Watch = {
  readonly stop: AbortController;
  readonly clock: Pick<Clock, "after">;
};

/** A body that ended early. Its sink has the bytes that arrived before. */
export class BodyError extends PullError {}

/** The sink rejected the data; retrying cannot help. */
export class SinkError extends PullError {}

/** What is expected of an answer's body. */
export type BodyRequest = {
  readonly method: string;
  /** Bytes that a successful body may have. */
  readonly limit: number;
  /** True when a successful body is not wanted. */
  readonly headOnly?: boolean;
  readonly sink?: Sink | undefined;
};

/**
 * The body of an answer. A successful one is complete and within `limit` bytes, or empty when a
 * sink received it; an error's may be cut; that of a HEAD is empty. Fails as `invalid` when a
 * successful body is longer, or encoded, and as `unreachable` when it is too slow.
 */
export async function readBody(
  message: IncomingMessage,
  request: BodyRequest,
  watch: Watch,
): Promise<Buffer> {
  const status = message.statusCode ?? 0;
  if (request.method === "HEAD") {
    message.resume();
    return Buffer.alloc(0);
  }
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess) {
    const error = await collect(message, ERROR_LIMIT, watch);
    return error.bytes;
  }
  if (request.headOnly === true) {
    // The body may never end, and a new connection costs less than to find out.
    message.destroy();
    return Buffer.alloc(0);
  }
  refuseEncoded(message);
  if (request.sink !== undefined) {
    await pour(message, request.sink, watch);
    return Buffer.alloc(0);
  }
  const { bytes, isComplete } = await collect(message, request.limit, watch);
  if (isComplete) return bytes;
  throw new PullError("too-large", `too large: the answer has more than ${request.limit} bytes`);
}

/** Digests are over the bytes as they are stored, so `accept-encoding: identity` was asked for. */
function refuseEncoded(message: IncomingMessage): void {
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return;
  message.destroy();
  const found = `asked for no Content-Encoding, got ${encoding}`;
  throw new PullError("encoding-refused", `encoding refused: ${found}`);
}

/**
 * Writes a body into a sink. Fails with a {@link SinkError} when the sink does, and with a
 * {@link BodyError} when the body is cut.
 */
async function pour(message: IncomingMessage, sink: Sink, watch: Watch): Promise<void> {
  try {
    const isWanted = await sink.begin(message.statusCode ?? 0, message.headers);
    if (isWanted) await flow(message, sink.write, watch);
    else message.destroy();
  } catch (error) {
    message.destroy();
    if (error instanceof PullError) {
      const { reason, found, next } = error;
      throw new SinkError(reason, found, { next, cause: error });
    }
    const { signal } = watch.stop;
    const why = foundBy(signal.aborted ? signal.reason : error);
    throw new BodyError("answer-cut", `the answer was cut: ${why}`, { cause: error });
  }
}

type Collected = {
  readonly bytes: Buffer;
  readonly isComplete: boolean;
};

/** The body up to `limit` bytes, and whether that was all of it. */
async function collect(message: IncomingMessage, limit: number, watch: Watch): Promise<Collected> {
  const chunks: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer): boolean => {
    size += chunk.length;
    chunks.push(Buffer.from(chunk));
    return size <= limit;
  };
  await flow(message, keep, watch);
  const bytes = Buffer.concat(chunks).subarray(0, limit);
  return { bytes, isComplete: size <= limit };
}

/** Passes every chunk of a body to `write`. A body that is too slow aborts `stop`. */
async function flow(
  message: IncomingMessage,
  write: Sink["write"],
  { stop, clock }: Watch,
): Promise<void> {
  const rate = watchRate(stop, clock);
  const stopReusing = reuseMemoryFor(message);
  try {
    await forEachChunk(message, (chunk) => {
      rate.count(chunk.length);
      return write(chunk);
    });
    // A body without a stated length ends normally when its request is aborted.
    stop.signal.throwIfAborted();
  } finally {
    stopReusing();
    rate.stop();
  }
}

/** Resolves at the end of a body, or when `take` returns false; fails when the body is cut. */
function forEachChunk(message: IncomingMessage, take: Sink["write"]): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      try {
        if (!take(chunk)) {
          message.off("data", onData).destroy();
          resolve();
        }
        freeMemory(chunk);
      } catch (error) {
        message.off("data", onData);
        reject(error);
      }
    };
    finished(message, (error) => {
      if (error) reject(error);
      else resolve();
    });
    message.on("data", onData);
  });
}

type RateWatch = {
  readonly count: (bytes: number) => void;
  readonly stop: () => void;
};

/** Aborts `stop` when less than {@link RATE_WINDOW_BYTES} are counted in a window. */
function watchRate(stop: AbortController, clock: Pick<Clock, "after">): RateWatch {
  let size = 0;
  const watch = (before: number): (() => void) =>
    clock.after(RATE_WINDOW_MS, () => {
      if (size - before >= RATE_WINDOW_BYTES) {
        cancel = watch(size);
        return;
      }
      const found = `less than 1 KiB/s over ${RATE_WINDOW_MS / 1_000} s`;
      stop.abort(new PullError("too-slow", `too slow: ${found}`));
    });
  let cancel = watch(0);
  const count = (bytes: number): void => {
    size += bytes;
  };
  return { count, stop: () => cancel() };
}
