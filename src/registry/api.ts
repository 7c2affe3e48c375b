import { farther, type NamedBy, type Reach } from "../http/address.ts";
import type { Http, HttpAnswer, UnaddressedRequest } from "../http/http.ts";
import { followRedirects } from "../http/redirects.ts";
import { PullError } from "../oci/failure.ts";
import type { Repository } from "../oci/reference.ts";
import { describeErrors } from "./errors.ts";
import { Notices } from "./notices.ts";
import { isPlainUrl, registryOrigin } from "./origin.ts";
import { refusal } from "./refused-error.ts";
import type { Sent } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** What requests need, and the registries that are contacted over plain HTTP. */
export type ApiOptions = {
  readonly http: Pick<Http, "reach" | "isOpen">;
  readonly sessions: Pick<Sessions, "get" | "sentCredentials">;
  readonly insecureRegistries: ReadonlySet<string>;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
  /** Redacts the masked secrets in a text. */
  readonly withhold: (text: string) => string;
};

/** The answer to a request, at the end of its redirects. */
export type Reached = {
  readonly answer: HttpAnswer;
  readonly url: URL;
  /** True when credentials let it through, at the registry or where that redirected to. */
  readonly authenticated: boolean;
  /** False when anyone can read it: without credentials, at a public or a loopback address. */
  readonly private: boolean;
  /** The credentials that were refused, each with its reason. */
  readonly refusals: readonly string[];
};

/** Sends requests to a registry's API: with credentials, and through redirects. */
export class Api {
  readonly #options: ApiOptions;
  readonly #notices: Notices;
  /** Loopback registries that turned out to speak TLS, by host. */
  readonly #tlsOrigins = new Map<string, URL>();

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#notices = new Notices(options);
  }

  /** Docker Hub's remaining pulls, by registry: `76 of 100 pulls left per 21600 s`. */
  get remainingPulls(): ReadonlyMap<string, string> {
    return this.#notices.remainingPulls;
  }

  /**
   * The successful answer to a request for `path` below the repository. Fails with a
   * {@link RefusedError} for any other answer.
   */
  async send(repository: Repository, path: string, wanted: UnaddressedRequest): Promise<Reached> {
    const reached = await this.#follow(repository, path, wanted);
    const { status, headers, body } = reached.answer;
    this.#notices.read(repository.registry, headers);
    const isSuccess = status >= 200 && status < 300;
    if (isSuccess) return reached;
    const words = describeErrors(body, headers, this.#options.withhold);
    throw refusal(reached, words);
  }

  /** True when credentials were sent to the registry, be they accepted or refused. */
  sentCredentials(registry: string): boolean {
    return this.#options.sessions.sentCredentials(this.#origin(registry));
  }

  async #follow(
    repository: Repository,
    path: string,
    wanted: UnaddressedRequest,
  ): Promise<Reached> {
    const home = this.#origin(repository.registry);
    const trip = new Trip(home);
    const start = new URL(`/v2/${repository.repository}/${path}`, home);
    const send = (url: URL): Promise<Sent> => this.#hop(trip, repository, url, wanted);
    const { answer, url, refusals } = await followRedirects(start, send, expectSafe);
    if (trip.isAtHome && this.#speaksTls(home, answer)) {
      return this.#follow(repository, path, wanted);
    }
    const { authenticated, isOpen } = trip;
    return {
      answer,
      url,
      authenticated,
      private: authenticated || !isOpen,
      refusals,
    };
  }

  async #hop(
    trip: Trip,
    repository: Repository,
    url: URL,
    wanted: UnaddressedRequest,
  ): Promise<Sent> {
    const { sessions, http } = this.#options;
    trip.arriveAt(url);
    const session = sessions.get(url, repository, trip.isAtHome);
    const { namedBy } = trip;
    const sent = await session.send({ ...wanted, url, namedBy });
    const { authenticated } = sent;
    if (authenticated) wanted.carried?.();
    trip.leave(authenticated, http.isOpen(url), http.reach(url));
    return sent;
  }

  /**
   * True when a TLS port answered plain HTTP, as Go's HTTP server does. Plain HTTP is only the
   * default for loopback, where most registries speak it.
   */
  #speaksTls(home: URL, { status, body }: HttpAnswer): boolean {
    if (home.protocol !== "http:" || status !== 400) return false;
    if (!body.includes("HTTP request to an HTTPS server")) return false;
    const origin = new URL(`https://${home.host}/`);
    this.#tlsOrigins.set(home.host, origin);
    return true;
  }

  #origin(registry: string): URL {
    const origin = registryOrigin(registry, this.#options.insecureRegistries);
    return this.#tlsOrigins.get(origin.host) ?? origin;
  }
}

/** What is known along the redirects of one request. */
class Trip {
  readonly #home: URL;
  #isAtHome = true;
  #namedBy: NamedBy = "user";
  #authenticated = false;
  #isOpen = true;

  constructor(home: URL) {
    this.#home = home;
  }

  /** False after a redirect to another origin, even if that one redirects back. */
  get isAtHome(): boolean {
    return this.#isAtHome;
  }

  get namedBy(): NamedBy {
    return this.#isAtHome ? "user" : this.#namedBy;
  }

  /** True when credentials let one of the requests through. */
  get authenticated(): boolean {
    return this.#authenticated;
  }

  /** True when every address on the way is known, and public or loopback. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  arriveAt(url: URL): void {
    this.#isAtHome &&= url.origin === this.#home.origin;
  }

  /** Records how a request went. The farthest host on the way limits the next address. */
  leave(authenticated: boolean, isOpen: boolean, reach: Reach): void {
    this.#authenticated ||= authenticated;
    this.#isOpen &&= isOpen;
    this.#namedBy = farther(this.#namedBy, reach);
  }
}

/** A redirect must be to a plain http or https URL, and never from https to http. */
function expectSafe(from: URL, to: URL): void {
  if (!isPlainUrl(to)) {
    const found = `${from.host} redirects to ${to.protocol}//${to.host}`;
    throw refuseRedirect(`${found}, which is not a plain https URL`);
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw refuseRedirect(`${from.host} is https, ${to.host} would be plain http`);
  }
}

function refuseRedirect(found: string): PullError {
  return new PullError("redirect-refused", `redirect refused: ${found}`);
}
