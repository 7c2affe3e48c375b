import type { LookupAllOptions } from "node:dns";
import { Agent, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from "node:http";
import type { LookupFunction } from "node:net";
import { HttpClient } from "@actions/http-client";
import { PullError } from "../oci/failure.ts";
import { checkPlainHttp, checkReach, farthest, literalAddress, type NamedBy, type Reach, reachOf } from "./address.ts";
import { attemptsFor, causeOf, codeOf, toPullError } from "./attempt-failure.ts";
import { BodyError, readBody, type Sink } from "./body.ts";
import { boundConnections } from "./connection.ts";
import { reuseMemory } from "./reading.ts";
import { ATTEMPTS, type Clock, delayAfter, isTransient } from "./retry.ts";
import { Slots } from "./slots.ts";

/** One request to one place; redirects are the caller's. */
export type HttpRequest = {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes a successful answer may have; one more fails. */
  readonly limit: number;
  readonly namedBy: NamedBy;
  /** Tries at most, where fewer than usual are worth the wait. */
  readonly attempts?: number | undefined;
  /** True when nothing of a successful body is wanted. */
  readonly headOnly?: boolean;
  /** Told before anything is taken that came with credentials. */
  readonly carried?: () => void;
  /** Where a successful body goes instead of memory. A cut is then not tried again here: the rest is another request. */
  readonly sink?: Sink | undefined;
};

/** A whole answer, its body as received. */
export type HttpAnswer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** The addresses of a host, as `dns.lookup` gives them. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  callback: (error: Error | null, addresses: readonly { readonly address: string; readonly family: number }[]) => void,
) => void;

/** What bounds and observes all requests. */
export type HttpOptions = {
  /** Aborts everything; its reason is what the failures then say. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** Requests at a time per origin. */
  readonly concurrency: number;
  /** Hosts, with their ports, that may be spoken to in plain HTTP wherever they are. */
  readonly insecureRegistries: ReadonlySet<string>;
  readonly say: (line: string) => void;
};

// Connecting, TLS and 40 s to think: slower answers are outages with another name.
const HEADERS_DEADLINE_MS = 60_000;

/** Sends requests: proxies by the runner's environment, kept-alive connections, retries, limits and deadlines. */
export class Http {
  readonly #options: HttpOptions;
  readonly #pools = new Map<string, HttpClient>();
  readonly #agents = new Set<Agent>();
  readonly #slots = new Map<string, Slots>();
  readonly #reaches = new Map<string, Reach>();
  /** Hosts with a private address among others, of which any may be the one that answers. */
  readonly #mixed = new Set<string>();

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** How near a host was found to be; `public`, the strictest, when a proxy hides it or it was not asked yet. */
  reach(url: URL): Reach {
    return this.#found(url) ?? "public";
  }

  /** True when all addresses of a host are known, and public or this machine's own; a proxy hides them. */
  isOpen(url: URL): boolean {
    const reach = this.#found(url);
    return !this.#mixed.has(url.hostname) && (reach === "public" || reach === "loopback");
  }

