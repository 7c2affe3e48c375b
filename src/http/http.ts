// What is read from registries, token services and signed URLs goes through `Http.send`: one
// request to one place. It checks the address
// after DNS (reaches), reuses connections (connections), limits how many requests an origin gets at
// a time (slots), bounds the body and its rate (body), and retries what a retry may cure (retry,
// failure). It does not follow redirects: the caller decides which host may receive credentials
// (redirects). `@actions/http-client` is used for its agents only, because it knows the runner's
// proxies; its own redirects would send credentials to other ports.
import type { IncomingHttpHeaders } from "node:http";
import { codeOf, PullError } from "../oci/failure.ts";
import { aborted } from "./aborted.ts";
import { checkReach, literalAddress, type NamedBy, type Reach } from "./address.ts";
import { BodyError, readBody, type Sink } from "./body.ts";
import type { Clock } from "./clock.ts";
import { attemptsFor, causeOf, toPullError } from "./failure.ts";
import { Hops } from "./hops.ts";
import type { Resolve } from "./reaches.ts";
import { ATTEMPTS, delayAfter, isTransient } from "./retry.ts";
import { Slots } from "./slots.ts";

/** One request to one place. */
export type HttpRequest = {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes that a successful answer may have; one more fails. */
  readonly limit: number;
  /** Who named the URL, which limits the addresses it may have. */
  readonly namedBy: NamedBy;
  /** The most times to send it, when fewer than usual are worth the wait. */
  readonly attempts?: number | undefined;
  /** Milliseconds for an answer to start, when fewer than usual are worth the wait. */
  readonly answerWithin?: number | undefined;
  /** True when a successful body is not wanted. */
  readonly headOnly?: boolean;
  /** Called when credentials let the request through; with a sink, before its body is read. */
  readonly carried?: () => void;
  /** Receives a successful body. After a cut there is no retry: the rest is another request. */
  readonly sink?: Sink | undefined;
};

/** A request without its URL and credentials, which the sender adds. */
export type UnaddressedRequest = Pick<
  HttpRequest,
  "method" | "headers" | "limit" | "sink" | "headOnly" | "attempts" | "answerWithin" | "carried"
>;

/** A complete answer, its body as received. */
export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** What bounds all requests, and what they report to. */
export type HttpOptions = {
  /** Aborts everything; failures then state its reason. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** Blobs at a time per origin, which go into a sink. There may be more documents at a time. */
  readonly concurrency: number;
  /** Hosts, with their ports, that may be contacted over plain HTTP wherever they are. */
  readonly insecureRegistries: ReadonlySet<string>;
  readonly say: (line: string) => void;
};

// Connecting, TLS, and 40 s for the server: a slower answer is as good as none.
const HEADERS_DEADLINE_MS = 60_000;
// Documents are small, so the way there and back is what takes time. From a registry 40 ms away,
// 650 of them take half of the time with eight times as many requests. Above 48 nothing is gained.
const DOCUMENTS_PER_BLOB = 8;
const MOST_DOCUMENTS = 48;

/** Sends requests: with retries, limits, deadlines and checked addresses. */
export class Http {
  readonly #options: HttpOptions;
  readonly #hops: Hops;
  readonly #slots = new Map<string, Slots>();
  readonly #closed = new AbortController();
  #isShortOfFiles = false;

  constructor(options: HttpOptions) {
    const signal = AbortSignal.any([options.signal, this.#closed.signal]);
    this.#options = { ...options, signal };
    this.#hops = new Hops(options);
  }

  /** How near a host is; `public`, the strictest, while that is not known. */
  reach(url: URL): Reach {
    return this.#hops.reaches.of(url);
  }

  /** True when every address of a host is known, and public or loopback. */
  isOpen(url: URL): boolean {
    return this.#hops.reaches.isOpen(url);
  }

  /**
   * Opens connections for requests that the user's registries will get soon, at most as many as
   * there may be. One that fails is left to the request to report.
   */
  openEarly(url: URL, count: number): void {
    this.#hops.openEarly(url, Math.min(count, this.#documents));
  }

  /** Closes all connections. Requests under way, which nothing waits for any more, fail. */
  close(): void {
    this.#closed.abort(new PullError("cancelled", "cancelled: its connection was closed"));
    this.#hops.connections.close();
  }

  /**
   * The answer, whatever its status, its body within `limit`; an error's may be cut. Transient
   * answers and failures are retried. Fails as `unreachable` without an answer, and as `invalid`
   * when the body is longer than `limit` or encoded.
   */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { url, namedBy } = request;
    const { signal, clock, say } = this.#options;
    const literal = literalAddress(url);
    if (literal !== undefined) checkReach(literal, literal, namedBy);
    const run = (): Promise<Attempt> => this.#attempt(request).catch(asFailedAttempt);
    for (let attempt = 1; ; attempt++) {
      const result = await this.#slotsOf(request).run(run, isRefused);
      this.#trim(result);
      const delay = this.#retryDelay(attempt, request, result);
      if (delay === undefined) return this.#settle(url, result);
      const why = "status" in result ? `answered ${result.status}` : causeOf(result.error);
      const seconds = (delay / 1_000).toFixed(1);
      say(`${url.host} ${why}; retrying in ${seconds} s`);
      await clock.sleep(delay, signal).catch(() => undefined);
      // The last answer explains more than that time ran out.
      if (signal.aborted) return settle(url, result);
    }
  }

  /** The answer of the last attempt. Fails with the signal's reason when that ended it. */
  #settle(url: URL, result: Attempt): HttpAnswer {
    const { aborted, reason } = this.#options.signal;
    if ("status" in result || !aborted) return settle(url, result);
    throw reason instanceof PullError ? reason : new PullError("cancelled", "cancelled");
  }

