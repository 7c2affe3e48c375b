import { BodyError } from "../http/body.ts";
import type { Http, HttpAnswer, HttpRequest } from "../http/http.ts";
import type { Repository } from "../oci/reference.ts";
import { type Challenge, chooseChallenge } from "./challenge.ts";
import type { Keychain } from "./credentials.ts";
import { type Candidates, type Grant, Grants } from "./grants.ts";
import type { KnownOrigin } from "./known-origin.ts";
import type { TokenService } from "./token.ts";

/** What a session needs. */
export type SessionOptions = {
  readonly http: Pick<Http, "send">;
  readonly keychain: Pick<Keychain, "find">;
  readonly tokens: Pick<TokenService, "obtain">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** An answer, and how credentials mattered for it. */
export type Sent = {
  readonly answer: HttpAnswer;
  /** True when credentials let the request through. */
  readonly authenticated: boolean;
  /** The credentials that were refused so far, each with its reason. */
  readonly refusals: readonly string[];
};

type ObtainGrant = () => Promise<Grant | undefined>;

// After so many refused tokens, each accepted for other requests, the request itself is refused.
const REFRESH_LIMIT = 5;
// Only the headers of the answer to `/v2/` are needed.
const PING_LIMIT = 64 * 1024;

/** Sends the requests for one repository to one origin, and answers its challenges. */
export class Session {
  readonly #options: SessionOptions;
  readonly #origin: KnownOrigin;
  readonly #repository: Repository;
  /** True for the registry's own origin, which alone gets credentials. */
  readonly #isHome: boolean;
  readonly #candidates: Promise<Candidates>;
  readonly #grants: Grants;
  /** Grants that let a request through: a later refusal means that they expired. */
  readonly #accepted = new Set<Grant>();
  #grant: Promise<Grant | undefined> | undefined;
  #first: Promise<unknown> | undefined;
  #warned = false;

  constructor(
    options: SessionOptions,
    origin: KnownOrigin,
    repository: Repository,
    isHome: boolean,
  ) {
    this.#options = options;
    this.#origin = origin;
    this.#repository = repository;
    this.#isHome = isHome;
    const { keychain, tokens } = options;
    const found = isHome ? keychain.find(repository) : Promise.resolve([]);
    // Anonymous comes last: refused credentials must not stand between a job and a public image.
    this.#candidates = found.then((credentials) => [...credentials, undefined]);
    this.#grants = new Grants(origin, this.#candidates, tokens);
  }

  /**
   * The answer to `request`, authorized as the origin asks. A 401 or 403 is returned only after all
   * credentials were tried. The first request to an origin, and the first for a repository, are
   * sent alone: the challenge that they learn saves all others a refusal. Other repositories wait
   * for the challenge only, so that all ask for their tokens together. Those with credentials wait
   * until the first request has its answer: credentials that it finds wrong are not sent again. A
   * request with a sink is never such a first one, because its body is large. At hosts that a
   * registry redirects to, nothing waits.
   */
  send(request: HttpRequest): Promise<Sent> {
    if (!this.#isHome) return this.#converse(request);
    const before = this.#first ?? this.#beforeFirst();
    const converse = (): Promise<Sent> => this.#converse(request);
    const conversation = before === undefined ? converse() : before.then(converse, converse);
    if (request.sink !== undefined) return conversation;
    this.#first ??= conversation;
    this.#origin.startWith(conversation);
    return conversation;
  }

  /** What the first request for this repository waits for; undefined for the origin's first. */
  #beforeFirst(): Promise<unknown> | undefined {
    const { first, introduction } = this.#origin;
    if (first === undefined) return undefined;
    return Promise.all([introduction, this.#candidates]).then(([, candidates]) =>
      candidates.some(isCredential) ? first : undefined,
    );
  }

  async #converse(request: HttpRequest): Promise<Sent> {
    let grant = await this.#current();
    for (let refused = 0; ; refused++) {
      const answer = await this.#sendWith(grant, request);
      const isRefused = answer.status === 401 || answer.status === 403;
      if (!isRefused) {
        this.#accept(grant);
        return this.#sent(answer, grant?.authenticated ?? false);
      }
      const better = await this.#renew(grant, answer, refused);
      if (better === undefined) return this.#sent(answer, false);
      grant = better;
    }
  }

  #sent(answer: HttpAnswer, authenticated: boolean): Sent {
    return { answer, authenticated, refusals: this.#grants.refusals };
  }

  async #sendWith(grant: Grant | undefined, request: HttpRequest): Promise<HttpAnswer> {
    const authorized = grant === undefined ? {} : { authorization: grant.authorization };
    const headers = { ...request.headers, ...authorized };
    const sink = grant?.authenticated ? reportingSink(request) : request.sink;
    try {
      return await this.#options.http.send({ ...request, headers, sink });
    } catch (error) {
      // A body that was cut had been let through.
      if (error instanceof BodyError) this.#accept(grant);
      throw error;
    }
  }

  #accept(grant: Grant | undefined): void {
    if (grant !== undefined) this.#accepted.add(grant);
    const { refusals } = this.#grants;
    if (refusals.length === 0 || this.#warned) return;
    this.#warned = true;
    const found = "credentials were refused, and the request succeeded without them";
    const reasons = refusals.join("; ");
    const { host } = this.#origin.url;
    this.#options.warn(`${host}: ${found}: ${reasons}`);
  }

  /** The grant in force. A new one is obtained when the origin wants one or the old one expires. */
  async #current(): Promise<Grant | undefined> {
    const grant = await this.#settled();
    const now = this.#options.now();
    if (grant !== undefined && grant.expires > now) return grant;
    const { challenge } = this.#origin;
    const isAnonymous = this.#grant !== undefined && grant === undefined;
    if (challenge === undefined || isAnonymous) return undefined;
    const scope = grant?.scope ?? this.#scope();
    return this.#replace(() => this.#grants.obtain(challenge, scope));
  }

  /** A grant to try after `used` was refused; undefined when none is left. */
  async #renew(
    used: Grant | undefined,
    answer: HttpAnswer,
    refused: number,
  ): Promise<Grant | undefined> {
    const challenge = (await this.#challengeOf(answer)) ?? this.#origin.challenge;
    const latest = await this.#settled();
    // Nothing waits from here to #replace: of requests refused together only the first renews.
    if (latest !== used) return latest;
    const wasAccepted = used !== undefined && this.#accepted.has(used);
    const isForbidden = answer.status === 403 && wasAccepted;
    if (challenge === undefined || isForbidden) return undefined;
    this.#origin.learn(challenge);
    const scope = challenge.parameters.get("scope") ?? this.#scope();
    const isOtherScope = refused === 0 && used?.scope !== scope;
    // A grant that was accepted before has expired, or the registry forgot it.
    const isWorthRenewing = refused < REFRESH_LIMIT && (wasAccepted || isOtherScope);
    return this.#replace(async () => {
      if (used !== undefined && !isWorthRenewing) {
        const { status } = answer;
        const words = `answered ${status}`;
        await this.#grants.refuse({ refused: words, status });
      }
      return this.#grants.obtain(challenge, scope);
    });
  }

  /** The last grant, once no other is being obtained. */
  async #settled(): Promise<Grant | undefined> {
    for (;;) {
      const pending = this.#grant;
      const grant = await pending;
      if (pending === this.#grant) return grant;
    }
  }

  #replace(obtain: ObtainGrant): Promise<Grant | undefined> {
    const grant = obtain();
    this.#grant = grant;
    // After a failure of the token service the next request asks it again.
    grant.catch(() => {
      if (this.#grant === grant) this.#grant = undefined;
    });
    return grant;
  }

  #scope(): string {
    return `repository:${this.#repository.repository}:pull`;
  }

  /**
   * The challenge of an answer. Some registries send it only with the answer to `/v2/`, which is
   * then requested once: https://github.com/containers/image/blob/main/docker/docker_client.go
   */
  async #challengeOf(answer: HttpAnswer): Promise<Challenge | undefined> {
    const challenge = chooseChallenge(answer.headers["www-authenticate"]);
    const isKnown = challenge !== undefined || this.#origin.challenge !== undefined;
    if (isKnown || answer.status !== 401 || !this.#isHome) return challenge;
    const { headers } = await this.#options.http.send({
      method: "GET",
      url: new URL("/v2/", this.#origin.url),
      headers: {},
      limit: PING_LIMIT,
      namedBy: "user",
    });
    return chooseChallenge(headers["www-authenticate"]);
  }
}

function isCredential(candidate: Candidates[number]): boolean {
  return candidate !== undefined;
}

/**
 * The request's sink, which reports credentials before the first byte: the bytes of a body that is
 * cut later are kept.
 */
function reportingSink({ sink, carried }: HttpRequest): HttpRequest["sink"] {
  if (sink === undefined) return undefined;
  const begin: typeof sink.begin = (status, headers) => {
    carried?.();
    return sink.begin(status, headers);
  };
  return { ...sink, begin };
}
