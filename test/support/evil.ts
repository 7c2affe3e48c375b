import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext, TLSSocket } from "node:tls";
import type { Made } from "./image.ts";

/** A request as received, byte for byte. */
export type RawRequest = {
  readonly method: string;
  readonly target: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Everything from the first byte to the last. */
  readonly raw: string;
};

/**
 * Answers one request, byte for byte. The connection stays open when it returns, unless the script
 * ends it.
 */
export type Script = (request: RawRequest, wire: Wire) => void | Promise<void>;

/** The available certificates. All but `good` are invalid, as their names say. */
export type Certificate = "good" | "expired" | "wrong-name" | "self-signed";

/** With a certificate, the server speaks TLS: from the start or, as a proxy, in its tunnels. */
export type EvilOptions = {
  readonly tls?: Certificate;
  readonly proxy?: boolean;
  /** Sent in answer to every chunk, instead of HTTP. */
  readonly blurts?: string;
};

const TLS = join(import.meta.dirname, "tls");

/** The authority that signed the certificates, for `NODE_EXTRA_CA_CERTS`. */
export const AUTHORITY = join(TLS, "authority.pem");

/** A connection, as a script uses it. */
export class Wire {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Sends bytes unchanged. Resolves when more can be sent, or when the connection has closed. */
  async send(bytes: string | Uint8Array): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done).off("close", done);
        resolve();
      };
      this.#socket.on("drain", done).on("close", done);
    });
  }

  /** Sends a whole response, with its length unless the headers state it or another framing. */
  answer(
    status: number,
    headers: Readonly<Record<string, string>> = {},
    body: string | Uint8Array = "",
  ): Promise<void> {
    const framed = Object.keys(headers).some((name) =>
      /^(content-length|transfer-encoding|connection)$/i.test(name),
    );
    const stated = framed
      ? headers
      : { ...headers, "Content-Length": String(Buffer.byteLength(body)) };
    const lines = Object.entries(stated).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.send(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n`),
        Buffer.from(body),
      ]),
    );
  }

  pause(ms: number): Promise<void> {
    return sleep(ms);
  }

  /** True when the connection has closed. */
  get gone(): boolean {
    return this.#socket.destroyed;
  }

  /** Closes the connection in an orderly way (FIN). */
  end(): void {
    this.#socket.end();
  }

  /** Closes the connection as a crash does (RST). */
  reset(): void {
    this.#socket.resetAndDestroy();
  }
}

/**
 * A server on raw sockets that sends exactly what its scripts say, valid HTTP or not. As a proxy,
 * it answers in place of every host.
 */
export class EvilServer {
  readonly seen: RawRequest[] = [];
  /** The number of connections that were opened to it. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #rules: {
    readonly pattern: RegExp;
    readonly scripts: readonly Script[];
    used: number;
  }[] = [];
  readonly #options: EvilOptions;

  private constructor(server: Server, options: EvilOptions) {
    this.#server = server;
    this.#options = options;
  }

  static async start(options: EvilOptions = {}): Promise<EvilServer> {
    const server = createServer({ noDelay: true });
    const evil = new EvilServer(server, options);
    server.on("connection", (socket) => {
      evil.connections++;
      evil.#keep(socket);
      evil.#converse(
        options.tls === undefined || options.proxy ? socket : evil.#secure(socket, options.tls),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return evil;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `127.0.0.1:port`. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get url(): string {
    const { tls, proxy } = this.#options;
    return `${tls === undefined || proxy ? "http" : "https"}://${this.host}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * Answers the nth request whose `METHOD target` matches with the nth script, and all later ones
   * with the last. Newer rules come first.
   */
  on(pattern: RegExp, ...scripts: readonly Script[]): this {
    this.#rules.unshift({ pattern, scripts, used: 0 });
    return this;
  }

  /** Serves an image as a registry does, until a newer rule matches. Returns its reference. */
  serve(repository: string, tag: string, made: Made): string {
    const path = (kind: string, name: string): RegExp =>
      new RegExp(`/v2/${repository}/${kind}/${name}$`);
    const give = (type: string, { digest, bytes }: Pick<Made, "digest" | "bytes">): Script => {
      const stated = {
        "Content-Type": type,
        "Content-Length": String(bytes.length),
        "Docker-Content-Digest": digest,
      };
      return ({ method }, wire) => wire.answer(200, stated, method === "HEAD" ? "" : bytes);
    };
    for (const document of [made, ...made.manifests])
      this.on(path("manifests", document.digest), give(document.mediaType, document));
    this.on(path("manifests", tag), give(made.mediaType, made));
    for (const blob of made.blobs)
      this.on(path("blobs", blob.digest), give("application/octet-stream", blob));
    return `${this.host}/${repository}:${tag}`;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
  }

  #secure(socket: Socket, certificate: Certificate): TLSSocket {
    const read = (name: string): Buffer => readFileSync(join(TLS, `${name}.pem`));
    const secureContext = createSecureContext({ cert: read(certificate), key: read("key") });
    const secure = new TLSSocket(socket, { isServer: true, secureContext });
    this.#keep(secure);
    return secure;
  }

  /** Answers requests one after the other, however they are split into packets. */
  #converse(socket: Socket): void {
    let waiting = Buffer.alloc(0);
    let played: Promise<void> = Promise.resolve();
    const drain = async (): Promise<void> => {
      for (let request = take(waiting); request !== undefined; request = take(waiting)) {
        waiting = waiting.subarray(Buffer.byteLength(request.raw, "latin1"));
        if (request.method === "CONNECT") return this.#tunnel(socket);
        this.seen.push(request);
        await this.#play(request, new Wire(socket));
      }
    };
    socket.on("data", (chunk) => {
      if (this.#options.blurts !== undefined && !chunk.includes("CONNECT "))
        return void socket.write(this.#options.blurts);
      waiting = Buffer.concat([waiting, chunk]);
      played = played.then(drain);
    });
  }

  /** The tunnel of a proxy. It ends here: this server answers in place of the requested host. */
  #tunnel(socket: Socket): void {
    const { tls } = this.#options;
    if (tls !== undefined) socket.removeAllListeners("data");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (tls !== undefined) this.#converse(this.#secure(socket, tls));
  }

  async #play(request: RawRequest, wire: Wire): Promise<void> {
    const rule = this.#rules.find(({ pattern }) =>
      pattern.test(`${request.method} ${request.target}`),
    );
    const script = rule?.scripts[Math.min(rule.used++, rule.scripts.length - 1)];
    await (script?.(request, wire) ?? wire.answer(404, {}, "{}"));
  }
}

/** The first request in `bytes`; undefined while it is incomplete. */
function take(bytes: Buffer): RawRequest | undefined {
  const text = bytes.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  const length = Number(headers.get("content-length") ?? 0);
  const raw = text.slice(0, end + 4 + length);
  return raw.length < end + 4 + length
    ? undefined
    : { method, target, headers, body: raw.slice(end + 4), raw };
}
