import { PullError } from "../oci/failure.ts";
import { isLoopbackHost, mayReceiveCredentials } from "./address.ts";
import type { Challenge } from "./challenge.ts";
import { basicValue, type Credential } from "./credentials.ts";
import { describeErrors } from "./errors.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";

/** A bearer token and the time it is good until, in milliseconds since the epoch. */
export type Token = { readonly token: string; readonly expires: number };

/** Why there is no token for these credentials: the service's own words, and its status. */
export type Refusal = { readonly refused: string; readonly status: number };

/** What a token service needs, and the hosts trusted with any registry's credentials. */
export type TokenServiceOptions = {
  readonly http: Http;
  readonly now: () => number;
  readonly trustedRealms: ReadonlySet<string>;
  readonly mask: (secret: string) => void;
  /** A text without the secrets that are masked. */
  readonly withhold: (text: string) => string;
};

// containers/image's limit; a token is a few KiB of JWT.
const TOKEN_LIMIT = 1024 * 1024;
// "If omitted, this defaults to 60 seconds", and no token should live shorter: https://distribution.github.io/distribution/spec/auth/token/
const SHORTEST_LIFE_MS = 60_000;
// Renewed a little early, so that none expires on its way.
const EARLY_MS = 5_000;
const REDIRECT_LIMIT = 5;
// Real ones have hundreds of characters.
const SECRET_LENGTH = 16;
const CLIENT_ID = "registry-pull";

