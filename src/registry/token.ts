import type { Http, HttpAnswer, HttpRequest } from "../http/http.ts";
import { followRedirects } from "../http/redirects.ts";
import { PullError } from "../oci/failure.ts";
import type { Challenge } from "./challenge.ts";
import { basicValue, type Credential } from "./credential.ts";
import { describeErrors } from "./errors.ts";
import { isTrusted, readRealm } from "./realm.ts";

/** A bearer token and when it expires, in milliseconds since the epoch. */
export type Token = {
  readonly token: string;
  readonly expires: number;
};

/** Why there is no token for some credentials: the service's own message, and its status. */
export type Refusal = {
  readonly refused: string;
  readonly status: number;
};

/** What a token service needs. */
export type TokenServiceOptions = {
  readonly http: Pick<Http, "reach" | "send">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hosts that may receive the credentials of any registry. */
  readonly trustedRealms: ReadonlySet<string>;
  readonly mask: (secret: string) => void;
  /** Redacts the masked secrets in a text. */
  readonly withhold: (text: string) => string;
};

// containers/image has the same limit; a token is a JWT of a few KiB.
const TOKEN_LIMIT = 1024 * 1024;
// "If omitted, this defaults to 60 seconds", and no token should live shorter:
// https://distribution.github.io/distribution/spec/auth/token/
const SHORTEST_LIFE_MS = 60_000;
// Renewed a little early, so that no token expires in transit.
const EARLY_MS = 5_000;
// Real tokens have hundreds of characters.
const SECRET_LENGTH = 16;
const CLIENT_ID = "registry-pull";

type Field = readonly [name: string, value: string];

type TokenRequest = Pick<HttpRequest, "method" | "url" | "headers" | "body">;
type Answered = { readonly answer: HttpAnswer };

/** Exchanges credentials, or none, for bearer tokens at the service that a challenge names. */
export class TokenService {
  readonly #options: TokenServiceOptions;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
  }

  /**
   * A token for `scope`, or the service's refusal. Fails as `unauthorized` when the realm may not
   * receive the credentials, as `invalid` when realm or answer are malformed, and as `unreachable`
   * or `rate-limited` when the service does not work.
   */
  async obtain(
    registry: URL,
    challenge: Challenge,
    scope: string,
    credential: Credential | undefined,
  ): Promise<Token | Refusal> {
    const { trustedRealms, withhold } = this.#options;
    const realm = await readRealm(registry, challenge, credential, trustedRealms);
    const service = challenge.parameters.get("service");
    const fields: readonly Field[] = [
      ...(service ? [["service", service] as const] : []),
      ["scope", scope],
    ];
    const answer = await this.#ask(registry, realm, fields, credential);
    const { status } = answer;
    const isOwn = credential !== undefined;
    if (status === 200) return this.#read(realm, answer, isOwn);
    const words = describeErrors(answer.body, answer.headers, withhold);
    const isOutage = status === 429 || status === 408 || status >= 500;
    if (!isOutage) {
      const refused = `${realm.host} answered ${status} ${words}`.trim();
      return { refused, status };
    }
    const reason = status === 429 ? "rate-limited" : "server-error";
    throw new PullError(reason, `token service ${realm.host} answered ${status}: ${words}`);
  }

  async #ask(
    registry: URL,
    realm: URL,
    fields: readonly Field[],
    credential: Credential | undefined,
  ): Promise<HttpAnswer> {
    if (credential?.kind === "identity") {
      const answer = await this.#post(registry, realm, fields, credential.token);
      // Services without OAuth2 answer with these, and accept the token as a password:
      // https://github.com/containerd/containerd/blob/main/core/remotes/docker/authorizer.go
      if (answer.status !== 404 && answer.status !== 405) return answer;
    }
    return this.#get(registry, realm, fields, loginOf(credential));
  }

  #get(
    registry: URL,
    realm: URL,
    fields: readonly Field[],
    login: PasswordLogin | undefined,
  ): Promise<HttpAnswer> {
    const url = new URL(realm);
    const query = url.searchParams;
    for (const [name, value] of fields) query.append(name, value);
    if (login === undefined) {
      return this.#send(registry, { method: "GET", url, headers: {} });
    }
    const { username, password } = login;
    query.append("account", username);
    const headers = { authorization: `Basic ${basicValue(username, password)}` };
    return this.#send(registry, { method: "GET", url, headers });
  }

  /** https://distribution.github.io/distribution/spec/auth/oauth/ */
  #post(registry: URL, realm: URL, fields: readonly Field[], token: string): Promise<HttpAnswer> {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: token,
      client_id: CLIENT_ID,
    });
    for (const [name, value] of fields) form.append(name, value);
    return this.#send(registry, {
      method: "POST",
      url: realm,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
  }

  /** Follows redirects within the realm's own origin only: the request carries credentials. */
  async #send(registry: URL, request: TokenRequest): Promise<HttpAnswer> {
    const { http, trustedRealms } = this.#options;
    const isNamedByUser =
      request.url.origin === registry.origin || isTrusted(request.url, trustedRealms);
    const namedBy = isNamedByUser ? "user" : http.reach(registry);
    const send = async (url: URL): Promise<Answered> => {
      const hop: HttpRequest = { ...request, url, limit: TOKEN_LIMIT, namedBy };
      return { answer: await http.send(hop) };
    };
    const { answer } = await followRedirects(request.url, send, expectSameOrigin);
    return answer;
  }

  #read(realm: URL, answer: HttpAnswer, isOwn: boolean): Token {
    const { token, seconds } = readToken(realm, answer.body);
    // Anyone gets an anonymous token; masking a short one would garble the job's log.
    if (isOwn || token.length >= SECRET_LENGTH) this.#options.mask(token);
    const life = Math.max(seconds * 1_000, SHORTEST_LIFE_MS);
    return { token, expires: this.#options.now() + life - EARLY_MS };
  }
}

function expectSameOrigin(from: URL, to: URL): void {
  if (to.origin === from.origin) return;
  const found = `token service ${from.host} redirects to ${to.host}, another origin`;
  throw new PullError("redirect-refused", `redirect refused: ${found}`);
}

type TokenAnswer = {
  readonly token?: unknown;
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
};

type StatedToken = {
  readonly token: string;
  /** How long it is valid; 0 when that is not stated. */
  readonly seconds: number;
};

/** The token in an answer. */
function readToken(realm: URL, body: Buffer): StatedToken {
  const json = parseAnswer(realm, body);
  const stated = [json?.token, json?.access_token];
  const token = stated.find((value) => typeof value === "string" && value !== "");
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    const expected = `expected one in token or access_token of the answer of ${realm.host}`;
    throw new PullError("token-invalid", `token invalid: ${expected}`);
  }
  const life = json?.expires_in;
  const isStated = typeof life === "number" && life > 0;
  return { token, seconds: isStated ? life : 0 };
}

function parseAnswer(realm: URL, body: Buffer): TokenAnswer | null {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    const found = `the answer of ${realm.host} is not JSON`;
    throw new PullError("token-invalid", `token invalid: ${found}`, { cause });
  }
}

type PasswordLogin = {
  readonly username: string;
  readonly password: string;
};

function loginOf(credential: Credential | undefined): PasswordLogin | undefined {
  if (credential === undefined || credential.kind === "registry-token") return undefined;
  if (credential.kind === "password") return credential;
  return { username: credential.username, password: credential.token };
}
