import type { IncomingHttpHeaders } from "node:http";
import type { Descriptor } from "../oci/descriptor.ts";
import { algorithmOf, asDigest, type Digest, digestOf } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, parseJson } from "../oci/json.ts";
import { ACCEPT, isSchema1 } from "../oci/media-type.ts";
import { isTag } from "../oci/reference.ts";
import { documentContent } from "../oci/schema1.ts";
import { type Api, type Reached, RefusedError } from "./api.ts";
import { mediaTypeOf } from "./errors.ts";
import { nextPage } from "./link.ts";
import type { Image } from "./session.ts";

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
  /** True when not everybody can read it there, or nothing says that they can. */
  readonly private: boolean;
};

/** What a registry says of a manifest without showing it. */
export type Claim = Pick<Fetched, "authenticated" | "private"> & { readonly digest: Digest | undefined };

// The largest layer Docker Hub takes: https://docs.docker.com/docker-hub/repos/manage/hub-images/push/
const LAYER_BYTES = 10 * 1024 ** 3;
// Registries give a hundred or a thousand tags a page; who has more of them than ten pages is not helped by a list.
const PAGE_LIMIT = 10;
const TAG_LIMIT = 1_000;

/** Speaks the distribution API, reading only: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull */
export class RegistryClient {
  readonly #api: Pick<Api, "ask">;
  readonly #say: (line: string) => void;
  readonly #documents = new Map<string, Promise<unknown>>();

  constructor(api: Pick<Api, "ask">, say: (line: string) => void) {
    this.#api = api;
    this.#say = say;
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
    const reached = await this.#get(image, `manifests/${reference}`, { accept: ACCEPT }, DOCUMENT_BYTES);
    const { answer, authenticated } = reached;
    const mediaType = mediaTypeOf(answer.headers);
    // Of all documents only schema 1 may have its digest over a part of its bytes, and registries name that type.
    const content = isSchema1(mediaType) ? documentContent(answer.body) : answer.body;
    const announced = asDigest(String(answer.headers["docker-content-digest"] ?? ""));
    const digest = check(content, expected, "asked for") ?? check(content, announced, "the registry announced");
    const sha256 = digest?.startsWith("sha256:") ? digest : digestOf(content);
    return {
      bytes: answer.body,
      content,
      digest: expected ?? sha256,
      mediaType,
      authenticated,
      private: reached.private,
    };
  }

  /** The digest a registry claims for a tag or digest, by HEAD; none where it claims none. Fails as `manifest` does. */
  async claim(image: Image, reference: string): Promise<Claim> {
    const reached = await this.#head(image, `manifests/${reference}`, { accept: ACCEPT });
    const digest = asDigest(String(reached.answer.headers["docker-content-digest"] ?? ""));
    return { digest, authenticated: reached.authenticated, private: reached.private };
  }

