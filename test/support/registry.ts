import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../src/oci/digest.ts";
import type { Content, Made } from "./image.ts";

/** A request that the registry received, and the status of its answer. */
export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly accept: string;
  status: number;
};

/** Answers a request and returns true, or returns false to let the registry answer. */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The credentials that a pull needs. A bearer token is valid while it is in `tokens`. */
export type Access =
  | { readonly scheme: "basic"; readonly login: string }
  | {
      readonly scheme: "bearer";
      readonly login?: string;
      readonly identityToken?: string;
      readonly expiresIn?: number;
    };

type Repository = {
  readonly manifests: Map<string, Content>;
  readonly blobs: Map<string, Content>;
};

/**
 * A read-only registry in memory, on loopback:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export class Registry {
  readonly seen: Seen[] = [];
  readonly tokens = new Set<string>();
  /** Called first, in order, for every request. */
  readonly faults: Fault[] = [];
  access: Access | undefined;
  /** The token service: a path on this server, or a URL on another one. */
  realm = "/token";
  /** False omits `Docker-Content-Digest`, as some registries do. */
  announcesDigest = true;
  readonly #server: Server;
  readonly #repositories = new Map<string, Repository>();
  #issued = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Registry> {
    const server = createServer();
    const registry = new Registry(server);
    server.on("request", (request, response) => registry.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** `127.0.0.1:port`, as in a reference. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Stores a document, with all it needs, under a tag. Returns its reference. */
  push(repository: string, tag: string, made: Made): string {
    const { manifests, blobs } = this.#repository(repository);
    for (const document of [made, ...made.manifests]) manifests.set(document.digest, document);
    manifests.set(tag, made);
    for (const blob of made.blobs) blobs.set(blob.digest, blob);
    return `${this.host}/${repository}:${tag}`;
  }

  /** Removes one manifest or blob, as a failed garbage collection does. */
  remove(repository: string, digest: string): void {
    const { manifests, blobs } = this.#repository(repository);
    manifests.delete(digest);
    blobs.delete(digest);
  }

  /** The requests so far, one per line: `GET /v2/app/manifests/v1 200`. */
  get log(): readonly string[] {
    return this.seen.map(({ method, path, status }) => `${method} ${path} ${status}`);
  }

  #repository(name: string): Repository {
    const repository = this.#repositories.get(name) ?? { manifests: new Map(), blobs: new Map() };
    this.#repositories.set(name, repository);
    return repository;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    const seen: Seen = {
      method,
      path: url,
      authorization: headers.authorization ?? "",
      accept: headers.accept ?? "",
      status: 0,
    };
    this.seen.push(seen);
    response.on("close", () => {
      seen.status = response.statusCode;
    });
    if (this.faults.some((fault) => fault(request, response))) return;
    if (url.startsWith("/token")) return this.#token(request, response);
    if (!this.#allowed(request)) return this.#challenge(url, response);
    this.#content(request, response);
  }

  #content(request: IncomingMessage, response: ServerResponse): void {
    const [, listed] = /^\/v2\/(.+)\/tags\/list(?:\?.*)?$/.exec(request.url ?? "") ?? [];
    if (listed !== undefined) return this.#tags(listed, response);
    const [, name = "", kind = "", reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)(?:\?.*)?$/.exec(request.url ?? "") ?? [];
    const repository = this.#repositories.get(name);
    if (repository === undefined)
      return refuse(response, 404, "NAME_UNKNOWN", "repository name not known to registry", {
        name,
      });
    const found = (kind === "manifests" ? repository.manifests : repository.blobs).get(reference);
    const accepted =
      kind === "blobs" || (request.headers.accept ?? "").includes(found?.mediaType ?? "");
    if (found === undefined || !accepted) {
      return refuse(
        response,
        404,
        kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN",
        `${kind.slice(0, -1)} unknown`,
        { reference },
      );
    }
    response.setHeader(
      "content-type",
      kind === "blobs" ? "application/octet-stream" : found.mediaType,
    );
    response.setHeader("content-length", found.bytes.length);
    if (this.announcesDigest)
      response.setHeader("docker-content-digest", found.digest || digestOf(found.bytes));
    response.end(request.method === "HEAD" ? undefined : found.bytes);
  }

  /** Two tags per page, so that a list of three has a second page. */
  #tags(name: string, response: ServerResponse): void {
    const repository = this.#repositories.get(name);
    if (repository === undefined)
      return refuse(response, 404, "NAME_UNKNOWN", "repository name not known to registry", {
        name,
      });
    const tags = [...repository.manifests.keys()].filter((tag) => !tag.includes(":")).toSorted();
    const { searchParams } = new URL(response.req.url ?? "", `http://${this.host}`);
    const rest = tags.filter((tag) => tag > (searchParams.get("last") ?? ""));
    if (rest.length > 2)
      response.setHeader("link", `</v2/${name}/tags/list?last=${rest[1]}&n=2>; rel="next"`);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name, tags: rest.slice(0, 2) }));
  }

  #allowed({ headers }: IncomingMessage): boolean {
    if (this.access === undefined) return true;
    const authorization = headers.authorization ?? "";
    if (this.access.scheme === "basic") return authorization === basic(this.access.login);
    return this.tokens.has(authorization.replace(/^Bearer /, ""));
  }

  #challenge(url: string, response: ServerResponse): void {
    const [, name = ""] = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(url) ?? [];
    const realm = this.realm.startsWith("http") ? this.realm : `http://${this.host}${this.realm}`;
    const scope = `repository:${name}:pull`;
    const bearer = `Bearer realm="${realm}",service="test, service",scope="${scope}"`;
    response.setHeader(
      "www-authenticate",
      this.access?.scheme === "basic" ? 'Basic realm="test"' : bearer,
    );
    refuse(response, 401, "UNAUTHORIZED", "authentication required", [
      { Type: "repository", Name: name, Action: "pull" },
    ]);
  }

  #token(request: IncomingMessage, response: ServerResponse): void {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const access = this.access?.scheme === "bearer" ? this.access : undefined;
      const form = new URLSearchParams(body);
      const known =
        request.method === "POST"
          ? access?.identityToken !== undefined &&
            form.get("refresh_token") === access.identityToken
          : (access?.login === undefined && access?.identityToken === undefined) ||
            request.headers.authorization === basic(access.login ?? "");
      if (!known)
        return refuse(response, 401, "UNAUTHORIZED", "incorrect username or password", null);
      const token = `token-${++this.#issued}`;
      this.tokens.add(token);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ token, expires_in: access?.expiresIn ?? 300 }));
    });
  }
}

export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  detail: unknown,
): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ errors: [{ code, message, detail }] }));
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
