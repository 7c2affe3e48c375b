import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { Socket } from "node:net";
import type { Clock } from "./clock.ts";

// Servers close a connection without a request after some seconds, and an unused one is a mistake.
const UNUSED_MS = 10_000;

/** Connections that are open before a request needs one. The agent's requests then take them. */
export class EarlyConnections {
  readonly #open: (options: RequestOptions) => unknown;
  readonly #clock: Pick<Clock, "after">;
  readonly #waiting = new Set<Socket>();

  /** Opens connections as `agent` does. They are as safe as its own, because they are its own. */
  constructor(agent: Agent, clock: Pick<Clock, "after">) {
    const connect = agent.createConnection;
    this.#open = (options) => connect.call(agent, options);
    this.#clock = clock;
    agent.createConnection = (options, callback) =>
      this.#take() ?? connect.call(agent, options, callback);
  }

  /**
   * Opens one connection. One that fails is forgotten, and a request opens its own: it then fails
   * with its own words. An unused one is closed after ten seconds, and keeps no process alive.
   */
  open(options: RequestOptions): void {
    const socket = this.#open(options);
    if (!(socket instanceof Socket)) return;
    const cancel = this.#clock.after(UNUSED_MS, () => this.#discard(socket));
    const forget = (): void => {
      cancel();
      this.#waiting.delete(socket);
    };
    socket.unref();
    socket.on("error", forget);
    socket.once("close", forget);
    this.#waiting.add(socket);
  }

  /** Closes all that are unused. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #discard(socket: Socket): void {
    if (this.#waiting.has(socket)) socket.destroy();
  }

  /** The connection that was opened first: it is ready the soonest. */
  #take(): Socket | undefined {
    const [socket] = [...this.#waiting].filter(({ destroyed }) => !destroyed);
    if (socket === undefined) return undefined;
    this.#waiting.delete(socket);
    return socket.ref();
  }
}
