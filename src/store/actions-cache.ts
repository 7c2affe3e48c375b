// The package's own wire, by path, because its public functions extract archives before anyone can check a digest:
// https://github.com/actions/toolkit/issues/1927. The version is pinned exactly, and a contract test compares requests.
import { internalCacheTwirpClient } from "../../node_modules/@actions/cache/lib/internal/shared/cacheTwirpClient.js";
import { digestOf } from "../oci/digest.ts";
import { foundBy, PullError } from "../oci/failure.ts";
import { type CacheTarget, isWrong, type Outgoing, type Saved, wrongEntry } from "./cache-entry.ts";
import type { Expected } from "./ingest.ts";

/** How the service's signed URLs are read; both fail when the answer is no success. */
export type SignedUrls = {
  /** Restores a blob into a target that proves it, resuming after a cut. */
  readonly download: (url: URL, blob: Expected, target: CacheTarget) => Promise<void>;
  readonly get: (url: URL, limit: number) => Promise<Buffer>;
};

/** What the cache reads signed URLs with, what ends it, and where its messages go. */
export type ActionsCacheOptions = {
  readonly urls: SignedUrls;
  /** Runs something once, `ms` milliseconds from now, unless what it returns is called before. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly say: (line: string) => void;
};

// What tells our entries from others under the same key: their form, which is the bytes and nothing else.
const VERSION = digestOf(Buffer.from("registry-pull: bytes as they are")).slice("sha256:".length);
const RPC_DEADLINE_MS = 10_000;
// A minute, and the time that a mebibyte a second takes: below that rate no job should wait for its cache.
const UPLOAD_DEADLINE_MS = 60_000;
const SLOWEST_UPLOAD = (1024 * 1024) / 1_000;
// One try and one more: a cache that is slower than its registry is no help.
const RPC = { maxAttempts: 2, retryIntervalMs: 500, retryMultiplier: 1.5 };
const FAILURES_ALLOWED = 2;

type Client = ReturnType<typeof internalCacheTwirpClient>;

/**
 * The Actions cache, one entry a blob and the bytes as they are. Never fails and never waits long:
 * after two failures it is disabled for the rest of the run, with a warning. Wrong entries are
 * misses, with a warning each.
 */
export class ActionsCache {
  readonly #options: ActionsCacheOptions;
  #client: Client | undefined;
  #failures = 0;
  #stopped = false;

  constructor(options: ActionsCacheOptions) {
    this.#options = options;
  }

  /** True when the service had the entry and its bytes were right. */
  async restore(key: string, blob: Expected, target: CacheTarget): Promise<boolean> {
    const url = await this.#lookUp(key);
    if (url === undefined) return false;
    try {
      await this.#options.urls.download(url, blob, target);
      return true;
    } catch (error) {
      this.#missed(key, error);
      await target.restart();
      return false;
    }
  }

  /** The entry whole, unproven, when there is one of at most `limit` bytes. */
  async fetch(key: string, limit: number): Promise<Buffer | undefined> {
    const url = await this.#lookUp(key);
    if (url === undefined) return undefined;
    try {
      return await this.#options.urls.get(url, limit);
    } catch (error) {
      this.#missed(key, error);
      return undefined;
    }
  }

  /** Saves bytes under a new key. After a refusal or a limit nothing more is saved in this run. */
  async save(key: string, bytes: Outgoing): Promise<Saved> {
    if ((await this.#lookUp(key)) !== undefined) return "there";
    const saved = await this.#attempt(() => this.#upload(key, bytes));
    return saved ?? "failed";
  }

  /** An entry cannot be restored before it is finalised; with wrong bytes the upload fails first. */
  async #upload(key: string, bytes: Outgoing): Promise<Saved> {
    const created = await this.#within(RPC_DEADLINE_MS, () => this.#wire().CreateCacheEntry({ key, version: VERSION }));
    // Another job was first; what it saves has the same digest.
    if (!created.ok || created.signedUploadUrl === "") return "there";
    const { upload } = await import("./upload.ts");
    const deadline = UPLOAD_DEADLINE_MS + bytes.size / SLOWEST_UPLOAD;
    await this.#within(deadline, (signal) => upload(created.signedUploadUrl, bytes, signal));
    const request = { key, version: VERSION, sizeBytes: String(bytes.size) };
    const finalized = await this.#within(RPC_DEADLINE_MS, () => this.#wire().FinalizeCacheEntryUpload(request));
    return finalized.ok ? "saved" : "failed";
  }

  /** The signed URL of exactly this key; the service also answers with keys that only start the same. */
  async #lookUp(key: string): Promise<URL | undefined> {
    const request = { key, restoreKeys: [], version: VERSION };
    const answer = await this.#attempt(() => this.#within(RPC_DEADLINE_MS, () => this.#wire().GetCacheEntryDownloadURL(request)));
    return answer?.ok && answer.matchedKey === key && URL.canParse(answer.signedDownloadUrl)
      ? new URL(answer.signedDownloadUrl)
      : undefined;
  }

  #wire(): Client {
    this.#client ??= internalCacheTwirpClient(RPC);
    return this.#client;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#stopped) return undefined;
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      // Not the service's failure: the step has ended, or the bytes to save are not what they were.
      if (error instanceof PullError) this.#options.say(error.found);
      // A limit or a denial is an answer for all that would follow.
      else this.#fail(message, name === "RateLimitError" || /rate.?limit|denied|\(40[13]\)|\(429\)/i.test(message));
      return undefined;
    }
  }

  /** Reports an entry that exists but could not be downloaded, or is wrong. */
  #missed(key: string, error: unknown): void {
    const found = foundBy(error);
    if (isWrong(error)) return this.#options.warn(wrongEntry(key, found));
    this.#options.say(`the cache entry ${key} is not used: ${found}`);
    const ended = this.#options.signal.aborted;
    if (!ended && (error as { status?: unknown }).status === "unreachable") this.#fail(found, false);
  }

  #fail(why: string, final: boolean): void {
    this.#failures++;
    if (this.#stopped || (this.#failures < FAILURES_ALLOWED && !final)) return;
    this.#stopped = true;
    this.#options.warn(`the Actions cache is disabled for the rest of this run: ${why}`);
  }

  /** What `call` returns. Fails after `ms` milliseconds, and with the signal's reason on abort. */
  async #within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.#options.after(ms, () => late.abort(new Error(`no answer within ${Math.round(ms / 1000)} s`)));
    const signal = AbortSignal.any([late.signal, this.#options.signal]);
    try {
      signal.throwIfAborted();
      return await Promise.race([call(signal), aborted(signal)]);
    } finally {
      cancel();
      // Stops the requests of a call that was given up.
      late.abort();
    }
  }
}

/** Fails with the signal's reason when it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
