import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect, type Socket } from "node:net";
import { after, before } from "node:test";
import { setTimeout } from "node:timers/promises";
import { PullError } from "../../src/oci/failure.ts";
import { type Listener, type ListenerOptions, listen } from "../../src/serve/listener.ts";
import type { Asker, Backend, ServedBlob } from "../../src/serve/served.ts";

/** A backend that fails each request, except those that `answers` has. It notes who asked what. */
export function backendWith(
  answers: Partial<Backend>,
  askers: (Asker & { readonly asked: string })[] = [],
): Backend {
  const missing = async (): Promise<never> => {
    throw new PullError("not-found", "no such content");
  };
  const backend: Backend = { manifest: missing, blob: missing, list: missing, ...answers };
  return {
    manifest: (repository, reference, asker) => {
      askers.push({
        asked: `${repository.registry}/${repository.repository} ${reference}`,
        ...asker,
      });
      return backend.manifest(repository, reference, asker);
    },
    blob: backend.blob,
    list: backend.list,
  };
}

/** A blob whose bytes come in chunks of a size. */
export function blobOf(bytes: Buffer, digest: ServedBlob["digest"], chunk: number): ServedBlob {
  return {
    digest,
    size: bytes.length,
    read: async function* (start, end) {
      for (let at = start; at < end; at += chunk)
        yield bytes.subarray(at, Math.min(at + chunk, end));
    },
  };
}

/** Timers of a listener that run when a test says so. */
export class Timers {
  readonly waiting = new Set<() => void>();

  readonly after = (_: number, run: () => void): (() => void) => {
    this.waiting.add(run);
    return () => void this.waiting.delete(run);
  };

  fire(): void {
    for (const run of [...this.waiting]) run();
  }
}

/** A server for the tests of one `describe`. */
export function serving(options: Partial<ListenerOptions> & Pick<ListenerOptions, "backend">): {
  readonly port: () => number;
  readonly listener: () => Listener;
  readonly said: string[];
} {
  const said: string[] = [];
  let listener: Listener | undefined;
  const running = (): Listener => {
    if (listener === undefined) throw new Error("not started");
    return listener;
  };
  before(async () => {
    const say = (line: string): void => void said.push(line);
    const timers = new Timers();
    const base = { host: "127.0.0.1", port: 0, say, after: timers.after };
    listener = await listen({ ...base, ...options });
  });
  after(() => running().close());
  return { port: () => running().port, listener: running, said };
}

/** What a client got. */
export type Got = {
  readonly status: number;
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False when the connection ended before the answer did. */
  readonly complete: boolean;
};

/** The answer to a request of a client that keeps no connection. */
export async function ask(
  port: number,
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Got> {
  const sent = request({ port, host: "127.0.0.1", path, agent: false, ...options }).end();
  const [message] = await once(sent, "response");
  const chunks: Buffer[] = [];
  message.on("data", (chunk: Buffer) => chunks.push(chunk));
  message.on("error", () => undefined);
  await new Promise((resolve) => message.once("close", resolve));
  const { statusCode: status, statusMessage: reason, headers, complete } = message;
  return { status, reason, headers, complete, body: Buffer.concat(chunks) };
}

/** Resolves when `condition` is true. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(1);
}

/** A connection of a client that writes what it likes. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** All that a server sends in answer to `text` until it ends the connection. */
export async function exchange(port: number, text: string): Promise<string> {
  const socket = await dial(port);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write(text, "latin1");
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}
