import type { Requirement } from "../gate/plan.ts";
import type { ManifestHints, Urgency } from "../gate/source.ts";
import type { Blob } from "../oci/blob.ts";
import { asDigest, type Digest } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { Claim, Fetched, Page, Provenance, Refusal, SmallBlob } from "../oci/fetched.ts";
import { isOutage } from "../oci/reason.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import type { CacheKeys } from "./cache-keys.ts";
import type { BlobCache, Registry, TargetFrom } from "./ports.ts";
import { expectIgnorable, isIgnorableOutage, type Reliance } from "./reliance.ts";

// Twice an image's largest entry. The documents of a hundred real images take a tenth of it.
const KNOWN_BYTES = 128 * 1024 * 1024;

const BRIEFLY: Urgency = { brief: true };

const FROM_CACHE: Provenance = { origin: "cache", source: "cache", private: false };

/** The cache and the layout in front of a registry. */
export type CachedRegistryOptions = {
  readonly cache: BlobCache;
  readonly keys: CacheKeys;
  /** The bytes of a document in the layout, verified; undefined when it does not have them. */
  readonly inLayout: (digest: Digest) => Promise<Buffer | undefined>;
  readonly reliance: Reliance;
};

/** A document that is here, and where. */
type Kept = { readonly bytes: Buffer; readonly source: "cache" | "layout" };

/** What the registry answered about something that is here, or its refusal. */
type Confirmed<T> = { readonly answer?: T; readonly refusal?: Refusal };

/**
 * A registry with a cache and the layout in front of it. Documents and blobs that are here are not
 * requested, proven by their digests. The registry is still asked, by HEAD, whether it has the
 * documents, too: a HEAD does not count against pull limits. When it refuses to confirm that, the
 * answer states its refusal, or is a failure: see {@link Reliance}.
 */
export class CachedRegistry implements Registry {
  readonly #registry: Registry;
  readonly #options: CachedRegistryOptions;
  readonly #entries = new Map<string, Promise<ReadonlyMap<Digest, Buffer>>>();
  /** What the opened entries hold. */
  readonly #known = new Map<Digest, Buffer>();
  /** Blobs that are not restored, because they were missed or read from the registry before. */
  readonly #missed = new Set<string>();
  #room = KNOWN_BYTES;
  /** Registries for which a document that is here was used. */
  readonly #served = new Set<string>();
  /** Repositories of which a document was used although the registry refused to confirm it. */
  readonly #refused = new Set<string>();

  constructor(registry: Registry, options: CachedRegistryOptions) {
    this.#registry = registry;
    this.#options = options;
  }

  async manifest(
    repository: Repository,
    reference: string,
    hints: ManifestHints = {},
  ): Promise<Fetched> {
    const pinned = asDigest(reference);
    const claim =
      pinned === undefined ? await this.#registry.claim(repository, reference) : undefined;
    const digest = pinned ?? claim?.digest;
    if (digest === undefined) return this.#registry.manifest(repository, reference, hints);
    if (hints.platforms !== undefined) await this.#open(digest, hints.platforms);
    const kept = await this.#kept(digest, hints.size);
    if (kept === undefined) {
      const claimed = claim === undefined ? hints : { ...hints, claimed: digest };
      return this.#registry.manifest(repository, reference, claimed);
    }
    this.#served.add(repository.registry);
    const confirmed =
      claim === undefined
        ? await this.#confirm(repository, () => this.#registry.claim(repository, digest, BRIEFLY))
        : { answer: claim };
    const { refusal } = confirmed;
    const isRefused = refusal !== undefined && !isOutage(refusal.status);
    if (isRefused) this.#refused.add(repositoryName(repository));
    return this.#fetched(repository, digest, kept, confirmed);
  }

