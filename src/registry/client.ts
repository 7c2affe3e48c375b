// The client speaks the distribution API, reading only. `Api` sends its requests: with credentials
// (session, grants, token, realm), through redirects, and with every refusal as a failure of the
// closed list. The client adds the proof: a document or blob is returned only with the digest that
// was asked for, computed from the bytes received; headers are compared with it, never trusted.
// Each document, size and list is requested once, for all images that need it, while it is
// remembered.
import type { IncomingHttpHeaders } from "node:http";
import type { Downloader } from "../http/download.ts";
import type { UnaddressedRequest } from "../http/http.ts";
import type { Blob } from "../oci/blob.ts";
import { asDigest, type Digest, DigestError, digestOf, expectDigest } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { Claim, Fetched, Page, Provenance, SmallBlob } from "../oci/fetched.ts";
import { ACCEPT, isSchema1 } from "../oci/media-type.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import { documentContent } from "../oci/schema1.ts";
import type { BlobTarget } from "../oci/target.ts";
import type { Api, Reached } from "./api.ts";
import { countBytes } from "./count-bytes.ts";
import { mediaTypeOf } from "./errors.ts";
import { getFirstByte, head, statedSize } from "./head.ts";
import { Memo } from "./memo.ts";
import { readPage } from "./page.ts";
import { listTags } from "./tag-list.ts";

/** What a client needs. */
export type ClientOptions = {
  readonly api: Pick<Api, "send" | "sentCredentials">;
  readonly downloader: Pick<Downloader, "download">;
  readonly say: (line: string) => void;
  /** How many documents, sizes and lists are remembered; all of them by default. */
  readonly remembers?: number | undefined;
};

