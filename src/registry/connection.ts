import type { Agent } from "node:http";
import { Socket } from "node:net";
import { PullError } from "../oci/failure.ts";
import type { Clock } from "./retry.ts";

// A TCP connection takes one round trip and TLS two: a second is slow on any line, and ten are an outage.
const CONNECT_DEADLINE_MS = 10_000;
const TLS_DEADLINE_MS = 10_000;

/**
 * Gives every connection that an agent makes from now on a deadline for TCP and another for TLS. An agent for a proxy makes its
 * connections by itself and stays as it is.
 */
export function boundConnections(agent: Agent, clock: Pick<Clock, "after">): void {
  const connect = agent.createConnection;
  if (connect === undefined) return;
  agent.createConnection = (options, callback) => {
    const socket = connect.call(agent, options, callback);
    if (socket instanceof Socket) bound(socket, clock);
    return socket;
  };
}

function bound(socket: Socket, { after }: Pick<Clock, "after">): void {
  const late = (what: string, ms: number): (() => void) =>
    after(ms, () => socket.destroy(new PullError("no-answer", `no ${what} within ${ms / 1_000} s`)));
  let cancel = late("connection", CONNECT_DEADLINE_MS);
  const isSecured = "encrypted" in socket;
  socket.once("connect", () => {
    cancel();
    if (isSecured) cancel = late("TLS handshake", TLS_DEADLINE_MS);
  });
  socket.once("secureConnect", () => cancel());
  socket.once("close", () => cancel());
}
