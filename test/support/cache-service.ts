import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Entry = { readonly key: string; readonly version: string; bytes: Buffer; complete: boolean };
/** Answers a request itself and returns true, or returns false and leaves it to the service. */
export type CacheFault = (request: IncomingMessage, response: ServerResponse) => boolean;

const SERVICE = "/twirp/github.actions.results.api.v1.CacheService/";

/** The Actions cache service, version 2, in memory on loopback: its three calls, and the blobs behind its signed URLs. */
export class CacheService {
  readonly entries = new Map<string, Entry>();
  /** `POST CreateCacheEntry`, `GET blob`, `PUT blob`: what was asked, in order. */
  readonly seen: string[] = [];
  readonly bodies: unknown[] = [];
  readonly faults: CacheFault[] = [];
  /** False: the token may only read. */
  writable = true;
  /** The host and port that signed URLs name; the service's own where it is empty. */
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

  /** What the runner gives an action of a job that has this service. */
  get environment(): Record<string, string> {
    return { ACTIONS_CACHE_SERVICE_V2: "True", ACTIONS_RESULTS_URL: this.url, ACTIONS_RUNTIME_TOKEN: this.token };
  }

  /** A token as the runner's: what it says of its scopes is all that anybody reads. */
  get token(): string {
    const scopes = [{ Scope: "refs/heads/main", Permission: this.writable ? 3 : 1 }];
    return `x.${Buffer.from(JSON.stringify({ ac: JSON.stringify(scopes) })).toString("base64url")}.x`;
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
    if (request.headers.authorization !== `Bearer ${this.token}`) return this.#refuse(response, 401, "unauthenticated", "no token");
    const id = idOf(fields);
    if (call === "GetCacheEntryDownloadURL") return this.#find(fields, response);
    if (!this.writable) return this.#refuse(response, 403, "permission_denied", "cache write denied: this token may only read");
    if (call === "CreateCacheEntry") {
      if (this.entries.has(id))
        return this.#refuse(response, 409, "already_exists", "cache entry with the same key, version, and scope already exists");
      this.entries.set(id, { key: fields.key, version: fields.version, bytes: Buffer.alloc(0), complete: false });
      return this.#json(response, { ok: true, signed_upload_url: this.#sign(id) });
    }
    const entry = this.entries.get(id);
    if (entry === undefined || Number(fields.size_bytes ?? 0) !== entry.bytes.length)
      return this.#refuse(response, 400, "invalid_argument", "size differs");
    entry.complete = true;
    this.#json(response, { ok: true, entry_id: "1" });
  }

  /** The exact key, or one that only starts with it, as the service does. */
  #find({ key, version, restore_keys = [] }: { key: string; version: string; restore_keys?: string[] }, response: ServerResponse): void {
    const complete = [...this.entries.values()].filter((entry) => entry.complete && entry.version === version);
    const found = [key, ...restore_keys]
      .map((wanted) => complete.find((entry) => entry.key === wanted) ?? complete.find((entry) => entry.key.startsWith(wanted)))
      .find((entry) => entry !== undefined);
    if (found === undefined) return this.#json(response, { ok: false });
    this.#json(response, { ok: true, signed_download_url: this.#sign(idOf(found)), matched_key: found.key });
  }

  #sign(id: string): string {
    const base = this.signedHost === "" ? this.url : `http://${this.signedHost}/`;
    return `${base}container/${encodeURIComponent(id)}?se=2030&sig=signature-of-a-url`;
  }

  #blob(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? "", this.url);
    const id = decodeURIComponent(url.pathname.replace("/container/", ""));
    // By what an entry says of itself: a test may have given it another key.
    const entry = [...this.entries.values()].find((one) => idOf(one) === id);
    if (entry === undefined || url.searchParams.get("sig") !== "signature-of-a-url") return void response.writeHead(404).end();
    if (request.method === "PUT") return this.#put(id, entry, url.searchParams, body, response);
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(String(request.headers.range ?? request.headers["x-ms-range"] ?? "")) ?? [];
    const part = from === undefined ? entry.bytes : entry.bytes.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
    if (from !== undefined) response.setHeader("content-range", `bytes ${from}-${Number(from) + part.length - 1}/${entry.bytes.length}`);
    response.writeHead(from === undefined ? 200 : 206, { "content-length": part.length, etag: '"1"' });
    response.end(request.method === "HEAD" ? undefined : part);
  }

  /** https://learn.microsoft.com/rest/api/storageservices/put-block-list */
  #put(id: string, entry: Entry, parameters: URLSearchParams, body: Buffer, response: ServerResponse): void {
    const blocks = this.#blocks.get(id) ?? new Map<string, Buffer>();
    this.#blocks.set(id, blocks);
    if (parameters.get("comp") === "block") blocks.set(parameters.get("blockid") ?? "", body);
    else if (parameters.get("comp") === "blocklist") {
      entry.bytes = Buffer.concat(
        [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, block]) => blocks.get(block ?? "") ?? Buffer.alloc(0)),
      );
    } else entry.bytes = body;
    response.writeHead(201, { etag: '"1"', "last-modified": new Date(0).toUTCString(), "x-ms-request-server-encrypted": "true" }).end();
  }

  #json(response: ServerResponse, value: unknown): void {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  }

  #refuse(response: ServerResponse, status: number, code: string, msg: string): void {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ code, msg }));
  }
}

function idOf({ key, version }: Pick<Entry, "key" | "version">): string {
  return `${version} ${key}`;
}