  /**
   * Keeps as many idle connections as one registry may use. When files run out, none, and later
   * only so many as blobs may use: what this process reads and writes needs files, too.
   */
  #trim(result: Attempt): void {
    const { concurrency } = this.#options;
    const { connections } = this.#hops;
    if (!isOutOfFiles(result)) return connections.trim(this.#documents + concurrency);
    connections.trim(0);
    this.#isShortOfFiles = true;
    for (const slots of this.#slots.values()) slots.lower(concurrency);
  }

  /** Requests for documents at a time per origin. */
  get #documents(): number {
    const { concurrency } = this.#options;
    if (this.#isShortOfFiles) return concurrency;
    return Math.max(concurrency, Math.min(DOCUMENTS_PER_BLOB * concurrency, MOST_DOCUMENTS));
  }

  #retryDelay(attempt: number, request: HttpRequest, result: Attempt): number | undefined {
    const { signal, clock } = this.#options;
    if (signal.aborted || attempt >= (request.attempts ?? ATTEMPTS)) return undefined;
    if ("status" in result) {
      if (!isTransient(result.status)) return undefined;
      return delayAfter(attempt, result.headers["retry-after"], clock);
    }
    if (attempt >= attemptsFor(result.error)) return undefined;
    return delayAfter(attempt, undefined, clock);
  }

  /** The slots of a request. A document never waits behind blobs, which may take minutes. */
  #slotsOf({ url, sink }: HttpRequest): Slots {
    const isDocument = sink === undefined;
    const key = `${url.origin} ${isDocument ? "documents" : "blobs"}`;
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    const slots = new Slots(isDocument ? this.#documents : this.#options.concurrency);
    this.#slots.set(key, slots);
    return slots;
  }

  async #attempt(request: HttpRequest): Promise<HttpAnswer> {
    const { signal, clock } = this.#options;
    const stop = new AbortController();
    const cancel = (): void => stop.abort(signal.reason);
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel, { once: true });
    const { answerWithin = HEADERS_DEADLINE_MS } = request;
    const late = `no answer within ${answerWithin / 1_000} s`;
    const cancelDeadline = clock.after(answerWithin, () =>
      stop.abort(new PullError("no-answer", late)),
    );
    try {
      const hop = this.#hops.send({ ...request, signal: stop.signal });
      // Some disconnects emit no error, such as an unsolicited upgrade: `hop` would never settle.
      const message = await Promise.race([hop, aborted(stop.signal)]);
      cancelDeadline();
      const body = await readBody(message, request, { stop, clock });
      const { statusCode: status = 0, headers } = message;
      return { status, headers, body };
    } catch (error) {
      const isStopped = stop.signal.aborted && !(error instanceof BodyError);
      throw isStopped ? stop.signal.reason : error;
    } finally {
      cancelDeadline();
      signal.removeEventListener("abort", cancel);
    }
  }
}

type Attempt = HttpAnswer | FailedAttempt;
type FailedAttempt = { readonly error: unknown };

function asFailedAttempt(error: unknown): FailedAttempt {
  return { error };
}

function settle(url: URL, result: Attempt): HttpAnswer {
  if ("status" in result) return result;
  throw toPullError(url, result.error);
}

/** True for an answer of "too many requests", and when files ran out: fewer at a time may pass. */
function isRefused(result: Attempt): boolean {
  return isOutOfFiles(result) || ("status" in result && result.status === 429);
}

function isOutOfFiles(result: Attempt): boolean {
  return "error" in result && codeOf(result.error) === "EMFILE";
}
