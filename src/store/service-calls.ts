// Version 2 of the service, as github.com has it. The package's own wire modules, by path: its
// public functions extract archives before anyone can check a digest
// (https://github.com/actions/toolkit/issues/1927). The package's version is pinned exactly, and a
// contract test compares the requests.
import { internalCacheTwirpClient } from "../../node_modules/@actions/cache/lib/internal/shared/cacheTwirpClient.js";
import { digestOf } from "../oci/digest.ts";
import { messageOf } from "../oci/failure.ts";
import type { CacheCalls, Reservation } from "./cache-service.ts";

// The service keeps entries of different versions apart. Ours are the bytes as they are; those of
// `@actions/cache` are archives.
const VERSION = digestOf(Buffer.from("registry-pull: bytes as they are")).slice("sha256:".length);
// Two tries: a cache that needs more is no faster than the registry.
const RPC = { maxAttempts: 2, retryIntervalMs: 500, retryMultiplier: 1.5 };

// The package has no other sign of status 409: the entry exists.
const CONFLICT = /Failed request: \(409\)/;

type Client = ReturnType<typeof internalCacheTwirpClient>;

/** The calls of the service in this process's environment. */
export class ServiceCalls implements CacheCalls {
  readonly deadlineMs = 10_000;
  #client: Client | undefined;

  async find(key: string): Promise<string | undefined> {
    const request = { key, restoreKeys: [], version: VERSION };
    const answer = await this.#wire().GetCacheEntryDownloadURL(request);
    // The service also finds keys that only start with this one.
    if (!answer.ok || answer.matchedKey !== key) return undefined;
    return answer.signedDownloadUrl;
  }

  async reserve(key: string): Promise<Reservation | undefined> {
    // Loading the uploader takes as long as an answer, and is done meanwhile.
    const [url, { upload }] = await Promise.all([this.#create(key), import("./upload.ts")]);
    if (url === "") return undefined;
    return {
      send: (bytes, signal) => upload(url, bytes, signal),
      complete: (size) => this.#finalize(key, size),
    };
  }

  /** The signed URL of a new entry; empty when another job has made one with this key. */
  async #create(key: string): Promise<string> {
    try {
      const created = await this.#wire().CreateCacheEntry({ key, version: VERSION });
      return created.ok ? created.signedUploadUrl : "";
    } catch (error) {
      if (CONFLICT.test(messageOf(error))) return "";
      throw error;
    }
  }

  async #finalize(key: string, size: number): Promise<boolean> {
    const request = { key, version: VERSION, sizeBytes: String(size) };
    const finalized = await this.#wire().FinalizeCacheEntryUpload(request);
    return finalized.ok;
  }

  #wire(): Client {
    this.#client ??= internalCacheTwirpClient(RPC);
    return this.#client;
  }
}
