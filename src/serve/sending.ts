import type { ServerResponse } from "node:http";
import { PullError } from "../oci/failure.ts";

/** Calls `run` once, in `ms` milliseconds, unless the returned function is called first. */
export type After = (ms: number, run: () => void) => () => void;

// A client that stores a layer may pause, but not for longer than this.
const STALL_MS = 10 * 60_000;
// While the system takes every byte at once, other clients would wait.
const TURN_SIZE = 1024 * 1024;

/**
 * Writes `length` bytes to a client, and ends the answer. Calls `start`, which writes the headers,
 * when the first chunk is there: what fails before can still be answered. Each chunk is with the
 * system before the next is asked for, so its memory may be reused, and a slow client makes the
 * reader wait. Stops reading and fails as `unreachable` when the client goes away. Fails as the
 * reader does, and as `invalid` when there are fewer or more bytes. After a failure, the caller
 * must cut the connection if the headers were sent.
 */
export async function sendBytes(
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  length: number,
  response: ServerResponse,
  { start, after }: { readonly start: () => void; readonly after: After },
): Promise<void> {
  const outlet = new Outlet(response, after);
  let sent = 0;
  for await (const chunk of chunks) {
    sent += chunk.length;
    if (sent > length) throw new PullError("too-long", `expected ${length} bytes, read more`);
    if (!response.headersSent) start();
    await outlet.write(chunk);
  }
  if (sent < length) throw new PullError("too-short", `expected ${length} bytes, read ${sent}`);
  if (!response.headersSent) start();
  response.end();
}

/** The way to one client. */
class Outlet {
  readonly #response: ServerResponse;
  readonly #after: After;
  /** Bytes since other clients could go on. */
  #taken = 0;
  #fail: ((error: Error) => void) | undefined;

  constructor(response: ServerResponse, after: After) {
    this.#response = response;
    this.#after = after;
    response.once("close", () => this.#fail?.(gone()));
  }

  /** Resolves when the system has the chunk. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#response.destroyed) throw gone();
    const cancel = this.#after(STALL_MS, () => this.#response.destroy());
    try {
      await this.#written(chunk);
    } finally {
      cancel();
    }
    this.#taken += chunk.length;
    if (this.#taken < TURN_SIZE) return;
    this.#taken = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }

  #written(chunk: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      // A connection that ends does not call back for every write.
      this.#fail = reject;
      this.#response.write(chunk, (error) => {
        if (error) reject(gone(error));
        else resolve();
      });
    });
  }
}

function gone(cause?: Error): PullError {
  return new PullError("cancelled", "the client went away", { cause });
}