/** Exchanges credentials, or nothing, for bearer tokens at the service a challenge names. */
export class TokenService {
  readonly #options: TokenServiceOptions;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
  }

  /**
   * A token for `scope`, or the service's refusal. Fails as `unauthorized` when the challenge's realm must not have the
   * credentials, as `invalid` when realm or answer are malformed, as `unreachable` when the service does not answer.
   */
  async fetch(registry: URL, challenge: Challenge, scope: string, credential: Credential | undefined): Promise<Token | Refusal> {
    const realm = await this.#checkRealm(registry, challenge.parameters.get("realm") ?? "", credential);
    const service = challenge.parameters.get("service");
    const fields: [string, string][] = [...(service ? [["service", service] as [string, string]] : []), ["scope", scope]];
    const answer = await this.#ask(registry, realm, fields, credential);
    const words = describeErrors(answer.body, answer.headers, this.#options.withhold);
    if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
      const reason = answer.status === 429 ? "rate-limited" : "server-error";
      throw new PullError(reason, `token service ${realm.host} answered ${answer.status}: ${words}`);
    }
    if (answer.status !== 200) {
      return { refused: `${realm.host} answered ${answer.status} ${words}`.trim(), status: answer.status };
    }
    return this.#read(realm, answer, credential !== undefined);
  }

  async #ask(registry: URL, realm: URL, fields: [string, string][], credential: Credential | undefined): Promise<HttpAnswer> {
    if (credential?.kind === "identity") {
      const answer = await this.#post(registry, realm, fields, credential.token);
      // Services without the OAuth2 form answer so, and take the token as a password: https://github.com/containerd/containerd/blob/main/core/remotes/docker/authorizer.go
      if (answer.status !== 404 && answer.status !== 405) return answer;
    }
    const login = credential === undefined || credential.kind === "registry-token" ? undefined : loginOf(credential);
    const url = new URL(realm);
    for (const [name, value] of login === undefined ? fields : [...fields, ["account", login.username] as const]) {
      url.searchParams.append(name, value);
    }
    const authorization = login && `Basic ${basicValue(login.username, login.password)}`;
    return this.#send(registry, { method: "GET", url, headers: authorization === undefined ? {} : { authorization } });
  }

  /** https://distribution.github.io/distribution/spec/auth/oauth/ */
  #post(registry: URL, realm: URL, fields: [string, string][], token: string): Promise<HttpAnswer> {
    const form = new URLSearchParams([["grant_type", "refresh_token"], ["refresh_token", token], ["client_id", CLIENT_ID], ...fields]);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.#send(registry, { method: "POST", url: realm, headers, body: form.toString() });
  }

  /** Redirects within the realm's own origin are followed; nothing is carried elsewhere. */
  async #send(registry: URL, request: Pick<HttpRequest, "method" | "url" | "headers" | "body">): Promise<HttpAnswer> {
    const namedBy = request.url.origin === registry.origin ? "user" : this.#options.http.reach(registry);
    let url = request.url;
    for (let hop = 0; ; hop++) {
      const answer = await this.#options.http.exchange({
        ...request,
        url,
        limit: TOKEN_LIMIT,
        namedBy: this.#trusts(url) ? "user" : namedBy,
      });
      const location = answer.headers.location;
      if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer;
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (next?.origin !== url.origin || hop === REDIRECT_LIMIT) {
        throw new PullError(
          "redirect-refused",
          `redirect refused: token service ${url.host} sends to ${next?.host ?? "something that is no URL"}, which is not followed`,
        );
      }
      url = next;
    }
  }

  #trusts(realm: URL): boolean {
    return this.#options.trustedRealms.has(realm.host) || this.#options.trustedRealms.has(realm.hostname);
  }

  async #checkRealm(registry: URL, realm: string, credential: Credential | undefined): Promise<URL> {
    const shown = JSON.stringify(realm.slice(0, 200));
    if (realm === "" || !URL.canParse(realm, registry.href)) {
      throw new PullError("realm-invalid", `realm refused: expected a URL in the challenge of ${registry.host}, got ${shown}`);
    }
    const url = new URL(realm, registry);
    const downgrade = registry.protocol === "https:" && url.protocol === "http:";
    if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
      throw new PullError("realm-invalid", `realm refused: ${shown} in the challenge of ${registry.host} is not a plain https URL`);
    }
    if (downgrade)
      throw new PullError("realm-downgrade", `realm downgrade refused: ${registry.host} is https, its realm ${url.origin} is not`);
    // A server on the runner's own loopback may be anybody's: even an anonymous request there needs the user's word.
    const loopback = isLoopbackHost(url) && url.origin !== registry.origin && !this.#trusts(url);
    if (loopback || (credential !== undefined && !(await mayReceiveCredentials(url, registry, this.#options.trustedRealms)))) {
      const what = credential === undefined ? "nothing is sent" : `the credentials from ${credential.source} are not sent`;
      throw new PullError(
        "realm-refused",
        `realm refused: ${registry.host} asks for a token from ${url.host}, which is not its own domain, so ${what} there`,
        { next: `if that is its token service, add ${url.host} to trusted-realms` },
      );
    }
    return url;
  }

  #read(realm: URL, answer: HttpAnswer, isOwn: boolean): Token {
    let json: { token?: unknown; access_token?: unknown; expires_in?: unknown } | null;
    try {
      json = JSON.parse(answer.body.toString());
    } catch (cause) {
      throw new PullError("token-invalid", `token invalid: the answer of ${realm.host} is not JSON`, { cause });
    }
    const token = [json?.token, json?.access_token].find((value) => typeof value === "string" && value !== "");
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
      throw new PullError("token-invalid", `token invalid: expected one in token or access_token of the answer of ${realm.host}`);
    }
    // What a stranger's service gives to everybody is no secret, and masking a short word would garble the job's log.
    if (isOwn || token.length >= SECRET_LENGTH) this.#options.mask(token);
    const seconds = typeof json?.expires_in === "number" && json.expires_in > 0 ? json.expires_in : 0;
    return { token, expires: this.#options.now() + Math.max(seconds * 1_000, SHORTEST_LIFE_MS) - EARLY_MS };
  }
}

function loginOf(credential: Exclude<Credential, { kind: "registry-token" }>): { username: string; password: string } {
  return credential.kind === "password" ? credential : { username: credential.username, password: credential.token };
}
