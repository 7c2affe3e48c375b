import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { HttpClient } from "@actions/http-client";
import { checkPlainHttp } from "./address.ts";
import type { Clock } from "./clock.ts";
import { boundConnections } from "./connection.ts";
import { EarlyConnections } from "./early-connections.ts";
import { USER_AGENT } from "./user-agent.ts";

type PooledAgent = Agent & { options?: object; protocol?: string };

/** The kept-alive connections to every origin, through the runner's proxy or directly. */
export class Connections {
  readonly #clock: Pick<Clock, "after">;
  readonly #insecure: ReadonlySet<string>;
  readonly #pools = new Map<string, HttpClient>();
  readonly #agents = new Set<Agent>();
  readonly #early = new Map<Agent, EarlyConnections>();

  constructor(clock: Pick<Clock, "after">, insecureRegistries: ReadonlySet<string>) {
    this.#clock = clock;
    this.#insecure = insecureRegistries;
  }

  /**
   * The agent for a URL. It checks certificates even if NODE_TLS_REJECT_UNAUTHORIZED turns that off
   * for the process. Connections are reused only within a `group`. Fails as `invalid` when a proxy
   * would receive plain HTTP that must stay on this machine.
   */
  agent(url: URL, group: string): Agent {
    const pool = this.#pool(url, group);
    const agent: PooledAgent = pool.getAgent(url.href);
    // A proxy resolves the name by itself, so its address is unknown here.
    if (isProxied(agent)) checkPlainHttp(url, undefined, this.#insecure);
    if (this.#agents.has(agent)) return agent;
    const options = agent.options ?? {};
    agent.options = Object.assign(options, { rejectUnauthorized: true });
    // The agent of a proxy has no protocol, and Node then expects https.
    agent.protocol ??= url.protocol;
    boundConnections(agent, this.#clock);
    this.#agents.add(agent);
    return agent;
  }

  /**
   * Opens a connection for a later request to the same origin in the same group, with what that
   * request would state. Does nothing where a proxy would be asked.
   */
  openEarly(url: URL, group: string, stated: RequestOptions): void {
    const agent: PooledAgent = this.agent(url, group);
    if (isProxied(agent)) return;
    const early = this.#early.get(agent) ?? new EarlyConnections(agent, this.#clock);
    this.#early.set(agent, early);
    early.open({ ...stated, ...agent.options });
  }

  #pool(url: URL, group: string): HttpClient {
    const key = `${url.origin} ${group}`;
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const pool = new HttpClient(undefined, [], { keepAlive: true });
    this.#pools.set(key, pool);
    return pool;
  }

  /** Closes idle sockets beyond `most`; each uses a file descriptor. */
  trim(most: number): void {
    // The agent for a proxy does not list its sockets.
    const idle = [...this.#agents].flatMap(({ freeSockets = {} }) =>
      Object.values(freeSockets).flat(),
    );
    for (const socket of idle.slice(most)) socket?.destroy();
  }

  /** Closes all connections. */
  close(): void {
    for (const early of this.#early.values()) early.close();
    for (const pool of this.#pools.values()) pool.dispose();
  }
}

/** True for the agent of a proxy, which opens its connections in another way. */
function isProxied({ createConnection }: Partial<Agent>): boolean {
  return createConnection === undefined;
}

/** A client for one request with these options, without redirects and retries of its own. */
export function oneHop(options: object): HttpClient {
  const handler = {
    prepareRequest: (prepared: RequestOptions) => void Object.assign(prepared, options),
    canHandleAuthentication: () => false,
    handleAuthentication,
  };
  const client = new HttpClient(undefined, [handler], {
    allowRedirects: false,
    allowRetries: false,
    keepAlive: true,
  });
  // Set here, because the constructor adds the names of the plan and the job.
  client.userAgent = USER_AGENT;
  return client;
}

async function handleAuthentication(): Promise<never> {
  throw new Error("challenges are answered elsewhere");
}
