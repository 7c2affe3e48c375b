import { stat } from "node:fs/promises";
// The package's own wire, by path, because its public functions extract archives before anyone can check a digest:
// https://github.com/actions/toolkit/issues/1927. The version is pinned exactly, and a contract test compares requests.
import { internalCacheTwirpClient } from "../../node_modules/@actions/cache/lib/internal/shared/cacheTwirpClient.js";
import { digestOf } from "../oci/digest.ts";
import type { CacheTarget, Saved } from "./directory-cache.ts";
import type { Expected } from "./ingest.ts";

/** How the service's signed URLs are read; both fail when the answer is no success. */
export type SignedUrls = {
  /** Brings a blob into a target that proves it, going on after a cut. */
  readonly download: (url: URL, blob: Expected, target: CacheTarget) => Promise<void>;
  readonly get: (url: URL, limit: number) => Promise<Buffer>;
};

/** What the cache reads signed URLs with, and whom it tells. */
export type ActionsCacheOptions = {
  readonly urls: SignedUrls;
  /** Runs something once, `ms` milliseconds from now, unless what it returns is called before. */
  readonly after: (ms: number, run: () => void) => () => void;
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
 * The Actions cache, one entry a blob and the bytes as they are. Never fails and never waits long: after two failures it is
 * left alone for the rest of the run, with one warning.
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
      this.#options.say(`the cache's entry for ${blob.digest} is not used: ${(error as Error).message}`);
      if ((error as { status?: unknown }).status === "unreachable") this.#fail(error as Error, false);
      await target.restart();
      return false;
    }
  }

  /** The entry whole, unproven, when there is one of at most `limit` bytes. */
  async fetch(key: string, limit: number): Promise<Buffer | undefined> {
    const url = await this.#lookUp(key);
    return url && this.#attempt(() => this.#options.urls.get(url, limit));
  }

  /** Uploads a file's bytes under a key that is not taken. After a refusal or a limit nothing more is saved in this run. */
  async save(key: string, path: string): Promise<Saved> {
    if (this.#stopped) return "failed";
    if ((await this.#lookUp(key)) !== undefined) return "there";
    const saved = await this.#attempt(() => this.#upload(key, path));
    return saved ?? "failed";
  }

  async #upload(key: string, path: string): Promise<Saved> {
    const { size } = await stat(path);
    const created = await this.#within(this.#wire().CreateCacheEntry({ key, version: VERSION }));
    // Another job was first; what it saves has the same digest.
    if (!created.ok || created.signedUploadUrl === "") return "there";
    const { uploadCacheArchiveSDK } = await import("../../node_modules/@actions/cache/lib/internal/uploadUtils.js");
    const options = { archiveSizeBytes: size, uploadChunkSize: 64 * 1024 * 1024, uploadConcurrency: 8 };
    await this.#within(uploadCacheArchiveSDK(created.signedUploadUrl, path, options), UPLOAD_DEADLINE_MS + size / SLOWEST_UPLOAD);
    const finalized = await this.#within(this.#wire().FinalizeCacheEntryUpload({ key, version: VERSION, sizeBytes: String(size) }));
    return finalized.ok ? "saved" : "failed";
  }

  /** The signed URL of exactly this key; the service also answers with keys that only start the same. */
  async #lookUp(key: string): Promise<URL | undefined> {
    const answer = await this.#attempt(() =>
      this.#within(this.#wire().GetCacheEntryDownloadURL({ key, restoreKeys: [], version: VERSION })),
    );
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
      // A limit or a denial is an answer for all that would follow.
      this.#fail(error as Error, name === "RateLimitError" || /rate.?limit|denied|\(40[13]\)|\(429\)/i.test(message));
      return undefined;
    }
  }

  #fail({ message }: Error, final: boolean): void {
    if (++this.#failures < FAILURES_ALLOWED && !final) return;
    if (!this.#stopped) this.#options.warn(`the Actions cache is left alone for the rest of this step: ${message}`);
    this.#stopped = true;
  }

  /** What a call answers, or a failure when that takes too long. */
  #within<T>(call: Promise<T>, ms = RPC_DEADLINE_MS): Promise<T> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.#options.after(ms, () => reject(new Error(`no answer within ${Math.round(ms / 1000)} s`)));
    });
    return Promise.race([call, late]).finally(cancel);
  }
}
