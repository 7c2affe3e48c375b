// Version 1 of the service, as GitHub Enterprise Server has it. The package's own modules find and
// reserve entries. Its upload is not used. It reads a file by path, so that what is sent may not be
// what was hashed; and when the server refuses a chunk, it closes the file while the chunk is still
// being read, which ends the process with an exception. A contract test compares the requests.
import { Readable } from "node:stream";
import {
  getCacheEntry,
  reserveCache,
} from "../../node_modules/@actions/cache/lib/internal/cacheHttpClient.js";
import { getRuntimeToken } from "../../node_modules/@actions/cache/lib/internal/cacheUtils.js";
import { getCacheServiceURL } from "../../node_modules/@actions/cache/lib/internal/config.js";
import { retryHttpClientResponse } from "../../node_modules/@actions/cache/lib/internal/requestUtils.js";
import { oneHop } from "../http/connections.ts";
import { PullError } from "../oci/failure.ts";
import type { Outgoing } from "./cache.ts";
import type { CacheCalls, Reservation } from "./cache-service.ts";
import { type Chunk, chunksOf } from "./chunks.ts";

// The package hashes this to the version, which keeps entries apart. Ours are the bytes as they
// are, the same on every system; those of `@actions/cache` are archives of paths.
const PATHS = ["registry-pull: bytes as they are"];
const EVERY_SYSTEM = { enableCrossOsArchive: true };
// Once more, soon: an entry that is reserved and not completed blocks its key for a while.
const ATTEMPTS = 2;
const RETRY_DELAY_MS = 500;
const ACCEPT = "application/json;api-version=6.0-preview.1";

/** The calls of the older service that the environment of this process names. */
export class OlderServiceCalls implements CacheCalls {
  // The package tries twice, and waits for five seconds after each failed try.
  readonly deadlineMs = 15_000;

  async find(key: string): Promise<string | undefined> {
    const entry = await getCacheEntry([key], PATHS, EVERY_SYSTEM);
    // The service also finds keys that only start with this one, and some servers lower their case:
    // https://github.com/nektos/act/blob/master/pkg/artifactcache/handler.go
    const found = entry?.cacheKey?.toLowerCase();
    return found === key.toLowerCase() ? entry?.archiveLocation : undefined;
  }

  async reserve(key: string, size: number): Promise<Reservation | undefined> {
    const answer = await reserveCache(key, PATHS, { ...EVERY_SYSTEM, cacheSize: size });
    const { statusCode, result, error } = answer;
    const id = result?.cacheId;
    if (id !== undefined && Number.isSafeInteger(id)) return new Entry(id);
    if (statusCode === 409) return undefined;
    const found = `${responded(statusCode)}: ${error?.message ?? "no entry"}`;
    // The server limits the size of an entry; a smaller one may fit.
    const next = "lower cache-max-size";
    if (statusCode === 400) throw new PullError("too-large", found, { next });
    throw new Error(found);
  }
}

class Entry implements Reservation {
  readonly #path: string;

  constructor(id: number) {
    this.#path = `_apis/artifactcache/caches/${id}`;
  }

  /** One chunk at a time: four entries are saved at once, and a chunk is held until it is sent. */
  async send({ slices }: Outgoing, signal: AbortSignal): Promise<void> {
    for await (const chunk of chunksOf(slices)) {
      const content = (): Readable => Readable.from(chunk.parts);
      await this.#request("PATCH", content, headersOf(chunk), signal);
    }
  }

  async complete(size: number, signal: AbortSignal): Promise<boolean> {
    const headers = { "content-type": "application/json" };
    await this.#request("POST", () => JSON.stringify({ size }), headers, signal);
    return true;
  }

  /** Sends a request without redirects, so that the token goes to this server only. */
  async #request(
    method: "PATCH" | "POST",
    content: () => string | Readable,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const url = `${getCacheServiceURL()}${this.#path}`;
    const authorization = `Bearer ${getRuntimeToken()}`;
    const allHeaders = { ...headers, accept: ACCEPT, authorization };
    const client = oneHop({ signal });
    try {
      const what = `${method} to the cache service`;
      const send = async () => client.request(method, url, content(), allHeaders);
      const answer = await retryHttpClientResponse(what, send, ATTEMPTS, RETRY_DELAY_MS);
      const { statusCode = 0 } = answer.message;
      if (statusCode < 200 || statusCode > 299) throw new Error(responded(statusCode));
    } finally {
      // Ends the answer, too, of which only the status counts.
      client.dispose();
    }
  }
}

function headersOf({ start, size }: Chunk): Readonly<Record<string, string>> {
  const last = start + size - 1;
  return {
    "content-type": "application/octet-stream",
    "content-range": `bytes ${start}-${last}/*`,
  };
}

function responded(status: number): string {
  return `the cache service responded with ${status}`;
}
