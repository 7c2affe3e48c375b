// The job's registry, behind its HTTP server. A tag is what the step or the lock file says or, at
// most once a minute, what its registry says (tags). A document or blob is served only under a
// repository that has it: its registry confirmed it, or a document of it lists it (contents). Bytes
// come from the layout, the cache or the upstream, by way of the registries in a row that the step
// uses, too (flights, for blobs). What clients get is written down (receipt).
import { asDigest, type Digest } from "../oci/digest.ts";
import { parseDocument } from "../oci/document.ts";
import type { Fetched } from "../oci/fetched.ts";
import { asPlatform, formatPlatform, type Platform } from "../oci/platform.ts";
import { parseReference, type Repository, repositoryName } from "../oci/reference.ts";
import type { BlobStore, Registry } from "../pull/ports.ts";
import type { Contents } from "./contents.ts";
import type { Flights } from "./flights.ts";
import type { NamedImage, NamedImages } from "./named.ts";
import type { Receipt } from "./receipt.ts";
import type { PartSource } from "./receipt-entry.ts";
import type {
  AskedList,
  Asker,
  Backend,
  ServedBlob,
  ServedDocument,
  ServedList,
} from "./served.ts";
import type { TagClaim, Tags } from "./tags.ts";

/** What the job's registry is made of. */
export type JobRegistryOptions = {
  /** The registries themselves, and their other sources. */
  readonly upstream: Registry;
  /** Cache and layout in front of them, for content that they confirmed. */
  readonly confirmed: Registry;
  /** The same, for content that they are still asked about. */
  readonly asking: Registry;
  readonly store: Pick<BlobStore, "put">;
  readonly flights: Flights;
  readonly contents: Contents;
  readonly named: NamedImages;
  readonly tags: Tags;
  readonly receipt: Receipt;
  /** True for a blob that an entry of the cache put into the layout. */
  readonly isRestored: (digest: Digest) => boolean;
  /** The platform whose cache entry is opened with an image. */
  readonly runner: Platform;
};

const FROM_CACHE: PartSource = { origin: "cache", source: "cache" };

/** Answers clients. Every method fails with the failure of the place that was asked last. */
export class JobRegistry implements Backend {
  readonly #options: JobRegistryOptions;

  constructor(options: JobRegistryOptions) {
    this.#options = options;
  }

  /** Notes the images that registries confirmed to the step: they are not asked again. */
  confirm(images: readonly NamedImage[]): void {
    for (const { name, digest, isConfirmed, isPrivate } of images) {
      const repository = parseReference(`${name}@${digest}`);
      if (isConfirmed) this.#options.contents.confirm(repository, digest, { isPrivate });
    }
  }

  async manifest(repository: Repository, reference: string, asker: Asker): Promise<ServedDocument> {
    const digest = asDigest(reference);
    const document =
      digest === undefined
        ? await this.#byTag(repository, reference, asker)
        : await this.#byDigest(repository, digest, asker);
    this.#writeDown(repository, reference, document.digest, asker);
    if (asker.method === "GET") this.#prepare(repository, document.digest);
    return document;
  }

