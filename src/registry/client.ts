import type { IncomingHttpHeaders } from "node:http";
import type { Descriptor } from "../oci/descriptor.ts";
import { algorithmOf, asDigest, type Digest, digestOf } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { ACCEPT } from "../oci/media-type.ts";
import { documentContent } from "../oci/schema1.ts";
import { registryOrigin } from "./address.ts";
import type { Authenticator } from "./auth.ts";
import { describeErrors, mediaTypeOf } from "./errors.ts";
import type { Http, HttpAnswer, HttpRequest } from "./http.ts";
import type { Session } from "./session.ts";

type Image = { readonly registry: string; readonly repository: string };

/** A manifest as it was received, its digest computed from these bytes. */
export type Fetched = {
  readonly bytes: Buffer;
  /** The part of `bytes` that the digest is over: all of them, but for a signed schema 1 manifest. */
  readonly content: Buffer;
  readonly digest: Digest;
  /** The Content-Type without parameters, in lower case; may be empty or generic. */
  readonly mediaType: string;
  /** True when credentials were needed, or at least used, to get it. */
  readonly authenticated: boolean;
};

/** What a client needs, and the registries it reaches over plain HTTP. */
export type RegistryClientOptions = {
  readonly http: Http;
  readonly authenticator: Pick<Authenticator, "session">;
  readonly insecureRegistries: ReadonlySet<string>;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
};

// The specification asks registries to take manifests of at least 4 MiB, and most take no more:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
const MANIFEST_LIMIT = 4 * 1024 * 1024;
const REDIRECT_LIMIT = 5;