  #fetched(
    { registry }: Repository,
    digest: Digest,
    { bytes, source }: Kept,
    { answer, refusal }: Confirmed<Claim>,
  ): Fetched {
    return {
      bytes,
      content: bytes,
      digest,
      mediaType: "",
      origin: "cache",
      source,
      // Private unless the registry shows that anyone can read it.
      private: answer?.private ?? true,
      authenticated: answer?.authenticated ?? this.#registry.sentCredentials(registry),
      refusal,
    };
  }

  claim(repository: Repository, reference: string, urgency?: Urgency): Promise<Claim> {
    return this.#registry.claim(repository, reference, urgency);
  }

  async blob(repository: Repository, blob: Blob): Promise<SmallBlob> {
    const kept = await this.#kept(blob.digest, blob.size);
    if (kept !== undefined) {
      const { refusal } = await this.#confirmSize(repository, blob.digest);
      return { ...kept, origin: "cache", private: true, refusal };
    }
    // The registry's client keeps it for a download, so the cache need not be asked for it.
    this.#missed.add(keyOf(blob));
    return this.#registry.blob(repository, blob);
  }

  /**
   * The size of a copy that is here is known without the registry. That of another blob is
   * undefined, too, when a document of the registry is here and the registry is unavailable, or has
   * refused to confirm it: a download proves the blob.
   */
  async size(
    repository: Repository,
    digest: Digest,
    urgency?: Urgency,
  ): Promise<number | undefined> {
    const known = this.#known.get(digest)?.length;
    const isHere = known !== undefined || this.#refused.has(repositoryName(repository));
    const isServed = isHere || this.#served.has(repository.registry);
    if (!isServed) return this.#registry.size(repository, digest, urgency);
    const { answer } = await this.#confirmSize(repository, digest, isHere);
    return answer ?? known;
  }

  measure(repository: Repository, digest: Digest): Promise<number> {
    return this.#registry.measure(repository, digest);
  }

  tags(repository: Repository): Promise<readonly string[]> {
    return this.#registry.tags(repository);
  }

  page(repository: Repository, path: string, query: string): Promise<Page> {
    return this.#registry.page(repository, path, query);
  }

  sentCredentials(registry: string): boolean {
    return this.#registry.sentCredentials(registry);
  }

  async download(repository: Repository, blob: Blob, targetFrom: TargetFrom): Promise<Provenance> {
    if (await this.#restore(blob, targetFrom)) return FROM_CACHE;
    this.#missed.add(keyOf(blob));
    return this.#registry.download(repository, blob, targetFrom);
  }

  /** True when the opened entries hold every one of these. */
  holds(digests: readonly Digest[]): boolean {
    return digests.every((digest) => this.#known.has(digest));
  }

  /** True when the target has the blob: a small one from an entry, a large one from its own. */
  async #restore(blob: Blob, targetFrom: TargetFrom): Promise<boolean> {
    const bytes = this.#known.get(blob.digest);
    if (bytes?.length === blob.size) {
      const target = targetFrom("cache");
      target.part(0).write(bytes);
      await target.commit();
      return true;
    }
    const { cache, keys } = this.#options;
    const key = this.#missed.has(keyOf(blob)) ? undefined : keys.blob(blob);
    return key !== undefined && cache.restore(key, blob, targetFrom("cache"));
  }

  /** A manifest or config that is here, within the limits that hold for a registry's. */
  async #kept(digest: Digest, size: number | undefined): Promise<Kept | undefined> {
    const known = this.#known.get(digest);
    const stored = known === undefined ? await this.#options.inLayout(digest) : undefined;
    const bytes = known ?? stored;
    if (bytes === undefined || bytes.length > DOCUMENT_BYTES) return undefined;
    if (size !== undefined && bytes.length !== size) return undefined;
    return { bytes, source: known === undefined ? "layout" : "cache" };
  }

  /** Reads an image's entry, once. */
  async #open(digest: Digest, platforms: Requirement): Promise<void> {
    const { cache, keys } = this.#options;
    const key = keys.image(digest, platforms);
    const entry = this.#entries.get(key) ?? cache.bundle(key);
    this.#entries.set(key, entry);
    for (const [known, bytes] of await entry) this.#keep(known, bytes);
  }

  /** Keeps bytes while there is room; the registry is asked for what does not fit. */
  #keep(digest: Digest, bytes: Buffer): void {
    if (this.#known.has(digest) || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    // A copy, because a slice would keep all of its entry in memory.
    this.#known.set(digest, Buffer.from(bytes));
  }

  #confirmSize(
    repository: Repository,
    digest: Digest,
    isHere = true,
  ): Promise<Confirmed<number | undefined>> {
    const ask = (): ReturnType<Registry["size"]> =>
      this.#registry.size(repository, digest, BRIEFLY);
    return this.#confirm(repository, ask, isHere);
  }

  /**
   * What `ask` returns, or the registry's refusal. Fails when that may not be ignored: for what may
   * not be here, only an outage is.
   */
  async #confirm<T>(
    { registry }: Repository,
    ask: () => Promise<T>,
    isHere = true,
  ): Promise<Confirmed<T>> {
    const { reliance } = this.#options;
    if (!reliance.confirms) return {};
    try {
      return { answer: await ask() };
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      if (!isHere && !isIgnorableOutage(error)) throw error;
      expectIgnorable(error, reliance, this.#registry.sentCredentials(registry));
      const { status, found } = error;
      return { refusal: { registry, status, found } };
    }
  }
}

/** A digest that is listed with two sizes is two blobs: one of them may be in the cache. */
function keyOf({ digest, size }: Blob): string {
  return `${digest} ${size}`;
}
