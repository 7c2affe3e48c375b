import type { Challenge } from "./challenge.ts";
import { basicValue, type Credential } from "./credential.ts";
import type { KnownOrigin } from "./known-origin.ts";
import type { Refusal, TokenService } from "./token.ts";

/** The value of an Authorization header, and its properties. */
export type Grant = {
  readonly authorization: string;
  /** True when it was made from credentials, or exchanged for some. */
  readonly authenticated: boolean;
  readonly scope: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
};

/** The credentials of a repository in the order in which they are tried; undefined is anonymous. */
export type Candidates = readonly (Credential | undefined)[];

/** Gets grants for one repository from the first of its credentials that the origin accepts. */
export class Grants {
  readonly #origin: KnownOrigin;
  readonly #candidates: Promise<Candidates>;
  readonly #tokens: Pick<TokenService, "obtain">;
  readonly #refusals: string[] = [];
  /** The candidate to try next. */
  #at = 0;

  constructor(
    origin: KnownOrigin,
    candidates: Promise<Candidates>,
    tokens: Pick<TokenService, "obtain">,
  ) {
    this.#origin = origin;
    this.#candidates = candidates;
    this.#tokens = tokens;
  }

  /** The credentials that were refused so far, each with its reason. */
  get refusals(): readonly string[] {
    return [...this.#refusals];
  }

  /** A grant from this candidate or a later one; undefined when none is left. */
  async obtain(challenge: Challenge, scope: string): Promise<Grant | undefined> {
    const candidates = await this.#candidates;
    while (this.#at < candidates.length) {
      const credential = candidates[this.#at];
      const known = this.#origin.refusalOf(credential);
      const grant = known ?? (await this.#grantFor(challenge, scope, credential));
      if (!("refused" in grant)) return grant;
      await this.refuse(grant);
    }
    return undefined;
  }

  /** Moves on to the next candidate. */
  async refuse(refusal: Refusal): Promise<void> {
    const candidates = await this.#candidates;
    const credential = candidates[this.#at];
    this.#at++;
    const { refused, status } = refusal;
    if (credential !== undefined) {
      // A 401 is about the credentials; a 403 may be about this repository only.
      if (status === 401) this.#origin.reject(credential, refusal);
      this.#refusals.push(`${describe(credential)} (${refused})`);
    } else if (refused !== "" && !refused.startsWith("answered ")) {
      this.#refusals.push(`no credentials (${refused})`);
    }
  }

  /** A grant, or the reason why there is none. */
  async #grantFor(
    challenge: Challenge,
    scope: string,
    credential: Credential | undefined,
  ): Promise<Grant | Refusal> {
    const authenticated = credential !== undefined;
    const isUnusable = challenge.scheme === "basic" && credential?.kind === "identity";
    if (authenticated && !isUnusable) this.#origin.sendCredentials();
    const grant = (authorization: string, expires = Number.POSITIVE_INFINITY): Grant => ({
      authorization,
      authenticated,
      scope,
      expires,
    });
    if (credential?.kind === "registry-token") return grant(`Bearer ${credential.token}`);
    if (challenge.scheme === "basic") {
      if (credential?.kind !== "password") return noPassword(credential);
      const { username, password } = credential;
      return grant(`Basic ${basicValue(username, password)}`);
    }
    const { url } = this.#origin;
    const token = await this.#tokens.obtain(url, challenge, scope, credential);
    if ("refused" in token) return token;
    return grant(`Bearer ${token.token}`, token.expires);
  }
}

function noPassword(credential: Credential | undefined): Refusal {
  const refused = credential === undefined ? "" : "the registry wants a password";
  return { refused, status: 0 };
}

function describe(credential: Credential): string {
  const user = credential.kind === "password" ? ` of ${credential.username}` : "";
  return `the credentials${user} from ${credential.source}`;
}