  /** Restores what a client asks for next: it asks for three layers at a time, and late. */
  #prepare(repository: Repository, digest: Digest): void {
    const { contents, flights } = this.#options;
    for (const blob of contents.blobs(repository, digest)) flights.prepare(repository, blob);
  }

  async #byTag(repository: Repository, tag: string, asker: Asker): Promise<ServedDocument> {
    const { named, tags, contents } = this.#options;
    const known = named.digestOf(repository, tag);
    named.expect(known !== undefined, `${repositoryName(repository)}:${tag}`);
    if (known !== undefined) return this.#byDigest(repository, known, asker);
    const claim = await tags.claim(repository, tag, () => this.#claim(repository, tag));
    contents.confirm(repository, claim.digest, { isPrivate: claim.private });
    return headerOf(claim, asker) ?? this.#document(repository, claim.digest);
  }

  /** What a tag points at. A registry that does not announce it is asked for the manifest. */
  async #claim(repository: Repository, tag: string): Promise<TagClaim> {
    const { upstream } = this.#options;
    const claim = await upstream.claim(repository, tag);
    const { digest } = claim;
    if (digest !== undefined) return { ...claim, digest };
    const fetched = await upstream.manifest(repository, tag);
    await this.#keep(repository, fetched);
    return fetched;
  }

  async #byDigest(repository: Repository, digest: Digest, asker: Asker): Promise<ServedDocument> {
    const { upstream, contents, named } = this.#options;
    const isNamed = named.has(repository, digest);
    const isKnown = contents.has(repository, digest);
    named.expect(isNamed || isKnown, `${repositoryName(repository)}@${digest}`);
    if (isKnown || isNamed) return this.#document(repository, digest);
    const claim = await upstream.claim(repository, digest);
    contents.confirm(repository, digest, { isPrivate: claim.private });
    return headerOf({ ...claim, digest }, asker) ?? this.#document(repository, digest);
  }

  /** A document that the repository has, or that the lock file names in it. */
  async #document(repository: Repository, digest: Digest): Promise<ServedDocument> {
    const { confirmed, asking, contents, runner } = this.#options;
    const registry = contents.has(repository, digest) ? confirmed : asking;
    await this.#openEntry(repository, digest);
    const fetched = await registry.manifest(repository, digest, { platforms: [runner] });
    return this.#keep(repository, fetched);
  }

  /** Opens the cache entry of the platform of a manifest, which the runner's does not have. */
  async #openEntry(repository: Repository, digest: Digest): Promise<void> {
    const { confirmed, contents, runner } = this.#options;
    const [root] = contents.roots(repository, digest);
    const named = contents.platform(repository, digest);
    const platform = asPlatform(named ?? "");
    const isOpen = named === formatPlatform(runner);
    if (root === undefined || platform === undefined || isOpen) return;
    await confirmed.manifest(repository, root, { platforms: [platform] });
  }

  async #keep(repository: Repository, fetched: Fetched): Promise<ServedDocument> {
    const { contents, store } = this.#options;
    const { bytes, content, digest } = fetched;
    const document = parseDocument(bytes, fetched.mediaType);
    // Anywhere else than at the registry, nothing shows who may read it.
    if (fetched.origin === "registry") {
      contents.confirm(repository, digest, { isPrivate: fetched.private, size: bytes.length });
    }
    contents.add(repository, digest, document);
    await store.put(digest, content);
    return { bytes, size: bytes.length, digest, mediaType: document.mediaType };
  }

  async blob(repository: Repository, digest: Digest): Promise<ServedBlob> {
    const { contents, named, upstream } = this.#options;
    const isKnown = contents.has(repository, digest);
    named.expect(isKnown, `${digest} of ${repositoryName(repository)}`);
    const listed = contents.size(repository, digest);
    const stated = listed ?? (await upstream.size(repository, digest));
    const size = stated ?? (await upstream.measure(repository, digest));
    if (!isKnown) contents.confirm(repository, digest, { isPrivate: true, size });
    return {
      digest,
      size,
      read: (start, end) => this.#read(repository, { digest, size }, start, end),
    };
  }

  async *#read(
    repository: Repository,
    blob: { readonly digest: Digest; readonly size: number },
    start: number,
    end: number,
  ): AsyncGenerator<Buffer> {
    const { flights, contents, receipt, isRestored } = this.#options;
    const flight = flights.open(repository, blob);
    const roots = contents.roots(repository, blob.digest);
    flight.source.then(
      (found) => {
        const from = found.origin === "layout" && isRestored(blob.digest) ? FROM_CACHE : found;
        receipt.blob({ repository, roots, blob, from });
      },
      () => undefined,
    );
    yield* flight.read(start, end);
  }

  async list({ repository, path, query }: AskedList): Promise<ServedList> {
    const { named, upstream } = this.#options;
    named.expect(false, `${path} of ${repositoryName(repository)}`);
    return upstream.page(repository, path, query);
  }

  #writeDown(repository: Repository, reference: string, digest: Digest, asker: Asker): void {
    const { contents, receipt } = this.#options;
    const roots = contents.roots(repository, digest);
    const isPart = asDigest(reference) !== undefined && roots.length > 0;
    if (!isPart) return receipt.asked({ repository, reference, digest, asker });
    const platform = contents.platform(repository, digest);
    if (platform !== undefined) receipt.platform({ repository, roots, platform, asker });
  }
}

/** What answers a HEAD, if the registry stated all of it. */
function headerOf(claim: TagClaim, asker: Asker): ServedDocument | undefined {
  const { digest, size, mediaType = "" } = claim;
  if (asker.method !== "HEAD" || size === undefined || mediaType === "") return undefined;
  return { bytes: Buffer.alloc(0), size, digest, mediaType };
}
