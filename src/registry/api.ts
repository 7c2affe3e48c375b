import type { IncomingHttpHeaders } from "node:http";
import { PullError, type Reason } from "../oci/failure.ts";
import { excerpt } from "../oci/json.ts";
import { farther, type NamedBy, registryOrigin } from "./address.ts";
import type { Authenticator } from "./auth.ts";
import { describeErrors } from "./errors.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";
import type { Image } from "./session.ts";

/** What requests need, and the registries it reaches over plain HTTP. */
export type ApiOptions = {
  readonly http: Pick<Http, "reach" | "isOpen">;
  readonly authenticator: Pick<Authenticator, "session">;
  readonly insecureRegistries: ReadonlySet<string>;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
  /** A text without the secrets that are masked. */
  readonly withhold: (text: string) => string;
};

/** What to ask for, below a repository. */
export type Wanted = Pick<HttpRequest, "method" | "headers" | "limit" | "sink" | "headOnly" | "attempts" | "carried">;

/** The answer to a request, at the end of its redirects. */
export type Reached = {
  readonly answer: HttpAnswer;
  readonly url: URL;
  /** True when credentials let it through, at the registry or where that redirected to. */
  readonly authenticated: boolean;
  /** True when not everybody can read it: credentials let it through, or its address is not known to be public. */
  readonly private: boolean;
};

/** What was reached, and whose credentials were refused on the way. */
type Followed = Reached & { readonly refusals: readonly string[] };

const REDIRECT_LIMIT = 5;
// "A registry MUST NOT send more than 4096 bytes of warning data from all headers combined":
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#warnings
const WARNING_BYTES = 4096;
// The runner keeps ten annotations of a type and step: half of them are left for other warnings.
const WARNING_LIMIT = 10 / 2;

/** Sends requests to a registry's API: at its origin, authorized, redirects followed, refusals as failures. */
export class Api {
  readonly #options: ApiOptions;
  readonly #origins = new Map<string, URL>();
  /** The warnings of each registry, and one more where there were more than are shown. */
  readonly #warnings = new Map<string, Set<string>>();
  readonly #remaining = new Map<string, string>();

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Docker Hub's count of pulls left, by registry, as its last answer gave it: `76 of 100 pulls left per 21600 s`. */
  get remainingPulls(): ReadonlyMap<string, string> {
    return this.#remaining;
  }

  /**
   * The successful answer to a request for `path` below the repository. Fails with a {@link RefusedError} when the registry's
   * answer is none.
   */
  async ask(image: Image, path: string, wanted: Wanted): Promise<Reached> {
    const reached = await this.#follow(image, path, wanted);
    const { answer } = reached;
    this.#note(image.registry, answer.headers);
    if (answer.status >= 200 && answer.status < 300) return reached;
    throw refusal(reached, describeErrors(answer.body, answer.headers, this.#options.withhold));
  }

  /** Redirects by hand: at most five, never from https to http, and no credentials beyond the registry's own origin. */
  async #follow(image: Image, path: string, wanted: Wanted): Promise<Followed> {
    const home = this.#origin(image.registry);
    let url = new URL(`/v2/${image.repository}/${path}`, home);
    // Who has once sent us away decides where we go: what comes back home from there comes without credentials.
    let atHome = true;
    let namedBy: NamedBy = "user";
    let authenticated = false;
    let open = true;
    for (let hop = 0; ; hop++) {
      atHome &&= url.origin === home.origin;
      const session = this.#options.authenticator.session(url, image, atHome);
      const sent = await session.send({ ...wanted, url, namedBy: atHome ? "user" : namedBy });
      const { answer } = sent;
      authenticated ||= sent.authenticated;
      if (sent.authenticated) wanted.carried?.();
      open &&= this.#options.http.isOpen(url);
      if (atHome && this.#speaksTls(home, answer)) return this.#follow(image, path, wanted);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || location === undefined) {
        return { answer, url, authenticated, private: authenticated || !open, refusals: session.refusals };
      }
      if (hop === REDIRECT_LIMIT)
        throw new PullError("redirect-refused", `redirect refused: ${home.host} answers with more than ${REDIRECT_LIMIT} redirects`);
      namedBy = farther(namedBy, this.#options.http.reach(url));
      url = nextHop(url, location);
    }
  }

  /** Go's servers, most registries among them, answer so to plain HTTP on a TLS port; loopback was only assumed to be plain. */
  #speaksTls(home: URL, answer: HttpAnswer): boolean {
    if (home.protocol !== "http:" || answer.status !== 400 || !answer.body.includes("HTTP request to an HTTPS server")) return false;
    this.#origins.set(home.host, new URL(`https://${home.host}/`));
    return true;
  }

  #origin(registry: string): URL {
    const origin = registryOrigin(registry, this.#options.insecureRegistries);
    return this.#origins.get(origin.host) ?? origin;
  }

  /** What registries say on the side: warnings and Docker Hub's limits. */
  #note(registry: string, headers: IncomingHttpHeaders): void {
    this.#warn(registry, String(headers["warning"] ?? "").slice(0, WARNING_BYTES));
    const [left, window] = String(headers["ratelimit-remaining"] ?? "").split(";w=");
    const [limit] = String(headers["ratelimit-limit"] ?? "").split(";w=");
    if (left && window) this.#remaining.set(registry, `${left} of ${limit || "?"} pulls left per ${window} s`);
  }

