import { asDigest, type Digest, digestOf } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { isInterruption, PullError } from "../oci/failure.ts";
import { formatPlatform } from "../oci/platform.ts";
import { repositoryName } from "../oci/reference.ts";
import type { Requirement, Wanted } from "./plan.ts";
import type { Blob, BlobCache, Fetched, Image, SmallBlob, Source } from "./ports.ts";
import type { Wires } from "./transfer.ts";

/** How entries of the cache are named: exact keys, so that nothing else can be meant. */
export type Keys = {
  readonly blob: (digest: Digest) => string;
  readonly image: (digest: Digest, platforms: readonly Requirement[]) => string;
};

/** The keys under a prefix; the digest says what the bytes are, the platforms which of an image's documents an entry has. */
export function keysUnder(prefix: string): Keys {
  return {
    blob: (digest) => `${prefix}-blob-${digest.replace(":", "-")}`,
    image: (digest, platforms) => `${prefix}-image-${digest.replace(":", "-")}-${platformSet(platforms)}`,
  };
}

// With the longest prefix and a sha512 digest a key has some 450 characters.
const LONGEST_SET = 200;

/** Keys hold 512 characters and no comma; a set is written in one order, whatever order it was asked for in. */
function platformSet(platforms: readonly Requirement[]): string {
  const names = platforms.flatMap((one) => (typeof one === "string" ? [one] : one.map(formatPlatform)));
  const set = [...new Set(names)].toSorted().join("+");
  const written = set.replace(/[^A-Za-z0-9+._-]/g, "_");
  return written.length <= LONGEST_SET ? written : digestOf(Buffer.from(set)).replace(":", "-");
}

// Twice an image's largest entry. Documents and small blobs of a hundred real images take a tenth of it.
const KNOWN_BYTES = 128 * 1024 * 1024;

/** What a cached source takes entries from, how they are named, what the step wants, and whom to warn. */
export type CachedSourceOptions = {
  /** The blobs of an entry, each proven by its digest; none when the entry is missing or wrong. */
  readonly fetch: (key: string) => Promise<ReadonlyMap<Digest, Buffer>>;
  readonly keys: Keys;
  readonly wanted: readonly Wanted[];
  readonly warn: (message: string) => void;
};

/**
 * A source that takes documents and small blobs from the cache's entry of an image where there is one, proven by their
 * digests. What it serves from there it still asks the registry about, by HEAD, which costs no pull.
 */
export class CachedSource implements Source {
  readonly #source: Source;
  readonly #fetch: CachedSourceOptions["fetch"];
  readonly #keys: Keys;
  readonly #warn: (message: string) => void;
  readonly #required = new Map<string, Requirement[]>();
  readonly #entries = new Map<string, Promise<ReadonlyMap<Digest, Buffer>>>();
  readonly #known = new Map<Digest, Buffer>();
  #room = KNOWN_BYTES;
  /** Registries that were found to be unavailable. */
  readonly #silent = new Set<string>();
  /** Registries of which a cached copy was given. */
  readonly #served = new Set<string>();

  constructor(source: Source, options: CachedSourceOptions) {
    this.#source = source;
    this.#fetch = options.fetch;
    this.#keys = options.keys;
    this.#warn = options.warn;
    for (const { reference, platforms } of options.wanted) {
      const key = nameOf(reference, reference.digest ?? reference.tag);
      this.#required.set(key, [...(this.#required.get(key) ?? []), platforms]);
    }
  }