/** Speaks the distribution API, reading only: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull */
export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #origins = new Map<string, URL>();
  readonly #documents = new Map<string, Promise<unknown>>();
  readonly #said = new Set<string>();
  readonly #remaining = new Map<string, string>();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
  }

  /** Docker Hub's count of pulls left, by registry, as its last answer gave it: `76 of 100 per 21600 s`. */
  get remainingPulls(): ReadonlyMap<string, string> {
    return this.#remaining;
  }

  /**
   * The manifest a tag or digest names. By digest it is fetched once a run, and its bytes have that digest.
   * Fails with the status the registry's answer means, and as `invalid` when digest, or announced digest, and bytes differ.
   */
  manifest(image: Image, reference: string): Promise<Fetched> {
    const digest = asDigest(reference);
    return digest === undefined
      ? this.#verified(() => this.#manifest(image, reference, undefined))
      : this.#once(`${image.registry}/${image.repository} manifest ${digest}`, () => this.#manifest(image, digest, digest));
  }

  async #manifest(image: Image, reference: string, expected: Digest | undefined): Promise<Fetched> {
    const { answer, session } = await this.#get(image, `manifests/${reference}`, { accept: ACCEPT }, MANIFEST_LIMIT);
    const content = documentContent(answer.body);
    const announced = asDigest(String(answer.headers["docker-content-digest"] ?? ""));
    const digest = check(content, expected, "asked for") ?? check(content, announced, "the registry announced");
    const sha256 = digest?.startsWith("sha256:") ? digest : digestOf(content);
    return {
      bytes: answer.body,
      content,
      digest: expected ?? sha256,
      mediaType: mediaTypeOf(answer.headers),
      authenticated: session.authenticated,
    };
  }

  /** The digest a registry claims for a tag, by HEAD; undefined when it claims none. Fails as `manifest` does. */
  async claimedDigest(image: Image, tag: string): Promise<Digest | undefined> {
    const { answer } = await this.#head(image, `manifests/${tag}`, { accept: ACCEPT });
    return asDigest(String(answer.headers["docker-content-digest"] ?? ""));
  }

  /** The blob a descriptor points at, fetched once a run; for small ones, like configs. Fails as `manifest` does. */
  blob(image: Image, descriptor: Pick<Descriptor, "digest" | "size">): Promise<Buffer> {
    const { digest, size } = descriptor;
    return this.#once(`${image.registry}/${image.repository} blob ${digest}`, async () => {
      if (size > MANIFEST_LIMIT) {
        throw new PullError("invalid", `too large: ${digest} has ${size} bytes, expected at most ${MANIFEST_LIMIT}`);
      }
      const { answer } = await this.#get(image, `blobs/${digest}`, {}, size);
      check(answer.body, digest, "asked for");
      return answer.body;
    });
  }

  /** The size in bytes that a registry states for a blob, by HEAD; undefined when it states none. Fails as `manifest` does. */
  blobSize(image: Image, digest: Digest): Promise<number | undefined> {
    return this.#once(`${image.registry}/${image.repository} size ${digest}`, async () => {
      const { answer } = await this.#head(image, `blobs/${digest}`, {});
      const length = answer.headers["content-length"] ?? answer.headers["content-range"]?.split("/")[1];
      return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
    });
  }

  /** What `fetch` gives; bytes with another digest are fetched once more, as most come from a proxy that has cut them. */
  async #verified<T>(fetch: () => Promise<T>): Promise<T> {
    try {
      return await fetch();
    } catch (error) {
      if (!(error instanceof DigestError)) throw error;
      this.#options.say(`${error.message}; asking once more`);
      return fetch();
    }
  }

  /** One fetch for all who ask; a failure is forgotten, so that a later try asks again. */
  #once<T>(key: string, fetch: () => Promise<T>): Promise<T> {
    const known = this.#documents.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const started = this.#verified(fetch);
    this.#documents.set(key, started);
    started.catch(() => this.#documents.delete(key));
    return started;
  }

  #get(image: Image, path: string, headers: Record<string, string>, limit: number): Promise<Reached> {
    return this.#ask(image, path, { method: "GET", headers, limit });
  }

  /** Registries without HEAD are asked for the first byte instead: https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go */
  async #head(image: Image, path: string, headers: Record<string, string>): Promise<Reached> {
    const reached = await this.#ask(image, path, { method: "HEAD", headers, limit: 0 }, [405, 501]);
    if (reached.answer.status < 300) return reached;
    return this.#ask(image, path, { method: "GET", headers: { ...headers, range: "bytes=0-0" }, limit: 1 });
  }

  async #ask(image: Image, path: string, wanted: Wanted, tolerated: readonly number[] = []): Promise<Reached> {
    const reached = await this.#follow(image, path, wanted);
    const { answer, session } = reached;
    this.#note(image.registry, answer.headers);
    if ((answer.status >= 200 && answer.status < 300) || tolerated.includes(answer.status)) return reached;
    throw refusal(reached.url, answer, session);
  }

  /** Redirects by hand: at most five, never from https to http, and no credentials beyond the registry's own origin. */
  async #follow(image: Image, path: string, wanted: Wanted): Promise<Reached> {
    const home = this.#origin(image.registry);
    let url = new URL(`/v2/${image.repository}/${path}`, home);
    for (let hop = 0; ; hop++) {
      const atHome = url.origin === home.origin;
      const session = this.#options.authenticator.session(url, image, atHome);
      const answer = await session.send({ ...wanted, url, namedBy: atHome ? "user" : this.#options.http.reach(home) });
      if (atHome && this.#speaksTls(home, answer)) return this.#follow(image, path, wanted);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || location === undefined) return { answer, session, url };
      if (hop === REDIRECT_LIMIT) throw new PullError("invalid", `${home.host}: more than ${REDIRECT_LIMIT} redirects`);
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

  /** What registries say on the side: warnings (https://www.rfc-editor.org/rfc/rfc7234#section-5.5) and Docker Hub's limits. */
  #note(registry: string, headers: IncomingHttpHeaders): void {
    for (const [, text] of String(headers["warning"] ?? "").matchAll(/299 [^\s"]+ "((?:[^"\\]|\\.){1,1024})"/g)) {
      const line = `${registry} warns: ${text}`;
      if (!this.#said.has(line)) this.#options.warn(line);
      this.#said.add(line);
    }
    const [left, window] = String(headers["ratelimit-remaining"] ?? "").split(";w=");
    const [limit] = String(headers["ratelimit-limit"] ?? "").split(";w=");
    if (left && window) this.#remaining.set(registry, `${left} of ${limit || "?"} pulls left per ${window} s`);
  }
}

type Wanted = Pick<HttpRequest, "method" | "headers" | "limit">;
type Reached = { readonly answer: HttpAnswer; readonly session: Session; readonly url: URL };

class DigestError extends PullError {}

/** The expected digest once `content` has it; undefined when none is expected. */
function check(content: Buffer, expected: Digest | undefined, who: string): Digest | undefined {
  if (expected === undefined) return undefined;
  const got = digestOf(content, algorithmOf(expected));
  if (got === expected) return expected;
  throw new DigestError("invalid", `digest differs: ${who} ${expected}, got ${content.length} bytes that have ${got}`);
}

function nextHop(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw new PullError("invalid", `${from.host} redirects to something that is no URL`);
  const next = new URL(location, from);
  if (!/^https?:$/.test(next.protocol) || next.username !== "" || next.password !== "") {
    throw new PullError(
      "invalid",
      `redirect refused: ${from.host} sends to ${next.protocol}//${next.host}, which is not a plain https URL`,
    );
  }
  if (from.protocol === "https:" && next.protocol === "http:") {
    throw new PullError("invalid", `redirect refused: ${from.host} is https, ${next.host} would be plain http`);
  }
  return next;
}

/** The status decides, the registry's code only explains: codes and bodies differ between registries, statuses hardly do. */
function refusal(url: URL, answer: HttpAnswer, session: Session): PullError {
  const words = describeErrors(answer.body, answer.headers);
  const head = `${url.host} answered ${answer.status}${words === "" ? "" : ` ${words}`}`;
  const { status } = answer;
  if (status === 404)
    return new PullError("not-found", `${head}; check the repository and the tag, or set wait-timeout if it is still being pushed`);
  if (status === 401 || status === 403) return new PullError("unauthorized", `${head}; ${unauthorizedHint(session.refusals)}`);
  if (status === 429) return new PullError("rate-limited", `${head}${retryAfterHint(answer.headers)}`);
  return new PullError(status === 408 || status === 499 || status >= 500 ? "unreachable" : "invalid", head);
}

function unauthorizedHint(refusals: readonly string[]): string {
  const tried = refusals.length === 0 ? "no credentials are configured for it" : `refused: ${refusals.join("; ")}`;
  return `${tried}. Registries answer so for what does not exist, too: check the name, then the credentials in registry-auth`;
}

function retryAfterHint(headers: IncomingHttpHeaders): string {
  const after = headers["retry-after"];
  return after === undefined ? "" : `; it asks to wait ${/^\d+$/.test(after) ? `${after} s` : `until ${after}`}`;
}
