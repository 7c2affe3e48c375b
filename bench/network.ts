import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Limits of a network: the latency of each response, and bytes a second. */
export type Network = {
  /** Milliseconds before a response starts. */
  readonly delayMs: number;
  /** Bytes a second of one connection. */
  readonly perConnection: number;
  /** Bytes a second of all connections together. */
  readonly together: number;
};

/** A registry in another country. */
export const WAN: Network = {
  delayMs: 40,
  // Decimal, as in all rows.
  perConnection: 25_000_000,
  together: 1_000_000_000,
};

// Short enough for a smooth rate, long enough for few timers.
const SLICE_MS = 5;

/** Limits a rate that several connections may share. */
class Bucket {
  #ready = performance.now();
  readonly #rate: number;

  constructor(bytesPerSecond: number) {
    this.#rate = bytesPerSecond;
  }

  /** Reserves bytes. Returns the milliseconds until they may be sent. */
  take(bytes: number): number {
    const now = performance.now();
    const duration = (bytes / this.#rate) * 1_000;
    this.#ready = Math.max(this.#ready, now) + duration;
    return this.#ready - now;
  }
}

/** A proxy at a port of loopback. */
type Proxy = {
  readonly port: number;
  readonly stop: () => Promise<void>;
};

/**
 * Starts a proxy on loopback that makes the server at port `target` as slow as a network. It works
 * on bytes and reads no protocol, so it treats all clients alike.
 */
export async function slowNetwork(target: number, network: Network): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const shared = new Bucket(network.together);
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: target, host: "127.0.0.1", noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => undefined);
    }
    void relay(client, upstream, shared, network);
  });
  const port = await listen(server);
  const stop = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port, stop };
}

/** Passes requests on at once, and responses at the rate of the network. */
async function relay(
  client: Socket,
  upstream: Socket,
  shared: Bucket,
  { delayMs, perConnection }: Network,
): Promise<void> {
  const own = new Bucket(perConnection);
  let startsResponse = true;
  client.on("data", (chunk) => {
    startsResponse = true;
    upstream.write(chunk);
  });
  client.on("end", () => upstream.end());
  client.on("close", () => upstream.destroy());
  try {
    for await (const chunk of upstream as AsyncIterable<Buffer>) {
      if (startsResponse) await sleep(delayMs);
      startsResponse = false;
      const ownWait = own.take(chunk.length);
      const sharedWait = shared.take(chunk.length);
      const wait = Math.max(ownWait, sharedWait);
      if (wait > SLICE_MS) await sleep(wait - SLICE_MS / 2);
      if (!client.write(chunk)) await drained(client);
    }
    client.end();
  } catch {
    client.destroy();
  }
}

function drained(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", resolve);
  });
}

/** Listens on a free port of loopback, which it resolves to. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("the proxy has no port");
}