/**
 * Reads from registries:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export class RegistryClient {
  readonly #options: ClientOptions;
  readonly #memo: Memo;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#memo = new Memo(options.remembers);
  }

  /**
   * The manifest that a tag or digest names. Its digest is computed from its bytes. Fails with the
   * status that the registry's answer means, and as `invalid` when the bytes have another digest
   * than was asked for or announced.
   */
  manifest(repository: Repository, reference: string): Promise<Fetched> {
    const digest = asDigest(reference);
    const read = (): Promise<Fetched> => this.#readManifest(repository, reference, digest);
    // A tag may move, so it is not remembered.
    if (digest === undefined) return this.#retryOnce(read);
    return this.#once(repository, `manifest ${digest}`, read);
  }

  async #readManifest(
    repository: Repository,
    reference: string,
    expected: Digest | undefined,
  ): Promise<Fetched> {
    const path = `manifests/${reference}`;
    const reached = await this.#get(repository, path, { accept: ACCEPT }, DOCUMENT_BYTES);
    const { body, headers } = reached.answer;
    const mediaType = mediaTypeOf(headers);
    // Only the digest of a schema 1 manifest may be over a part of its bytes; the type tells.
    const content = isSchema1(mediaType) ? documentContent(body) : body;
    const announced = digestIn(headers);
    if (expected !== undefined) expectDigest(content, expected, "asked for");
    else if (announced !== undefined) expectDigest(content, announced, "the registry announced");
    const isSha256 = announced?.startsWith("sha256:") === true;
    return {
      bytes: body,
      content,
      digest: expected ?? (isSha256 ? announced : digestOf(content)),
      mediaType,
      authenticated: reached.authenticated,
      origin: "registry",
      source: repository.registry,
      private: reached.private,
    };
  }

  /** What a tag or digest points at according to a HEAD. Fails as `manifest` does. */
  async claim(repository: Repository, reference: string): Promise<Claim> {
    const { api } = this.#options;
    const reached = await head(api, repository, `manifests/${reference}`, { accept: ACCEPT });
    const { answer, authenticated, private: isPrivate } = reached;
    const { headers } = answer;
    const digest = digestIn(headers);
    const mediaType = mediaTypeOf(headers);
    return { digest, size: statedSize(answer), mediaType, authenticated, private: isPrivate };
  }

  /** A small blob, such as a config. Fails as `manifest` does. */
  blob(repository: Repository, { digest, size }: Blob): Promise<SmallBlob> {
    return this.#once(repository, blobKey({ digest, size }), async () => {
      if (size > DOCUMENT_BYTES) {
        const found = `${digest} has ${size} bytes, expected at most ${DOCUMENT_BYTES}`;
        throw new PullError("too-large", `too large: ${found}`);
      }
      const reached = await this.#readBlob(repository, digest, size);
      const bytes = reached.answer.body;
      expectDigest(bytes, digest, "asked for");
      if (bytes.length !== size) throw sizeDiffers(digest, size, `${bytes.length}`);
      return { bytes, origin: "registry", source: repository.registry, private: reached.private };
    });
  }

  async #readBlob(repository: Repository, digest: Digest, size: number): Promise<Reached> {
    try {
      return await this.#get(repository, `blobs/${digest}`, {}, size);
    } catch (error) {
      const isLonger = error instanceof PullError && error.reason === "too-large";
      throw isLonger ? sizeDiffers(digest, size, "more") : error;
    }
  }

  /**
   * Downloads a blob into a target and commits it. A blob that was read before is not requested
   * again. Fails as `manifest` does.
   */
  async download(
    repository: Repository,
    blob: Blob,
    targetFrom: (origin: "registry") => BlobTarget,
  ): Promise<Provenance> {
    const { api, downloader } = this.#options;
    const target = targetFrom("registry");
    const key = keyIn(repository, blobKey(blob));
    const known = await this.#memo.known<SmallBlob>(key);
    const source = repository.registry;
    if (known !== undefined) {
      target.part(0).write(known.bytes);
      await target.commit();
      return { origin: "registry", source, private: known.private };
    }
    let isPrivate = false;
    const carried = (): void => {
      isPrivate = true;
    };
    const send = async (wanted: UnaddressedRequest): Promise<void> => {
      const reached = await api.send(repository, `blobs/${blob.digest}`, { ...wanted, carried });
      isPrivate ||= reached.private;
    };
    await downloader.download(send, blob, target);
    return { origin: "registry", source, private: isPrivate };
  }

  /** The size of a blob in bytes, if the answer to a HEAD states it. Fails as `manifest` does. */
  size(repository: Repository, digest: Digest): Promise<number | undefined> {
    const { api } = this.#options;
    return this.#once(repository, `size ${digest}`, async () => {
      const { answer } = await head(api, repository, `blobs/${digest}`, {});
      return statedSize(answer);
    });
  }

  /**
   * The size of a blob in bytes when no HEAD states it: as the answer to a GET states it, or else
   * counted in a download. Fails as `manifest` does, and as `invalid` above 10 GiB.
   */
  measure(repository: Repository, digest: Digest): Promise<number> {
    const { api } = this.#options;
    return this.#once(repository, `measured ${digest}`, async () => {
      const path = `blobs/${digest}`;
      const { answer } = await getFirstByte(api, repository, path, { headers: {} });
      return statedSize(answer) ?? countBytes(api, repository, digest);
    });
  }

  /** True when this run sent credentials to the registry, be they accepted or refused. */
  sentCredentials(registry: string): boolean {
    return this.#options.api.sentCredentials(registry);
  }

  /** The tags of a repository, as {@link listTags} returns them. Fails as `manifest` does. */
  tags(repository: Repository): Promise<readonly string[]> {
    return this.#once(repository, "tags", () =>
      listTags((path) => this.#get(repository, path, {}, DOCUMENT_BYTES)),
    );
  }

  /** One page of a list, as {@link readPage} returns it. Fails as `manifest` does. */
  page(repository: Repository, path: string, query: string): Promise<Page> {
    return readPage((at) => this.#get(repository, at, {}, DOCUMENT_BYTES), path, query);
  }

  #once<T>(repository: Repository, what: string, read: () => Promise<T>): Promise<T> {
    const key = keyIn(repository, what);
    return this.#memo.once(key, () => this.#retryOnce(read));
  }

  /** Reads once more after a wrong digest: most such answers were cut by a proxy. */
  async #retryOnce<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DigestError)) throw error;
      this.#options.say(`${error.found}; retrying once`);
      return read();
    }
  }

  async #get(
    repository: Repository,
    path: string,
    headers: UnaddressedRequest["headers"],
    limit: number,
  ): Promise<Reached> {
    const wanted = { method: "GET", headers, limit } as const;
    const reached = await this.#options.api.send(repository, path, wanted);
    const { status } = reached.answer;
    if (status === 200) return reached;
    // 206 and 204 are successes, too, but not the whole document.
    const found = `${reached.url.host} answered ${status} to a request for ${path}`;
    throw new PullError("unexpected-answer", `${found}: expected 200`);
  }
}

function keyIn(repository: Repository, what: string): string {
  return `${repositoryName(repository)} ${what}`;
}

function blobKey({ digest, size }: Blob): string {
  return `blob ${digest} ${size}`;
}

function digestIn(headers: IncomingHttpHeaders): Digest | undefined {
  return asDigest(String(headers["docker-content-digest"] ?? ""));
}

function sizeDiffers(digest: Digest, size: number, got: string): PullError {
  const found = `${digest} is listed with ${size} bytes, got ${got}`;
  return new PullError("size-differs", `size differs: ${found}`);
}
