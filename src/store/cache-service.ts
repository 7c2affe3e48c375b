// The package's own wire modules, by path: its public functions extract archives before anyone can
// check a digest (https://github.com/actions/toolkit/issues/1927). The version is pinned exactly,
// and a contract test compares the requests.
import { internalCacheTwirpClient } from "../../node_modules/@actions/cache/lib/internal/shared/cacheTwirpClient.js";
import { aborted } from "../http/aborted.ts";
import type { Clock } from "../http/clock.ts";
import { digestOf } from "../oci/digest.ts";
import { messageOf, PullError } from "../oci/failure.ts";

/** What ends calls to the service, and where messages go. */
export type CacheServiceOptions = {
  readonly after: Clock["after"];
  /** Ends every call. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly say: (line: string) => void;
};

// The service keeps entries of different versions apart. Ours are the bytes as they are; those of
// `@actions/cache` are archives.
const VERSION = digestOf(Buffer.from("registry-pull: bytes as they are")).slice("sha256:".length);
const RPC_DEADLINE_MS = 10_000;
// Two tries: a cache that needs more is no faster than the registry.
const RPC = { maxAttempts: 2, retryIntervalMs: 500, retryMultiplier: 1.5 };
const FAILURES_ALLOWED = 2;
// Every later call would meet the same limit or denial.
const FINAL = /rate.?limit|denied|\(40[13]\)|\(429\)/i;

type Client = ReturnType<typeof internalCacheTwirpClient>;

/**
 * Calls the Actions cache service. After two failures, or after one that every later call would
 * meet, it is disabled for the rest of the run, with one warning.
 */
export class CacheService {
  readonly #options: CacheServiceOptions;
  #client: Client | undefined;
  #failures = 0;
  #isDisabled = false;

  constructor(options: CacheServiceOptions) {
    this.#options = options;
  }

  /**
   * The signed URL of the entry with exactly this key; undefined when there is none, when the call
   * fails, and when the service is disabled. It never fails.
   */
  async lookUp(key: string): Promise<URL | undefined> {
    const request = { key, restoreKeys: [], version: VERSION };
    const answer = await this.attempt(() =>
      this.within(RPC_DEADLINE_MS, () => this.#wire().GetCacheEntryDownloadURL(request)),
    );
    // The service also finds keys that only start with this one.
    if (!answer?.ok || answer.matchedKey !== key) return undefined;
    const { signedDownloadUrl: url } = answer;
    return URL.canParse(url) ? new URL(url) : undefined;
  }

  /**
   * Reserves an entry, and returns the signed URL to upload it to; undefined when another job was
   * first. Fails as {@link within} does, and with the client's error.
   */
  async create(key: string): Promise<string | undefined> {
    const request = { key, version: VERSION };
    const created = await this.within(RPC_DEADLINE_MS, () =>
      this.#wire().CreateCacheEntry(request),
    );
    return created.ok && created.signedUploadUrl !== "" ? created.signedUploadUrl : undefined;
  }

  /**
   * Completes an uploaded entry; false when the service refuses it. Fails as {@link create} does.
   */
  async finalize(key: string, size: number): Promise<boolean> {
    const request = { key, version: VERSION, sizeBytes: String(size) };
    const finalized = await this.within(RPC_DEADLINE_MS, () =>
      this.#wire().FinalizeCacheEntryUpload(request),
    );
    return finalized.ok;
  }

  /**
   * What `work` returns; undefined when the service is disabled, and when `work` fails. Every error
   * but a {@link PullError} counts as a failure of the service.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#isDisabled) return undefined;
    try {
      return await work();
    } catch (error) {
      // No fault of the service: the step has ended, or the bytes to save have changed.
      if (error instanceof PullError) this.#options.say(error.found);
      else this.#failed(error);
      return undefined;
    }
  }

  /** Counts a failure of the service; the second one disables it. */
  fail(why: string): void {
    this.#failures++;
    if (this.#failures >= FAILURES_ALLOWED) this.#disable(why);
  }

  #failed(error: unknown): void {
    const message = messageOf(error);
    const isFinal = error instanceof Error && error.name === "RateLimitError";
    if (isFinal || FINAL.test(message)) this.#disable(message);
    else this.fail(message);
  }

  #disable(why: string): void {
    if (this.#isDisabled) return;
    this.#isDisabled = true;
    this.#options.warn(`the Actions cache is disabled for the rest of this run: ${why}`);
  }

  /** What `call` returns. Fails after `ms` milliseconds, and with the signal's reason on abort. */
  async within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.#options.after(ms, () =>
      late.abort(new Error(`no answer within ${Math.round(ms / 1_000)} s`)),
    );
    const signal = AbortSignal.any([late.signal, this.#options.signal]);
    try {
      signal.throwIfAborted();
      return await Promise.race([call(signal), aborted(signal)]);
    } finally {
      cancel();
      // Ends what the call left running.
      late.abort();
    }
  }

  #wire(): Client {
    this.#client ??= internalCacheTwirpClient(RPC);
    return this.#client;
  }
}
