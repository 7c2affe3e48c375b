import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Entry = { readonly key: string; readonly version: string; bytes: Buffer; complete: boolean };

/** Answers a request itself and returns true, or returns false and leaves it to the service. */
export type CacheFault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The fields of a call that the service reads. */
type Call = {
  readonly key: string;
  readonly version: string;
  readonly restore_keys?: readonly string[];
  readonly size_bytes?: string;
};

const SERVICE = "/twirp/github.actions.results.api.v1.CacheService/";

/**
 * The Actions cache service, version 2, in memory on loopback: its three calls, and the blobs
 * behind its signed URLs.
 */
export class CacheService {
  readonly entries = new Map<string, Entry>();
  /** The requests in order: `POST CreateCacheEntry`, `GET blob`, `PUT blob`. */
  readonly seen: string[] = [];
  readonly bodies: unknown[] = [];
  readonly faults: CacheFault[] = [];
  /** False: the token may only read. */
  writable = true;
  /** The host and port in signed URLs; the service's own when it is empty. */
  signedHost = "";
  readonly #server: Server;
  readonly #blocks = new Map<string, Map<string, Buffer>>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<CacheService> {
    const server = createServer();
    const service = new CacheService(server);
    server.on("request", (request, response) => void service.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** The variables that the runner sets for an action when the job has this service. */
  get environment(): Record<string, string> {
    return {
      ACTIONS_CACHE_SERVICE_V2: "True",
      ACTIONS_RESULTS_URL: this.url,
      ACTIONS_RUNTIME_TOKEN: this.token,
    };
  }

  /** A token as the runner's; only its scopes are ever read. */
  get token(): string {
    const scopes = [{ Scope: "refs/heads/main", Permission: this.writable ? 3 : 1 }];
    const claims = JSON.stringify({ ac: JSON.stringify(scopes) });
    return `x.${Buffer.from(claims).toString("base64url")}.x`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const call = url.startsWith(SERVICE) ? url.slice(SERVICE.length) : "blob";
    this.seen.push(`${method} ${call}`);
    if (this.faults.some((fault) => fault(request, response))) return;
    if (call === "blob") return this.#blob(request, response, body);
    const fields = JSON.parse(body.toString());
    this.bodies.push(fields);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return this.#refuse(response, 401, "unauthenticated", "no token");
    }
    this.#call(call, fields, response);
  }

  #call(call: string, fields: Call, response: ServerResponse): void {
    if (call === "GetCacheEntryDownloadURL") return this.#find(fields, response);
    if (!this.writable) {
      const why = "cache write denied: this token may only read";
      return this.#refuse(response, 403, "permission_denied", why);
    }
    if (call === "CreateCacheEntry") return this.#create(fields, response);
    const entry = this.entries.get(idOf(fields));
    if (entry === undefined || Number(fields.size_bytes ?? 0) !== entry.bytes.length) {
      return this.#refuse(response, 400, "invalid_argument", "size differs");
    }
    entry.complete = true;
    this.#json(response, { ok: true, entry_id: "1" });
  }

  #create({ key, version }: Call, response: ServerResponse): void {
    const id = idOf({ key, version });
    if (this.entries.has(id)) {
      const why = "cache entry with the same key, version, and scope already exists";
      return this.#refuse(response, 409, "already_exists", why);
    }
    this.entries.set(id, { key, version, bytes: Buffer.alloc(0), complete: false });
    this.#json(response, { ok: true, signed_upload_url: this.#sign(id) });
  }

  /** Finds the exact key, else one that only starts with it, as the service does. */
  #find({ key, version, restore_keys = [] }: Call, response: ServerResponse): void {
    const all = [...this.entries.values()];
    const complete = all.filter((entry) => entry.complete && entry.version === version);
    const found = [key, ...restore_keys]
      .map(
        (wanted) =>
          complete.find((entry) => entry.key === wanted) ??
          complete.find((entry) => entry.key.startsWith(wanted)),
      )
      .find((entry) => entry !== undefined);
    if (found === undefined) return this.#json(response, { ok: false });
    const url = this.#sign(idOf(found));
    this.#json(response, { ok: true, signed_download_url: url, matched_key: found.key });
  }

  #sign(id: string): string {
    const base = this.signedHost === "" ? this.url : `http://${this.signedHost}/`;
    return `${base}container/${encodeURIComponent(id)}?se=2030&sig=signature-of-a-url`;
  }

  #blob(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? "", this.url);
    const id = decodeURIComponent(url.pathname.replace("/container/", ""));
    // By the entry's own fields, because a test may have filed it under another id.
    const entry = [...this.entries.values()].find((one) => idOf(one) === id);
    if (entry === undefined || url.searchParams.get("sig") !== "signature-of-a-url") {
      response.writeHead(404).end();
    } else if (request.method === "PUT") {
      this.#put(id, entry, url.searchParams, body);
      created(response);
    } else {
      sendPart(request, response, entry.bytes);
    }
  }

  /** https://learn.microsoft.com/rest/api/storageservices/put-block-list */
  #put(id: string, entry: Entry, parameters: URLSearchParams, body: Buffer): void {
    const blocks = this.#blocks.get(id) ?? new Map<string, Buffer>();
    this.#blocks.set(id, blocks);
    const what = parameters.get("comp");
    if (what === "block") {
      blocks.set(parameters.get("blockid") ?? "", body);
    } else if (what === "blocklist") {
      const listed = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)];
      const parts = listed.map(([, block]) => blocks.get(block ?? "") ?? Buffer.alloc(0));
      entry.bytes = Buffer.concat(parts);
    } else {
      entry.bytes = body;
    }
  }

  #json(response: ServerResponse, value: unknown): void {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  }

  #refuse(response: ServerResponse, status: number, code: string, msg: string): void {
    const body = JSON.stringify({ code, msg });
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  }
}

function idOf({ key, version }: Pick<Entry, "key" | "version">): string {
  return `${version} ${key}`;
}

function created(response: ServerResponse): void {
  const headers = {
    etag: '"1"',
    "last-modified": new Date(0).toUTCString(),
    "x-ms-request-server-encrypted": "true",
  };
  response.writeHead(201, headers).end();
}

/** Sends the range that a request asks for, or all bytes. */
function sendPart(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const range = String(request.headers.range ?? request.headers["x-ms-range"] ?? "");
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(range) ?? [];
  const start = Number(from ?? 0);
  const part = bytes.subarray(start, to ? Number(to) + 1 : undefined);
  if (from !== undefined) {
    const last = start + part.length - 1;
    response.setHeader("content-range", `bytes ${start}-${last}/${bytes.length}`);
  }
  const headers = { "content-length": part.length, etag: '"1"' };
  response.writeHead(from === undefined ? 200 : 206, headers);
  response.end(request.method === "HEAD" ? undefined : part);
}