  /** Each warning once: https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
  #warn(registry: string, header: string): void {
    const known = this.#warnings.get(registry) ?? new Set();
    this.#warnings.set(registry, known);
    for (const [, text = ""] of header.matchAll(/299 [^\s"]+ "((?:[^"\\]|\\.){1,1024})"/g)) {
      if (known.has(text) || known.size > WARNING_LIMIT) continue;
      known.add(text);
      if (known.size <= WARNING_LIMIT) this.#options.warn(`${registry} warns: ${text}`);
      else this.#options.say(`${registry} sends more than ${WARNING_LIMIT} warnings: the others are not shown`);
    }
  }
}

function nextHop(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href))
    throw new PullError("redirect-refused", `redirect refused: ${from.host} redirects to an invalid URL`);
  const next = new URL(location, from);
  if (!/^https?:$/.test(next.protocol) || next.username !== "" || next.password !== "") {
    throw new PullError(
      "redirect-refused",
      `redirect refused: ${from.host} redirects to ${next.protocol}//${next.host}, which is not a plain https URL`,
    );
  }
  if (from.protocol === "https:" && next.protocol === "http:") {
    throw new PullError("redirect-refused", `redirect refused: ${from.host} is https, ${next.host} would be plain http`);
  }
  return next;
}

/** An answer that is no success, as the failure it means. */
export class RefusedError extends PullError {
  /** The answer's status code. */
  readonly answered: number;

  constructor(reason: Reason, message: string, answered: number) {
    super(reason, message);
    this.answered = answered;
  }
}

/** The status decides, the registry's code only explains: codes and bodies differ between registries, statuses hardly do. */
function refusal({ url, answer, refusals }: Followed, words: string): RefusedError {
  const { status } = answer;
  const head = `${url.host} answered ${status}${words === "" ? "" : ` ${words}`}`;
  return new RefusedError(reasonFor(status, refusals), `${head}${detailsOf(answer, refusals)}`, status);
}

function reasonFor(status: number, refusals: readonly string[]): Reason {
  if (status === 404) return "not-found";
  if (status === 401 || status === 403) return refusals.length === 0 ? "no-credentials" : "credentials-refused";
  if (status === 429) return "rate-limited";
  return status === 408 || status === 499 || status >= 500 ? "server-error" : "unexpected-answer";
}

/** What is known beside the registry's own words. */
function detailsOf({ status, headers }: HttpAnswer, refusals: readonly string[]): string {
  if (status === 429) return retryAfterWords(headers);
  if (status !== 401 && status !== 403) return "";
  return refusals.length === 0 ? "; no credentials are configured for it" : `; refused: ${refusals.join("; ")}`;
}

function retryAfterWords(headers: IncomingHttpHeaders): string {
  const after = excerpt(headers["retry-after"] ?? "");
  return after === "" ? "" : `; it asks to wait ${/^\d+$/.test(after) ? `${after} s` : `until ${after}`}`;
}
