import { BodyError } from "./body.ts";
import { type Challenge, chooseChallenge } from "./challenge.ts";
import { basicValue, type Credential, type Keychain } from "./credentials.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";
import type { Refusal, TokenService } from "./token.ts";

/** What a session needs: the wire, the credentials, the token services and the time in milliseconds. */
export type SessionOptions = {
  readonly http: Http;
  readonly keychain: Pick<Keychain, "find">;
  readonly tokens: Pick<TokenService, "fetch">;
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** Where something is asked for. */
export type Image = { readonly registry: string; readonly repository: string };

/** What is sent as Authorization, and what is known of it. */
type Grant = {
  readonly authorization: string;
  /** True for one that credentials were exchanged for, or that is made of them. */
  readonly authenticated: boolean;
  readonly scope: string;
  readonly expires: number;
  /** A request with it was not refused: a later refusal then means that it expired. */
  proven: boolean;
};

/** What one origin asks for; learned from its first challenge and then expected of every request to it. */
export type Origin = {
  readonly url: URL;
  challenge: Challenge | undefined;
  first: Promise<unknown> | undefined;
  /** Credentials it does not know, with its words: sent once and not for every repository, which some count as an attack. */
  readonly refused: Map<string, Refusal>;
};

/** An answer, and whether credentials let the request through. */
export type Sent = { readonly answer: HttpAnswer; readonly authenticated: boolean };

// A request that is refused with so many tokens that let others through is refused itself.
const REFRESH_LIMIT = 5;

/** Sends the requests for one repository to one origin, answering its challenges. */
export class Session {
  readonly #options: SessionOptions;
  readonly #origin: Origin;
  readonly #image: Image;
  /** The registry's own origin, which alone is owed credentials. */
  readonly #home: boolean;
  readonly #candidates: Promise<readonly (Credential | undefined)[]>;
  #at = 0;
  #grant: Promise<Grant | undefined> | undefined;
  #first: Promise<unknown> | undefined;
  readonly #refusals: string[] = [];
  #warned = false;

  constructor(options: SessionOptions, origin: Origin, image: Image, home: boolean) {
    this.#options = options;
    this.#origin = origin;
    this.#image = image;
    this.#home = home;
    // Anonymous comes last: credentials that are refused must not stand between a job and a public image.
    this.#candidates = home ? options.keychain.find(image).then((found) => [...found, undefined]) : Promise.resolve([undefined]);
  }

  /** Which credentials were refused, and in whose words; empty when none was. */
  get refusals(): readonly string[] {
    return this.#refusals;
  }

  /**
   * The answer to `request`, authorized as the origin asks. A 401 or 403 comes back only when everything was tried.
   * The first request to an origin, and to a repository, goes alone: what it learns spares all others a refusal. Large bodies are
   * no such first requests, and hosts that a registry redirects to have nothing to teach.
   */
  send(request: HttpRequest): Promise<Sent> {
    if (!this.#home) return this.#converse(request);
    const before = this.#first ?? this.#origin.first;
    const converse = (): Promise<Sent> => this.#converse(request);
    const conversation = before === undefined ? converse() : before.then(converse, converse);
    if (request.sink !== undefined) return conversation;
    this.#first ??= conversation;
    this.#origin.first ??= conversation;
    return conversation;
  }

  async #converse(request: HttpRequest): Promise<Sent> {
    let grant = await this.#current();
    for (let refused = 0; ; refused++) {
      const authorized = grant === undefined ? {} : { authorization: grant.authorization };
      const sink = grant?.authenticated ? noting(request) : request.sink;
      const authorizedRequest = { ...request, headers: { ...request.headers, ...authorized }, sink };
      const answer = await this.#options.http.exchange(authorizedRequest).catch((error: unknown) => {
        // A body that was cut was let through.
        if (error instanceof BodyError) this.#accept(grant);
        throw error;
      });
      if (answer.status !== 401 && answer.status !== 403) {
        this.#accept(grant);
        return { answer, authenticated: grant?.authenticated ?? false };
      }
      const better = await this.#renew(grant, answer, refused);
      if (better === undefined) return { answer, authenticated: false };
      grant = better;
    }
  }

  #accept(grant: Grant | undefined): void {
    if (grant !== undefined) grant.proven = true;
    if (this.#refusals.length === 0 || this.#warned) return;
    this.#warned = true;
    this.#options.warn(
      `${this.#origin.url.host}: credentials were refused and the request went through without them: ${this.#refusals.join("; ")}`,
    );
  }

  /** The grant in force, made now when the origin is known to want one or the old one is about to expire. */
  async #current(): Promise<Grant | undefined> {
    const grant = await this.#settled();
    if (grant !== undefined && grant.expires > this.#options.now()) return grant;
    const { challenge } = this.#origin;
    if (challenge === undefined || (this.#grant !== undefined && grant === undefined)) return undefined;
    return this.#replace(() => this.#obtain(challenge, grant?.scope ?? this.#scope()));
  }

  /** A grant to try after `used` was refused, or undefined when there is none. Requests refused together renew once. */
  async #renew(used: Grant | undefined, answer: HttpAnswer, refused: number): Promise<Grant | undefined> {
    const challenge = (await this.#challengeOf(answer)) ?? this.#origin.challenge;
    const latest = await this.#settled();
    // From here to #replace nothing waits, so that of many only the first renews.
    if (latest !== used) return latest;
    if (challenge === undefined || (answer.status === 403 && used?.proven)) return undefined;
    this.#origin.challenge = challenge;
    const scope = challenge.parameters.get("scope") ?? this.#scope();
    // A token that let something through was good: it has expired, or the registry forgot it.
    const expired = refused < REFRESH_LIMIT && ((used?.proven ?? false) || (refused === 0 && used?.scope !== scope));
    return this.#replace(async () => {
      if (used !== undefined && !expired) await this.#refuse({ refused: `answered ${answer.status}`, status: answer.status });
      return this.#obtain(challenge, scope);
    });
  }

  /** The last grant there is, once nobody is at work on another. */
  async #settled(): Promise<Grant | undefined> {
    for (;;) {
      const pending = this.#grant;
      const grant = await pending;
      if (pending === this.#grant) return grant;
    }
  }

  #replace(make: () => Promise<Grant | undefined>): Promise<Grant | undefined> {
    const grant = make();
    this.#grant = grant;
    // A token service that was down is asked again by the next request.
    grant.catch(() => {
      if (this.#grant === grant) this.#grant = undefined;
    });
    return grant;
  }

  /** A grant from the first candidate that gets one, this one or a later. */
  async #obtain(challenge: Challenge, scope: string): Promise<Grant | undefined> {
    const candidates = await this.#candidates;
    while (this.#at < candidates.length) {
      const credential = candidates[this.#at];
      const grant = this.#origin.refused.get(keyOf(credential)) ?? (await this.#grantFor(challenge, scope, credential));
      if (!("refused" in grant)) return grant;
      await this.#refuse(grant);
    }
    return undefined;
  }

  /** A grant, or why there is none. */
  async #grantFor(challenge: Challenge, scope: string, credential: Credential | undefined): Promise<Grant | Refusal> {
    const authenticated = credential !== undefined;
    if (credential?.kind === "registry-token") return grant(`Bearer ${credential.token}`, scope, { authenticated });
    if (challenge.scheme === "basic") {
      if (credential?.kind !== "password") return { refused: credential === undefined ? "" : "the registry wants a password", status: 0 };
      return grant(`Basic ${basicValue(credential.username, credential.password)}`, scope, { authenticated });
    }
    const token = await this.#options.tokens.fetch(this.#origin.url, challenge, scope, credential);
    return "refused" in token ? token : grant(`Bearer ${token.token}`, scope, { authenticated, expires: token.expires });
  }

  async #refuse(refusal: Refusal): Promise<void> {
    const credential = (await this.#candidates)[this.#at++];
    const { refused, status } = refusal;
    // A 401 is about the credentials, wherever they are sent; a 403 may be about this repository alone.
    if (credential !== undefined && status === 401) this.#origin.refused.set(keyOf(credential), refusal);
    if (credential !== undefined) this.#refusals.push(`${describe(credential)} (${refused})`);
    else if (refused !== "" && !refused.startsWith("answered ")) this.#refusals.push(`no credentials (${refused})`);
  }

  #scope(): string {
    return `repository:${this.#image.repository}:pull`;
  }

  /**
   * The challenge to answer: Bearer before Basic, other schemes skipped. Some registries refuse without one and name it
   * only at `/v2/` (https://github.com/containers/image/blob/main/docker/docker_client.go), so that is asked once.
   */
  async #challengeOf(answer: HttpAnswer): Promise<Challenge | undefined> {
    const challenge = chooseChallenge(answer.headers["www-authenticate"]);
    if (challenge !== undefined || answer.status !== 401 || this.#origin.challenge !== undefined || !this.#home) return challenge;
    const url = new URL("/v2/", this.#origin.url);
    const { headers } = await this.#options.http.exchange({ method: "GET", url, headers: {}, limit: 64 * 1024, namedBy: "user" });
    return chooseChallenge(headers["www-authenticate"]);
  }
}

/** The request's sink, which tells of credentials before it takes a byte: a cut leaves what came. */
function noting({ sink, carried }: HttpRequest): HttpRequest["sink"] {
  if (sink === undefined) return undefined;
  const begin: typeof sink.begin = (status, headers) => {
    carried?.();
    return sink.begin(status, headers);
  };
  return { ...sink, begin };
}

function grant(
  authorization: string,
  scope: string,
  { authenticated, expires = Number.POSITIVE_INFINITY }: { readonly authenticated: boolean; readonly expires?: number },
): Grant {
  return { authorization, authenticated, scope, expires, proven: false };
}

/** What tells one credential from another; nothing for anonymous, which is never refused for good. */
function keyOf(credential: Credential | undefined): string {
  return JSON.stringify(credential) ?? "";
}

function describe(credential: Credential): string {
  const user = credential.kind === "password" ? ` of ${credential.username}` : "";
  return `the credentials${user} from ${credential.source}`;
}
