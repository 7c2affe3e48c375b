import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A network: milliseconds before an answer starts, and bytes a second of a connection and of all together. */
export type Network = { readonly delayMs: number; readonly perConnection: number; readonly together: number };

// Small enough that a rate is smooth, large enough that waking up costs little.
const SLICE_MS = 5;

/** A rate that is shared by all who take from it. */
class Bucket {
  #ready = performance.now();
  readonly #rate: number;

  constructor(bytesPerSecond: number) {
    this.#rate = bytesPerSecond;
  }

  /** Milliseconds until so many bytes may go, which they then have. */
  take(bytes: number): number {
    const now = performance.now();
    this.#ready = Math.max(this.#ready, now) + (bytes / this.#rate) * 1_000;
    return this.#ready - now;
  }
}

/**
 * A proxy in front of a server that is as slow as a network: every request's answer starts `delayMs` later, and bytes come at
 * its rates. It looks at nothing but time, so it is the same to every tool.
 */
export async function slowNetwork(
  target: number,
  { delayMs, perConnection, together }: Network,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  const shared = new Bucket(together);
  const server: Server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: target, host: "127.0.0.1", noDelay: true });
    const own = new Bucket(perConnection);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    }
    client.on("close", () => upstream.destroy());
    let asked = true;
    client.on("data", (chunk) => {
      asked = true;
      upstream.write(chunk);
    });
    client.on("end", () => upstream.end());
    void (async () => {
      try {
        for await (const chunk of upstream as AsyncIterable<Buffer>) {
          if (asked) await sleep(delayMs);
          asked = false;
          const wait = Math.max(own.take(chunk.length), shared.take(chunk.length));
          if (wait > SLICE_MS) await sleep(wait - SLICE_MS / 2);
          if (!client.write(chunk)) await new Promise((resolve) => client.once("drain", resolve).once("close", resolve));
        }
        client.end();
      } catch {
        client.destroy();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
