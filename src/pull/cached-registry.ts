import type { Requirement } from "../gate/plan.ts";
import type { ManifestHints } from "../gate/source.ts";
import type { Blob } from "../oci/blob.ts";
import { asDigest, type Digest } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { Claim, Fetched, Provenance, SmallBlob } from "../oci/fetched.ts";
import { isInterruption } from "../oci/reason.ts";
import type { Repository } from "../oci/reference.ts";
import type { CacheKeys } from "./cache-keys.ts";
import type { BlobCache, Registry, TargetFrom } from "./ports.ts";

// Twice an image's largest entry. The documents of a hundred real images take a tenth of it.
const KNOWN_BYTES = 128 * 1024 * 1024;

const FROM_CACHE: Provenance = { origin: "cache", private: false };

/** The cache in front of a registry, how its entries are named, and where warnings go. */
export type CachedRegistryOptions = {
  readonly cache: BlobCache;
  readonly keys: CacheKeys;
  readonly warn: (message: string) => void;
};

/**
 * A registry with a cache in front of it. Documents and blobs come from the cache when it has them,
 * proven by their digests. The registry is still asked, by HEAD, whether it has the documents, too:
 * a HEAD does not count against pull limits. While a registry is unavailable, the cached copies are
 * used with a warning.
 */
export class CachedRegistry implements Registry {
  readonly #registry: Registry;
  readonly #cache: BlobCache;
  readonly #keys: CacheKeys;
  readonly #warn: (message: string) => void;
  readonly #entries = new Map<string, Promise<ReadonlyMap<Digest, Buffer>>>();
  /** What the opened entries hold. */
  readonly #known = new Map<Digest, Buffer>();
  /** Blobs that are not restored, because they were missed or read from the registry before. */
  readonly #missed = new Set<string>();
  #room = KNOWN_BYTES;
  /** Registries that were found to be unavailable. */
  readonly #silent = new Set<string>();
  /** Registries for which a cached document was used. */
  readonly #served = new Set<string>();

  constructor(registry: Registry, { cache, keys, warn }: CachedRegistryOptions) {
    this.#registry = registry;
    this.#cache = cache;
    this.#keys = keys;
    this.#warn = warn;
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
    const bytes = this.#document(digest, hints.size);
    if (bytes === undefined) return this.#registry.manifest(repository, reference, hints);
    this.#served.add(repository.registry);
    const said = claim ?? (await this.#recheckClaim(repository, reference));
    return {
      bytes,
      content: bytes,
      digest,
      mediaType: "",
      origin: "cache",
      // Private unless the registry shows that anyone can read it.
      authenticated: said?.authenticated ?? true,
      private: said?.private ?? true,
    };
  }

  claim(repository: Repository, reference: string): Promise<Claim> {
    return this.#registry.claim(repository, reference);
  }

  async blob(repository: Repository, blob: Blob): Promise<SmallBlob> {
    const bytes = this.#document(blob.digest, blob.size);
    if (bytes !== undefined) {
      await this.size(repository, blob.digest);
      return { bytes, origin: "cache", private: true };
    }
    // The registry's client keeps it for a download, so the cache need not be asked for it.
    this.#missed.add(keyOf(blob));
    return this.#registry.blob(repository, blob);
  }

  /** Undefined, too, when the registry is unavailable and a cached copy is used instead. */
  size(repository: Repository, digest: Digest): Promise<number | undefined> {
    const ask = (): ReturnType<Registry["size"]> => this.#registry.size(repository, digest);
    const isServed = this.#served.has(repository.registry);
    const isCached = isServed || this.#known.has(digest);
    return isCached ? this.#recheck(repository, ask) : ask();
  }

  measure(repository: Repository, digest: Digest): Promise<number> {
    return this.#registry.measure(repository, digest);
  }

  tags(repository: Repository): Promise<readonly string[]> {
    return this.#registry.tags(repository);
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
    const key = this.#missed.has(keyOf(blob)) ? undefined : this.#keys.blob(blob);
    return key !== undefined && this.#cache.restore(key, blob, targetFrom("cache"));
  }

  /** The bytes of a manifest or config, within the limits that hold for a registry's. */
  #document(digest: Digest, size: number | undefined): Buffer | undefined {
    const bytes = this.#known.get(digest);
    if (bytes === undefined || bytes.length > DOCUMENT_BYTES) return undefined;
    return size === undefined || bytes.length === size ? bytes : undefined;
  }

  /** Reads an image's entry, once. */
  async #open(digest: Digest, platforms: Requirement): Promise<void> {
    const key = this.#keys.image(digest, platforms);
    const entry = this.#entries.get(key) ?? this.#cache.bundle(key);
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

  #recheckClaim(repository: Repository, reference: string): Promise<Claim | undefined> {
    return this.#recheck(repository, () => this.#registry.claim(repository, reference));
  }

  /** What `ask` returns; undefined while the registry is unavailable, with one warning for it. */
  async #recheck<T>({ registry }: Repository, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#silent.has(registry)) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PullError) || !isUnavailable(error)) throw error;
      if (!this.#silent.has(registry)) this.#warn(unavailable(registry, error));
    }
    this.#silent.add(registry);
    return undefined;
  }
}

/** A digest that is listed with two sizes is two blobs: one of them may be in the cache. */
function keyOf({ digest, size }: Blob): string {
  return `${digest} ${size}`;
}

/** True when the registry fails, which says nothing about the image. */
function isUnavailable({ status, reason }: PullError): boolean {
  return !isInterruption(reason) && (status === "unreachable" || status === "rate-limited");
}

function unavailable(registry: string, { found }: PullError): string {
  const copy = "using cached copies, whose digests are right";
  const unchecked = "without checking that the registry has them";
  return `${registry} is unavailable: ${copy}, ${unchecked} (${found})`;
}
