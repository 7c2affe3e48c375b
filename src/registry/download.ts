import type { IncomingHttpHeaders } from "node:http";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Wanted } from "./api.ts";
import { BodyError, RATE_WINDOW_BYTES } from "./body.ts";
import { parseContentRange } from "./content-range.ts";
import type { Clock } from "./retry.ts";

/** Where the bytes of one blob go; what it has of them survives a cut. */
export type Target = {
  /** Bytes it has so far. */
  readonly received: number;
  write(chunk: Buffer): Promise<void>;
  /** Forgets what it has. */
  restart(): Promise<void>;
  /** Takes the whole under its digest; fails as `invalid`, and forgets it, when size or digest differ. */
  commit(): Promise<void>;
};

/** Sends one request for the blob; fails when the answer is no success. */
export type Ask = (wanted: Wanted) => Promise<unknown>;

type Expected = { readonly digest: Digest; readonly size: number };

/** What bounds downloads and observes them. */
export type DownloaderOptions = {
  readonly clock: Pick<Clock, "sleep" | "random">;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

// Without progress in between: a transfer that moves on may be cut as often as it likes. Less than the slowest body that is
// waited for brings is none, or a byte an attempt would keep a job for ever.
const ATTEMPTS = 5;

/** Fetches large blobs, going on where a cut left them. */
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
    let failures = 0;
    let wrong = 0;
    for (;;) {
      const before = target.received;
      try {
        if (before < blob.size || blob.size === 0) await attempt(ask, blob, target);
        await target.commit();
        return;
      } catch (error) {
        if (!(error instanceof PullError) || this.#options.signal.aborted) throw error;
        if (error instanceof BodyError) failures = target.received - before >= RATE_WINDOW_BYTES ? 1 : failures + 1;
        else if (error.status === "invalid") wrong++;
        else throw error;
        if (failures >= ATTEMPTS || wrong > forgiven) throw error;
        if (!(error instanceof BodyError)) await target.restart();
        const at = target.received === 0 ? "from the start" : `at byte ${target.received}`;
        this.#options.say(`${blob.digest}: ${error.message}; going on ${at}`);
        await this.#options.clock.sleep(this.#options.clock.random() * 1_000 * failures, this.#options.signal);
      }
    }
  }
}

async function attempt(ask: Ask, { size }: Expected, target: Target): Promise<void> {
  const offset = target.received;
  // A closed range: some registries answer 416 to an open one (https://github.com/anchore/stereoscope/issues/695).
  const headers = offset === 0 ? {} : { range: `bytes=${offset}-${size - 1}` };
  const begin = (status: number, answer: IncomingHttpHeaders): Promise<void> => accept(status, answer["content-range"] ?? "", size, target);
  await ask({ method: "GET", headers, limit: size, sink: { begin, write: (chunk) => target.write(chunk) } });
}

/** Takes a 206 only when it goes on exactly where the target is; a 200 is the whole, whatever was asked for. */
async function accept(status: number, header: string, size: number, target: Target): Promise<void> {
  if (status !== 206) {
    if (target.received > 0) await target.restart();
    return;
  }
  const range = parseContentRange(header);
  const fits = range?.first === target.received && (range.total === undefined || range.total === size);
  if (!fits)
    throw new PullError("invalid", `range differs: asked to go on at byte ${target.received} of ${size}, got ${JSON.stringify(header)}`);
}
