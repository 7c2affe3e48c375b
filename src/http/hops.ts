import type { IncomingMessage } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { LookupFunction, OnReadOpts } from "node:net";
import { literalAddress, type NamedBy, reachOf } from "./address.ts";
import type { Clock } from "./clock.ts";
import { Connections } from "./connections.ts";
import { Reaches, type Resolve } from "./reaches.ts";
import { receiveBuffer } from "./receive-buffer.ts";
import { USER_AGENT } from "./user-agent.ts";

/** One request to one place, to be sent once. */
export type Hop = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly namedBy: NamedBy;
  readonly signal: AbortSignal;
};

/** What hops need: the time, DNS, and the hosts that may be contacted over plain HTTP. */
export type HopsOptions = {
  readonly clock: Pick<Clock, "after">;
  readonly resolve: Resolve;
  readonly insecureRegistries: ReadonlySet<string>;
};

/** Sends each request once, over connections that are checked and kept. */
export class Hops {
  readonly reaches: Reaches;
  readonly connections: Connections;
  /** How many connections were opened before a request needed them, by origin. */
  readonly #early = new Map<string, number>();

  constructor({ clock, resolve, insecureRegistries }: HopsOptions) {
    this.reaches = new Reaches(resolve, insecureRegistries);
    this.connections = new Connections(clock, insecureRegistries);
  }

  /**
   * The answer as soon as its headers are there: no redirect is followed, and nothing is sent
   * again. Fails with the error of the connection, and as `invalid` for a refused address.
   */
  async send(hop: Hop): Promise<IncomingMessage> {
    const { url, namedBy, method, body, signal } = hop;
    const { protocol, port, pathname, search } = url;
    const agent = this.connections.agent(url, namedBy);
    const path = `${pathname}${search}`;
    const headers = { ...HEADERS, ...hop.headers };
    const place = { ...this.#connectTo(url, namedBy), agent, protocol, port, path };
    return answerTo({ ...place, method, headers, signal }, body);
  }

  /**
   * Opens connections for requests to a host that the user named, so that these need not wait for
   * TCP and TLS: `count` together with those that were opened so before. One that fails, or may not
   * be opened, is left to the request to report.
   */
  openEarly(url: URL, count: number): void {
    const literal = literalAddress(url);
    const isForbidden = literal !== undefined && reachOf(literal) === "forbidden";
    // Without TLS there is little to gain, and most such registries are on this machine.
    if (url.protocol !== "https:" || isForbidden) return;
    const servername = literal === undefined ? url.hostname : "";
    const before = this.#early.get(url.origin) ?? 0;
    this.#early.set(url.origin, Math.max(before, count));
    for (let opened = before; opened < count; opened++) {
      const place = this.#connectTo(url, "user");
      this.connections.openEarly(url, "user", { ...place, port: url.port || 443, servername });
    }
  }

  /** Where a request connects, by which addresses, and how its connection reads. */
  #connectTo(url: URL, namedBy: NamedBy): ConnectTo {
    // Node resolves a bracketed IPv6 address as if it were a name.
    const host = literalAddress(url) ?? url.hostname;
    const lookup = this.reaches.lookup(url, namedBy);
    return { host, lookup, onread: receiveBuffer() };
  }
}

const HEADERS = { "accept-encoding": "identity", "user-agent": USER_AGENT };

type ConnectTo = {
  readonly host: string;
  readonly lookup: LookupFunction;
  readonly onread: OnReadOpts;
};

function answerTo(options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // The agent decides whether there is TLS: https://nodejs.org/api/http.html#new-agentoptions
    const sent = request(options, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}
