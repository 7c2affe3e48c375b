import { connect, createServer, type Socket } from "node:net";
import { announce } from "./side-server.ts";

// A network in which every byte takes its time, in front of a port of loopback:
// node far-proxy.ts ADDRESS PORT ONE_WAY_MS
const [address = "", port = "", delay = ""] = process.argv.slice(2);
const ONE_WAY_MS = Number(delay);

/** Bytes on their way, or undefined for the end of the stream, and when they arrive. */
type Arrival = { readonly at: number; readonly chunk: Buffer | undefined };

const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
  // The rows use an address of the network; no other machine may use what is behind it.
  if (client.remoteAddress !== address) {
    client.destroy();
    return;
  }
  const upstream = connect({
    port: Number(port),
    host: "127.0.0.1",
    noDelay: true,
    allowHalfOpen: true,
  });
  // The kernel accepts at once; far away, that takes a round trip before the client can send.
  const connected = performance.now() + 2 * ONE_WAY_MS;
  carry(client, upstream, connected);
  carry(upstream, client, connected);
});

/** Passes on what `from` sends, each chunk as long after it was sent as the network takes. */
function carry(from: Socket, to: Socket, connected: number): void {
  const arrivals: Arrival[] = [];
  const push = (chunk?: Buffer): void => {
    const sent = Math.max(performance.now(), connected);
    arrivals.push({ at: sent + ONE_WAY_MS, chunk });
    if (arrivals.length === 1) wait();
  };
  const wait = (): void => {
    const [next] = arrivals;
    if (next !== undefined) setTimeout(deliver, Math.max(0, next.at - performance.now()));
  };
  const deliver = (): void => {
    // A timer may fire up to a millisecond early.
    const due = performance.now() + 1;
    while (arrivals[0] !== undefined && arrivals[0].at <= due) {
      const arrived = arrivals.shift();
      pass(arrived?.chunk, to);
    }
    wait();
  };
  from.on("data", push);
  from.on("end", () => push());
  from.on("error", () => to.destroy());
  from.on("close", () => push());
}

function pass(chunk: Buffer | undefined, to: Socket): void {
  if (chunk === undefined) to.end();
  else if (to.writable) to.write(chunk);
}

announce(server, address);
