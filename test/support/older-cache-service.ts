import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Entry = {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  readonly chunks: Map<number, Buffer>;
  bytes: Buffer;
  complete: boolean;
};

/** What the service reads of a request: the call, and the fields and headers it depends on. */
export type SeenRequest = {
  readonly call: string;
  readonly fields: readonly string[];
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/** Answers a request itself and returns true, or returns false and leaves it to the service. */
export type OlderFault = (request: IncomingMessage, response: ServerResponse) => boolean;

const API = "/_apis/artifactcache/";
const TOKEN = "token-of-the-older-service";

/**
 * The Actions cache service, version 1, in memory on loopback: its four calls, and the bytes of
 * entries behind signed URLs, as GitHub Enterprise Server and nektos/act have it
 * (https://github.com/nektos/act/blob/master/pkg/artifactcache/handler.go).
 */
export class OlderCacheService {
  readonly entries: Entry[] = [];
  /** The requests in order: `GET cache`, `POST caches`, `PATCH caches/ID`, `GET artifacts/ID`. */
  readonly seen: SeenRequest[] = [];
  /** Asked before the body of a request is read. */
  readonly faults: OlderFault[] = [];
  /** True: keys lose their case. */
  lowersKeys = false;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<OlderCacheService> {
    const server = createServer();
    const service = new OlderCacheService(server);
    server.on("request", (request, response) => void service.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The variables that a runner of GitHub Enterprise Server sets for an action. */
  get environment(): Record<string, string> {
    return {
      GITHUB_SERVER_URL: "https://github.example.com",
      ACTIONS_CACHE_URL: this.url,
      ACTIONS_RUNTIME_TOKEN: TOKEN,
      // Both are ignored there.
      ACTIONS_CACHE_SERVICE_V2: "True",
      ACTIONS_RESULTS_URL: "http://127.0.0.1:9/",
    };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.url);
    const path = url.pathname.replace(API, "");
    const call = `${request.method} ${path.replace(/\d+$/, "ID")}`;
    const { seen } = this;
    const at = seen.push({ call, fields: [...url.searchParams.keys()], headers: known(request) });
    if (this.faults.some((fault) => fault(request, response))) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (path.startsWith("artifacts/")) return this.#sendBytes(url, path, request, response);
    if (request.headers.authorization !== `Bearer ${TOKEN}`)
      return refuse(response, 401, "no token");
    if (call === "GET cache") return this.#find(url.searchParams, response);
    if (request.method === "PATCH") return this.#write(path, request, body, response);
    const fields = JSON.parse(body.toString());
    const sent = seen[at - 1];
    if (sent !== undefined) seen[at - 1] = { ...sent, fields: Object.keys(fields).toSorted() };
    if (call === "POST caches") return this.#reserve(fields, response);
    this.#commit(path, fields, response);
  }

  /** Finds the exact key, else one that only starts with it, as the service does. */
  #find(query: URLSearchParams, response: ServerResponse): void {
    const [key = ""] = (query.get("keys") ?? "").split(",");
    const wanted = this.lowersKeys ? key.toLowerCase() : key;
    const complete = this.entries.filter((entry) => {
      return entry.complete && entry.version === query.get("version");
    });
    const found =
      complete.find((entry) => entry.key === wanted) ??
      complete.find((entry) => entry.key.startsWith(wanted));
    if (found === undefined) return void response.writeHead(204).end();
    const url = new URL(`${API}artifacts/${found.id}?sig=signature-of-a-url`, this.url);
    json(response, { scope: "refs/heads/main", cacheKey: found.key, archiveLocation: url.href });
  }

  #reserve(
    fields: { readonly key: string; readonly version: string },
    response: ServerResponse,
  ): void {
    const { version } = fields;
    const key = this.lowersKeys ? fields.key.toLowerCase() : fields.key;
    const same = this.entries.some((entry) => entry.key === key && entry.version === version);
    if (same) return refuse(response, 409, `cache entry ${key} already exists`);
    const id = this.entries.length + 1;
    const bytes = Buffer.alloc(0);
    this.entries.push({ id, key, version, chunks: new Map(), bytes, complete: false });
    json(response, { cacheId: id });
  }

  #write(path: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const [, start, last] =
      /^bytes (\d+)-(\d+)\/\*$/.exec(request.headers["content-range"] ?? "") ?? [];
    const isWhole = Number(last) - Number(start) + 1 === body.length;
    if (!isWhole) return refuse(response, 400, "another range");
    this.#entry(path)?.chunks.set(Number(start), body);
    json(response, {});
  }

  #commit(path: string, { size }: { readonly size: number }, response: ServerResponse): void {
    const entry = this.#entry(path);
    const chunks = [...(entry?.chunks ?? [])].toSorted(([one], [other]) => one - other);
    const bytes = Buffer.concat(chunks.map(([, chunk]) => chunk));
    if (entry === undefined || bytes.length !== size) return refuse(response, 400, "another size");
    Object.assign(entry, { bytes, complete: true });
    json(response, {});
  }

  #sendBytes(url: URL, path: string, request: IncomingMessage, response: ServerResponse): void {
    const entry = this.#entry(path);
    const isSigned = url.searchParams.get("sig") === "signature-of-a-url";
    if (entry === undefined || !isSigned) return void response.writeHead(404).end();
    const { bytes } = entry;
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from ?? 0);
    const part = bytes.subarray(start, to ? Number(to) + 1 : undefined);
    const last = start + part.length - 1;
    const range =
      from === undefined ? {} : { "content-range": `bytes ${start}-${last}/${bytes.length}` };
    response.writeHead(from === undefined ? 200 : 206, { ...range, "content-length": part.length });
    response.end(part);
  }

  #entry(path: string): Entry | undefined {
    const id = Number(/\d+$/.exec(path));
    return this.entries.find((entry) => entry.id === id);
  }
}

function known({ headers }: IncomingMessage): SeenRequest["headers"] {
  const { accept, authorization } = headers;
  const type = headers["content-type"]?.split(";")[0];
  return {
    accept,
    authorization,
    type,
    range: headers["content-range"]?.replace(/\d+-\d+/, "A-B"),
  };
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ message }));
}