  async manifest(image: Image, reference: string, size?: number): Promise<Fetched> {
    const pinned = asDigest(reference);
    const claim = pinned === undefined ? await this.#source.claim(image, reference) : undefined;
    const digest = pinned ?? claim?.digest;
    if (digest === undefined) return this.#source.manifest(image, reference, size);
    const required = this.#required.get(nameOf(image, reference));
    if (required !== undefined) await this.#open(digest, required);
    const bytes = this.#document(digest, size);
    if (bytes === undefined) return this.#source.manifest(image, reference, size);
    this.#served.add(image.registry);
    const said = claim ?? (await this.#recheck(image, () => this.#source.claim(image, reference)));
    // Where nothing says that everybody can read it, it is private.
    const { authenticated, private: isPrivate } = said ?? { authenticated: true, private: true };
    return { bytes, content: bytes, digest, mediaType: "", authenticated, private: isPrivate };
  }

  claim(image: Image, reference: string): ReturnType<Source["claim"]> {
    return this.#source.claim(image, reference);
  }

  async blob(image: Image, blob: Blob): Promise<SmallBlob> {
    const bytes = this.#document(blob.digest, blob.size);
    if (bytes === undefined) return this.#source.blob(image, blob);
    await this.blobSize(image, blob.digest);
    return { bytes, private: true };
  }

  /** Undefined, too, where the registry is unavailable and a cached copy stands for it. */
  blobSize(image: Image, digest: Digest): Promise<number | undefined> {
    const ask = (): Promise<number | undefined> => this.#source.blobSize(image, digest);
    return this.#known.has(digest) || this.#served.has(image.registry) ? this.#recheck(image, ask) : ask();
  }

  measure(image: Image, digest: Digest): Promise<number> {
    return this.#source.measure(image, digest);
  }

  tags(image: Image): Promise<readonly string[]> {
    return this.#source.tags(image);
  }

  /** The bytes of a document or small blob from an image's entry; undefined at another size. */
  restored({ digest, size }: Blob): Buffer | undefined {
    const bytes = this.#known.get(digest);
    return bytes?.length === size ? bytes : undefined;
  }

  /** The key of an image's entry, where the cache turned out not to have all of it. */
  missingEntry(wanted: Wanted, top: Digest, digests: readonly Digest[]): string | undefined {
    if (digests.every((digest) => this.#known.has(digest))) return undefined;
    const { reference, platforms } = wanted;
    return this.#keys.image(top, this.#required.get(nameOf(reference, reference.digest ?? reference.tag)) ?? [platforms]);
  }

  /** A manifest or config within the limits of a registry's; the registry is asked for others. */
  #document(digest: Digest, size?: number): Buffer | undefined {
    const bytes = this.#known.get(digest);
    const tooLarge = bytes !== undefined && bytes.length > DOCUMENT_BYTES;
    const another = size !== undefined && bytes?.length !== size;
    return tooLarge || another ? undefined : bytes;
  }

  async #open(digest: Digest, required: readonly Requirement[]): Promise<void> {
    const key = this.#keys.image(digest, required);
    const entry = this.#entries.get(key) ?? this.#fetch(key);
    this.#entries.set(key, entry);
    for (const [known, bytes] of await entry) this.#keep(known, bytes);
  }

  /** What is beyond the room for all entries of a step is asked of the registry. */
  #keep(digest: Digest, bytes: Buffer): void {
    if (this.#known.has(digest) || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    // A copy, so that nothing holds the rest of its entry.
    this.#known.set(digest, Buffer.from(bytes));
  }

  /** Asks whether something is still there. A registry that is out of reach, or overloaded, cannot say: that is one warning. */
  async #recheck<T>(image: Image, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.#silent.has(image.registry)) return undefined;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PullError) || !isUnavailable(error)) throw error;
      const words = "the cached copy is right by its digests, but was not checked against the registry again";
      if (!this.#silent.has(image.registry)) this.#warn(`${image.registry} is unavailable: ${words} (${error.found})`);
    }
    this.#silent.add(image.registry);
    return undefined;
  }
}

/** True for trouble of the registry's own, which says nothing about the image. The end of the step is none. */
function isUnavailable({ status, reason }: PullError): boolean {
  return !isInterruption(reason) && (status === "unreachable" || status === "rate-limited");
}

function nameOf(image: Image, reference: string | undefined): string {
  return `${repositoryName(image)} ${reference}`;
}

/** Restores blobs of `least` bytes or more from their own entries; smaller ones have none. */
export function restorer(cache: BlobCache, keys: Keys, least: number): Wires["restore"] {
  return async (blob, target) => blob.size >= least && (await cache.restore(keys.blob(blob.digest), blob, target));
}