  /** How near a host is, as far as that is known; an address that a URL names is looked at once. */
  #found(url: URL): Reach | undefined {
    const known = this.#reaches.get(url.hostname);
    const literal = known === undefined ? literalAddress(url) : undefined;
    if (literal === undefined) return known;
    const reach = reachOf(literal);
    this.#reaches.set(url.hostname, reach);
    return reach;
  }

  /** Ends idle connections but for so many: each of them holds a file that somebody else may need. */
  #rest(most: number): void {
    // An agent for a proxy shows none.
    const idle = [...this.#agents].flatMap(({ freeSockets = {} }) => Object.values(freeSockets).flat());
    for (const socket of idle.slice(most)) socket?.destroy();
  }

  /** Ends all connections. */
  close(): void {
    for (const pool of this.#pools.values()) pool.dispose();
  }

  /**
   * The answer, whatever its status, its body whole and within `limit`; an error's body may be cut.
   * Transient answers and failures are tried again. Fails as `unreachable` when there is no answer,
   * as `invalid` when the body is longer than `limit` or encoded.
   */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    const literal = literalAddress(request.url);
    if (literal !== undefined) checkReach(literal, literal, request.namedBy);
    for (let attempt = 1; ; attempt++) {
      const result = await this.#slot(request.url).run(() => this.#attempt(request).catch(asFailedAttempt));
      const delay = attempt < (request.attempts ?? ATTEMPTS) ? this.#retryDelay(attempt, result) : undefined;
      // As many as one registry has at work may wait for more; of many registries, that is all that wait.
      this.#rest("error" in result && codeOf(result.error) === "EMFILE" ? 0 : this.#options.concurrency);
      if (delay === undefined) {
        if ("status" in result) return result;
        throw this.#failure(request.url, result.error);
      }
      const why = "status" in result ? `answered ${result.status}` : causeOf(result.error);
      this.#options.say(`${request.url.host} ${why}; trying again in ${(delay / 1000).toFixed(1)} s`);
      await this.#options.clock.sleep(delay, this.#options.signal).catch(() => undefined);
      // The last answer says more than that time ran out.
      if (!this.#options.signal.aborted) continue;
      if ("status" in result) return result;
      throw toPullError(request.url, result.error);
    }
  }

  #retryDelay(attempt: number, result: HttpAnswer | FailedAttempt): number | undefined {
    if (this.#options.signal.aborted) return undefined;
    if ("status" in result) {
      if (!isTransient(result.status)) return undefined;
      return delayAfter(attempt, result.headers["retry-after"], this.#options.clock);
    }
    return attempt < attemptsFor(result.error) ? delayAfter(attempt, undefined, this.#options.clock) : undefined;
  }

  #failure(url: URL, error: unknown): PullError {
    const { aborted, reason } = this.#options.signal;
    if (!aborted) return toPullError(url, error);
    return reason instanceof PullError ? reason : new PullError("cancelled", "cancelled");
  }

  #slot(url: URL): Slots {
    return entry(this.#slots, url.origin, () => new Slots(this.#options.concurrency));
  }

  async #attempt(request: HttpRequest): Promise<HttpAnswer> {
    const stop = new AbortController();
    const cancel = (): void => stop.abort(this.#options.signal.reason);
    if (this.#options.signal.aborted) cancel();
    this.#options.signal.addEventListener("abort", cancel, { once: true });
    const late = (): void => stop.abort(new PullError("no-answer", `no answer within ${HEADERS_DEADLINE_MS / 1000} s`));
    const cancelDeadline = this.#options.clock.after(HEADERS_DEADLINE_MS, late);
    try {
      const message = await Promise.race([this.#send(request, stop.signal), aborted(stop.signal)]);
      cancelDeadline();
      const status = message.statusCode ?? 0;
      const body = await readBody(message, request, { stop, clock: this.#options.clock });
      return { status, headers: message.headers, body };
    } catch (error) {
      throw stop.signal.aborted && !(error instanceof BodyError) ? stop.signal.reason : error;
    } finally {
      cancelDeadline();
      this.#options.signal.removeEventListener("abort", cancel);
    }
  }

  /** `@actions/http-client` is one hop here, for its proxies and kept-alive agents: its redirects leak credentials to other ports. */
  async #send(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { url, namedBy } = request;
    const pool = entry(this.#pools, `${url.origin} ${namedBy}`, () => new HttpClient(undefined, [], { keepAlive: true }));
    const prepareRequest = (options: RequestOptions): void => {
      // Node resolves a bracketed IPv6 address as if it were a name.
      options.host = literalAddress(url) ?? url.hostname;
      options.agent = this.#agent(pool, url);
      options.signal = signal;
      options.lookup = this.#lookup(url, namedBy);
      Object.assign(options, { onread: reuseMemory() });
    };
    const hop = new HttpClient(undefined, [{ prepareRequest, canHandleAuthentication: () => false, handleAuthentication }], {
      allowRedirects: false,
      allowRetries: false,
      keepAlive: true,
    });
    // Set here, because the constructor adds the plan and the name of the job.
    hop.userAgent = "registry-pull";
    const headers = { "accept-encoding": "identity", ...request.headers };
    return (await hop.request(request.method, url.href, request.body ?? null, headers)).message;
  }

  /** A pool's agent, for a proxy or none. It checks certificates whatever NODE_TLS_REJECT_UNAUTHORIZED turned off for something else. */
  #agent(pool: HttpClient, url: URL): Agent {
    const agent: Agent & { options?: object } = pool.getAgent(url.href);
    // The proxy resolves names: what this one stands for is not known here.
    if (!(agent instanceof Agent)) checkPlainHttp(url, undefined, this.#options.insecureRegistries);
    if (this.#agents.has(agent)) return agent;
    agent.options = Object.assign(agent.options ?? {}, { rejectUnauthorized: true });
    boundConnections(agent, this.#options.clock);
    this.#agents.add(agent);
    return agent;
  }

  /** Checks addresses where they are used, after DNS and before the connection, so that no later answer can change them. */
  #lookup(url: URL, namedBy: NamedBy): LookupFunction {
    return (host, options, callback) => {
      this.#options.resolve(host, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === undefined) return callback(error ?? new Error(`no address for ${host}`), []);
        try {
          for (const { address } of addresses) {
            checkReach(address, host, namedBy);
            checkPlainHttp(url, address, this.#options.insecureRegistries);
          }
        } catch (refused) {
          return callback(refused as Error, []);
        }
        if (addresses.some(({ address }) => reachOf(address) === "private")) this.#mixed.add(host);
        this.#reaches.set(host, addresses.map(({ address }) => reachOf(address)).reduce(farthest));
        return options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family);
      });
    };
  }
}

/** Fails when `signal` aborts: some ends of a connection, like an upgrade nobody asked for, are told to nobody. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

async function handleAuthentication(): Promise<never> {
  throw new Error("challenges are answered elsewhere");
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

type FailedAttempt = { readonly error: unknown };

function asFailedAttempt(error: unknown): FailedAttempt {
  return { error };
}
