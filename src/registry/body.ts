import type { IncomingMessage } from "node:http";
import { PullError } from "../oci/failure.ts";

// An error's body is read for its words only: containerd reads 64,000 bytes, and no registry's errors[] comes near.
const ERROR_LIMIT = 64 * 1024;
// At least 1 KiB/s over any 30 s, so that neither silence nor a byte now and then keeps a job waiting.
const RATE_WINDOW_MS = 30_000;
const RATE_WINDOW_BYTES = 30 * 1024;

/**
 * The body of an answer: whole and within `limit` bytes when it is a success, cut when it is an error, empty for HEAD.
 * Fails as `invalid` when a success is longer, or encoded; a body that trickles aborts `stop` with an `unreachable`.
 */
export async function readBody(
  message: IncomingMessage,
  request: { method: string; limit: number },
  stop: AbortController,
): Promise<Buffer> {
  const status = message.statusCode ?? 0;
  const success = status >= 200 && status < 300;
  if (request.method === "HEAD") {
    message.resume();
    return Buffer.alloc(0);
  }
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (success && encoding !== "identity") {
    message.destroy();
    throw new PullError("invalid", `encoding refused: asked for the bytes as they are, got Content-Encoding ${encoding}`);
  }
  const { bytes, complete } = await collect(message, success ? request.limit : ERROR_LIMIT, stop);
  if (success && !complete) throw new PullError("invalid", `too large: the answer is longer than ${request.limit} bytes`);
  return bytes;
}

/** The body up to `limit` bytes, and whether that was all of it. A body that trickles aborts `stop`. */
async function collect(message: IncomingMessage, limit: number, stop: AbortController): Promise<{ bytes: Buffer; complete: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  let sizeBefore = 0;
  const watch = setInterval(() => {
    if (size - sizeBefore < RATE_WINDOW_BYTES) {
      stop.abort(new PullError("unreachable", `too slow: less than 1 KiB/s over ${RATE_WINDOW_MS / 1000} s`));
    }
    sizeBefore = size;
  }, RATE_WINDOW_MS);
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) {
        message.destroy();
        return { bytes: Buffer.concat(chunks).subarray(0, limit), complete: false };
      }
    }
    return { bytes: Buffer.concat(chunks), complete: true };
  } finally {
    clearInterval(watch);
  }
}
