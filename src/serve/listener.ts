import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerRequest } from "./exchange.ts";
import type { After } from "./sending.ts";
import type { Backend } from "./served.ts";

/** What a server needs. */
export type ListenerOptions = {
  readonly backend: Backend;
  /** An IP address: `127.0.0.1`. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Takes what went wrong on this side, each text once. */
  readonly say: (line: string) => void;
  readonly after: After;
};

/** A server that listens. */
export type Listener = {
  readonly port: number;
  /** Accepts nothing more. Resolves when all connections have ended: after 3 s, they are cut. */
  readonly close: () => Promise<void>;
  /** How many requests are being answered. */
  readonly active: () => number;
};

// 50 pulls at a time, each with Docker's 3 downloads (`max-concurrent-downloads`), are 150
// connections. The rest is room for idle ones. Each has at most one file of the layout open, and
// Linux lets a process have at least 4,096 (Node raises its limit to the hard one).
const CONNECTION_LIMIT = 1_000;
// No client of registries sends a request before it has the last answer. Its last bytes may be
// with the client before they count as sent here.
const PIPELINE_LIMIT = 4;
// Texts for the log, so that no client fills it.
const TEXT_LIMIT = 100;
const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Between the layers of an image, and the steps of a build.
  keepAliveTimeout: 60_000,
} as const;
const GRACE_MS = 3_000;

/**
 * Starts the HTTP server of the job's registry. Fails as the system does when it cannot listen:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const traffic = new Traffic();
  const { backend, after } = options;
  const say = once(options.say);
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const isIn = traffic.enter(request, response);
    const hosts = [options.host, request.socket.localAddress ?? ""];
    const own = { port, hosts };
    if (isIn) void answerRequest({ request, response, after }, { backend, say, own });
  };
  const server = createServer(LIMITS, handle);
  // Otherwise Node answers with 100 Continue before the request is checked.
  server.on("checkContinue", handle);
  server.on("checkExpectation", handle);
  server.maxConnections = CONNECTION_LIMIT;
  const port = await start(server, options);
  // For example when there are too many open files. The server goes on.
  server.on("error", (error) => say(`could not accept a connection: ${error.message}`));
  return { port, active: () => traffic.active, close: () => close(server, after) };
}

/** Says each text once, and at most 100 of them. */
function once(say: (line: string) => void): (line: string) => void {
  const said = new Set<string>();
  return (line) => {
    const isNew = said.size < TEXT_LIMIT && !said.has(line);
    if (!isNew) return;
    said.add(line);
    say(line);
  };
}

function start(server: Server, { host, port }: ListenerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(portOf(server.address()));
    });
  });
}

function portOf(address: ReturnType<Server["address"]>): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function close(server: Server, after: After): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cancel = after(GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
}

/** Counts the requests under way, and ends connections on which there are too many. */
class Traffic {
  active = 0;
  readonly #waiting = new WeakMap<object, number>();

  /** False when the request's connection was cut. */
  enter({ socket }: IncomingMessage, response: ServerResponse): boolean {
    if (this.#count(socket, 1) > PIPELINE_LIMIT) {
      socket.destroy();
      return false;
    }
    this.active++;
    response.once("close", () => {
      this.active--;
      this.#count(socket, -1);
    });
    return true;
  }

  #count(socket: object, change: 1 | -1): number {
    const count = (this.#waiting.get(socket) ?? 0) + change;
    this.#waiting.set(socket, count);
    return count;
  }
}
