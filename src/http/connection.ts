import type { Agent } from "node:http";
import { Socket } from "node:net";
import { PullError } from "../oci/failure.ts";
import type { Clock } from "./clock.ts";

// TCP takes one round trip and TLS two: a second is slow, and ten seconds are an outage.
const CONNECT_DEADLINE_MS = 10_000;
const TLS_DEADLINE_MS = 10_000;

/**
 * Gives every connection that an agent opens from now on a deadline for TCP and one for TLS, and
 * the TLS session of the last one before it. The agent for a proxy opens its connections in another
 * way, and is left as it is.
 */
export function boundConnections(agent: Agent, clock: Pick<Clock, "after">): void {
  const connect = agent.createConnection;
  if (connect === undefined) return;
  // Node's agent remembers sessions, too, but not those of connections that were opened early.
  let session: Buffer | undefined;
  agent.createConnection = (options, callback) => {
    const resumed = session === undefined ? options : { ...options, session };
    const socket = connect.call(agent, resumed, callback);
    if (!(socket instanceof Socket)) return socket;
    bound(socket, clock);
    // Node emits it only after the certificate was checked.
    socket.on("session", (latest: Buffer) => {
      session = latest;
    });
    return socket;
  };
}

function bound(socket: Socket, { after }: Pick<Clock, "after">): void {
  const late = (what: string, ms: number): (() => void) =>
    after(ms, () => {
      const found = `no ${what} within ${ms / 1_000} s`;
      socket.destroy(new PullError("no-answer", found));
    });
  let cancel = late("connection", CONNECT_DEADLINE_MS);
  const isSecured = "encrypted" in socket;
  socket.once("connect", () => {
    cancel();
    if (isSecured) cancel = late("TLS handshake", TLS_DEADLINE_MS);
  });
  socket.once("secureConnect", () => cancel());
  socket.once("close", () => cancel());
}
