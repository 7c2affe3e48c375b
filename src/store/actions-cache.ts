import type { Downloader } from "../http/download.ts";
import type { Http, HttpAnswer, UnaddressedRequest } from "../http/http.ts";
import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { foundBy, PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { BUNDLE_LIMIT, openBundle } from "./bundle.ts";
import {
  isWrong,
  type Outgoing,
  type RestoringCache,
  type Saved,
  type SavingCache,
  wrongEntry,
} from "./cache.ts";
import type { CacheService } from "./cache-service.ts";

// A cache that needs many retries is no faster than the registry, which is asked instead.
const ATTEMPTS = 2;

/** What reads entries, what ends that, and where messages go. */
export type ActionsCacheOptions = {
  readonly service: CacheService;
  readonly http: Pick<Http, "send">;
  readonly downloader: Pick<Downloader, "download">;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly say: (line: string) => void;
};

/**
 * Restores from the Actions cache. Its entries hold the bytes as they are, behind signed URLs that
 * are requested without further credentials or redirects, and whose query is never printed.
 */
export class ActionsCache implements RestoringCache {
  readonly #options: ActionsCacheOptions;

  constructor(options: ActionsCacheOptions) {
    this.#options = options;
  }

  async restore(key: string, blob: Blob, target: BlobTarget): Promise<boolean> {
    const { service, downloader } = this.#options;
    const url = await service.lookUp(key);
    if (url === undefined) return false;
    try {
      const send = (wanted: UnaddressedRequest): Promise<HttpAnswer> => this.#send(url, wanted);
      // An entry never changes, so wrong bytes are not downloaded again.
      await downloader.download(send, blob, target, 0);
      return true;
    } catch (error) {
      this.#missed(key, error);
      await target.restart();
      return false;
    }
  }

  async bundle(key: string): Promise<ReadonlyMap<Digest, Buffer>> {
    const { signal, warn } = this.#options;
    const bytes = await this.#read(key);
    return bytes === undefined ? new Map() : openBundle(key, bytes, signal, warn);
  }

  async #read(key: string): Promise<Buffer | undefined> {
    const url = await this.#options.service.lookUp(key);
    if (url === undefined) return undefined;
    try {
      return (await this.#send(url, { method: "GET", headers: {}, limit: BUNDLE_LIMIT })).body;
    } catch (error) {
      this.#missed(key, error);
      return undefined;
    }
  }

  async #send(url: URL, wanted: UnaddressedRequest): Promise<HttpAnswer> {
    const request = { ...wanted, url, namedBy: "user", attempts: ATTEMPTS } as const;
    const answer = await this.#options.http.send(request);
    const { status } = answer;
    if (status >= 200 && status < 300) return answer;
    const reason = status >= 500 ? "server-error" : "not-found";
    throw new PullError(reason, `${url.host} answered ${status}`);
  }

  /** Reports an entry that exists but could not be downloaded, or is wrong. */
  #missed(key: string, error: unknown): void {
    const { service, signal, warn, say } = this.#options;
    const found = foundBy(error);
    if (isWrong(error)) return warn(wrongEntry(key, found));
    say(`the cache entry ${key} is not used: ${found}`);
    const isUnreachable = error instanceof PullError && error.status === "unreachable";
    if (isUnreachable && !signal.aborted) service.fail(found);
  }
}

// A minute, and the time for the bytes at 1 MiB/s: no job should wait for a slower cache.
const UPLOAD_DEADLINE_MS = 60_000;
// In bytes per millisecond.
const SLOWEST_UPLOAD = (1024 * 1024) / 1_000;

/** Saves to the Actions cache. After a refusal or a limit nothing more is saved in this run. */
export class ActionsCacheWriter implements SavingCache {
  readonly #service: CacheService;

  constructor(service: CacheService) {
    this.#service = service;
  }

  async has(key: string): Promise<boolean> {
    const url = await this.#service.lookUp(key);
    return url !== undefined;
  }

  async save(key: string, bytes: Outgoing): Promise<Saved> {
    const saved = await this.#service.attempt(() => this.#upload(key, bytes));
    return saved ?? "failed";
  }

  /**
   * Nothing can restore an entry before it is complete; wrong bytes fail the upload before that.
   */
  async #upload(key: string, bytes: Outgoing): Promise<Saved> {
    const { size } = bytes;
    const entry = await this.#service.call((calls) => calls.reserve(key, size));
    if (entry === undefined) return "existed";
    const deadline = UPLOAD_DEADLINE_MS + size / SLOWEST_UPLOAD;
    await this.#service.within(deadline, (signal) => entry.send(bytes, signal));
    const isComplete = await this.#service.call((_, signal) => entry.complete(size, signal));
    return isComplete ? "saved" : "failed";
  }
}