  /** The blob a descriptor points at, fetched once a run; for small ones, like configs. Fails as `manifest` does. */
  blob(image: Image, descriptor: Pick<Descriptor, "digest" | "size">): Promise<Pick<Fetched, "bytes" | "private">> {
    const { digest, size } = descriptor;
    return this.#once(`${image.registry}/${image.repository} blob ${digest} ${size}`, async () => {
      if (size > DOCUMENT_BYTES) {
        throw new PullError("too-large", `too large: ${digest} has ${size} bytes, expected at most ${DOCUMENT_BYTES}`);
      }
      const reached = await this.#get(image, `blobs/${digest}`, {}, size).catch((error: unknown) => {
        throw error instanceof PullError && error.reason === "too-large" ? differs(digest, size, "more") : error;
      });
      const bytes = reached.answer.body;
      check(bytes, digest, "asked for");
      if (bytes.length === size) return { bytes, private: reached.private };
      throw differs(digest, size, `${bytes.length}`);
    });
  }

  /** The size in bytes that a registry states for a blob, by HEAD; undefined when it states none. Fails as `manifest` does. */
  blobSize(image: Image, digest: Digest): Promise<number | undefined> {
    return this.#once(`${image.registry}/${image.repository} size ${digest}`, async () => {
      const { answer } = await this.#head(image, `blobs/${digest}`, {});
      return statedSize(answer.status, answer.headers);
    });
  }

  /**
   * The size in bytes of a blob whose size no HEAD states: what a GET states or, where that states none either, what it sends,
   * counted. Fails as `manifest` does, and as `invalid` when there are more than 10 GiB.
   */
  measure(image: Image, digest: Digest): Promise<number> {
    return this.#once(`${image.registry}/${image.repository} measured ${digest}`, async () => {
      const { answer } = await this.#first(image, `blobs/${digest}`, {});
      return statedSize(answer.status, answer.headers) ?? this.#count(image, digest);
    });
  }

  /**
   * The tags of a repository, in the registry's order, as far as ten pages go; what is no tag is left out. Listed once a run.
   * Fails as `manifest` does. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
   */
  tags(image: Image): Promise<readonly string[]> {
    return this.#once(`${image.registry}/${image.repository} tags`, async () => {
      let tags: readonly string[] = [];
      let path: string | undefined = "tags/list";
      for (let page = 0; page < PAGE_LIMIT && path !== undefined; page++) {
        const { answer, url }: Reached = await this.#get(image, path, {}, DOCUMENT_BYTES);
        const json = asObject(parseJson(answer.body, "list of tags"), "list of tags");
        tags = [...tags, ...asList(json["tags"], "tags").filter(isTag).slice(0, TAG_LIMIT)];
        const next = nextPage(String(answer.headers["link"] ?? ""), url);
        // Only ever another page of the same list, whatever the link says.
        path = next && `tags/list${next.search}`;
      }
      return tags;
    });
  }

  /** What `fetch` gives; bytes with another digest are fetched once more, as most come from a proxy that has cut them. */
  async #verified<T>(fetch: () => Promise<T>): Promise<T> {
    try {
      return await fetch();
    } catch (error) {
      if (!(error instanceof DigestError)) throw error;
      this.#say(`${error.found}; retrying once`);
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

  async #get(image: Image, path: string, headers: Record<string, string>, limit: number): Promise<Reached> {
    const reached = await this.#api.ask(image, path, { method: "GET", headers, limit });
    const { status } = reached.answer;
    // A part, or nothing, where the whole was asked for is no document, whatever can be read in it.
    if (status !== 200)
      throw new PullError("unexpected-answer", `${reached.url.host} answered ${status} to a request for ${path}: expected 200`);
    return reached;
  }

  /**
   * The answer to a HEAD. A refused one has no words: a GET of the first byte then gets the registry's own, and registries
   * without HEAD are asked so, too: https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go
   */
  async #head(image: Image, path: string, headers: Record<string, string>): Promise<Reached> {
    try {
      return await this.#api.ask(image, path, { method: "HEAD", headers, limit: 0 });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      // What HEAD was refused again and again is not asked for again and again.
      const attempts = error.answered === 405 || error.answered === 501 ? undefined : 1;
      return this.#first(image, path, headers, attempts);
    }
  }

  /** The head of the answer to a GET of the first byte; not every registry gives a part where it is asked for one. */
  #first(image: Image, path: string, headers: Record<string, string>, attempts?: number): Promise<Reached> {
    const ranged = { ...headers, range: "bytes=0-0" };
    return this.#api.ask(image, path, { method: "GET", headers: ranged, limit: 0, headOnly: true, attempts });
  }

  /** Downloads a blob and keeps nothing of it but how many bytes it has. */
  async #count(image: Image, digest: Digest): Promise<number> {
    let size = 0;
    const write = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > LAYER_BYTES) throw new PullError("too-large", `too large: ${digest} has more than ${LAYER_BYTES} bytes`);
    };
    const sink = { begin: async () => undefined, write };
    await this.#api.ask(image, `blobs/${digest}`, { method: "GET", headers: {}, limit: LAYER_BYTES, sink });
    return size;
  }
}

/** The size in bytes of the whole that an answer's headers state. */
function statedSize(status: number, headers: IncomingHttpHeaders): number | undefined {
  const length = status === 206 ? headers["content-range"]?.split("/")[1] : headers["content-length"];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function differs(digest: Digest, size: number, got: string): PullError {
  return new PullError("size-differs", `size differs: ${digest} is listed with ${size} bytes, got ${got}`);
}

class DigestError extends PullError {}

/** The expected digest once `content` has it; undefined when none is expected. */
function check(content: Buffer, expected: Digest | undefined, who: string): Digest | undefined {
  if (expected === undefined) return undefined;
  const got = digestOf(content, algorithmOf(expected));
  if (got === expected) return expected;
  throw new DigestError("digest-differs", `digest differs: ${who} ${expected}, got ${content.length} bytes that have ${got}`);
}
