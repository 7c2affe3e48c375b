import type { Blob } from "../oci/blob.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import { formatPlatform, type Platform } from "../oci/platform.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";

// An image has about 30 parts, so this is what several thousand images have. Every program of the
// machine can ask for images, and memory must not grow with what it asks for.
const PART_LIMIT = 100_000;

/** A document or a blob of a repository. */
type Part = {
  /** Bytes; undefined when nothing states them. */
  size: number | undefined;
  /** The platform that an index names for it. */
  platform: Platform | undefined;
  /** True unless anyone can read it at its registry, as far as that is known. */
  isPrivate: boolean;
  /** Set once a client has got the document. */
  document: Document | undefined;
  /** The documents that list it. */
  readonly parents: Set<Digest>;
};

/** An image that clients pulled: its top document, and the platforms that they asked for. */
export type PulledRoot = {
  readonly name: string;
  readonly digest: Digest;
  /** Empty for a document that is no index. */
  readonly platforms: readonly Platform[];
};

/**
 * What each repository is known to have: what its registry confirmed, and what documents of it list.
 * A digest alone proves bytes, and not that a repository may show them: content of one repository is
 * never served under the name of another (https://github.com/advisories/GHSA-55r9-5mx9-qq7r).
 */
export class Contents {
  /** By the full name of the repository. */
  readonly #repositories = new Map<string, Map<Digest, Part>>();
  #count = 0;

  /** True when the repository has this content. */
  has(repository: Repository, digest: Digest): boolean {
    return this.#find(repository, digest) !== undefined;
  }

  /** The size of a part in bytes; undefined when it is not known. */
  size(repository: Repository, digest: Digest): number | undefined {
    return this.#find(repository, digest)?.size;
  }

  /** The platform that an index names for a manifest. */
  platform(repository: Repository, digest: Digest): string | undefined {
    const platform = this.#find(repository, digest)?.platform;
    return platform && formatPlatform(platform);
  }

  /** False when anyone can read the document at its registry. */
  isPrivate(repository: Repository, digest: Digest): boolean {
    return this.#find(repository, digest)?.isPrivate ?? true;
  }

  /** The top documents that list a part, over other documents or directly. */
  roots(repository: Repository, digest: Digest): readonly Digest[] {
    const reached = new Set([digest]);
    for (const one of reached) {
      for (const parent of this.#parents(repository, one)) reached.add(parent);
    }
    reached.delete(digest);
    return [...reached].filter((one) => this.#parents(repository, one).size === 0);
  }

  /** The config and the layers of an image of which a client got the manifest. */
  blobs(repository: Repository, digest: Digest): readonly Blob[] {
    const document = this.#find(repository, digest)?.document;
    return document?.kind === "image" ? [document.config, ...document.layers] : [];
  }

  /** Every image of which clients got a document. */
  *pulled(): Generator<PulledRoot> {
    for (const [name, parts] of this.#repositories) {
      for (const [digest, { document, parents }] of parts) {
        if (document === undefined || parents.size > 0) continue;
        yield { name, digest, platforms: platformsBelow(digest, parts) };
      }
    }
  }

  /** Remembers that the registry of a repository has a part, and who may read it there. */
  confirm(
    repository: Repository,
    digest: Digest,
    { isPrivate, size }: { readonly isPrivate: boolean; readonly size?: number | undefined },
  ): void {
    const part = this.#part(repository, digest);
    part.isPrivate = isPrivate;
    part.size ??= size;
  }

  /** Remembers a document that a client gets, and what it lists. */
  add(repository: Repository, digest: Digest, document: Document): void {
    this.#part(repository, digest).document = document;
    for (const child of listedBy(document)) {
      const part = this.#part(repository, child.digest);
      part.size ??= child.size;
      part.platform ??= child.platform;
      // No document lists itself: its digest would have to be in its own bytes.
      part.parents.add(digest);
    }
  }

  #find(repository: Repository, digest: Digest): Part | undefined {
    return this.#repositories.get(repositoryName(repository))?.get(digest);
  }

  #parents(repository: Repository, digest: Digest): ReadonlySet<Digest> {
    return this.#find(repository, digest)?.parents ?? new Set();
  }

  #part(repository: Repository, digest: Digest): Part {
    const name = repositoryName(repository);
    const parts = this.#repositories.get(name) ?? new Map<Digest, Part>();
    this.#repositories.set(name, parts);
    const known = parts.get(digest);
    if (known !== undefined) return known;
    const part = {
      size: undefined,
      platform: undefined,
      isPrivate: true,
      document: undefined,
      parents: new Set<Digest>(),
    };
    parts.set(digest, part);
    this.#count++;
    this.#makeRoom(name);
    return part;
  }

  /** Forgets repositories: their registries are asked again. */
  #makeRoom(kept: string): void {
    for (const [name, parts] of this.#repositories) {
      if (this.#count <= PART_LIMIT) return;
      if (name === kept) continue;
      this.#count -= parts.size;
      this.#repositories.delete(name);
    }
  }
}

type Listed = Pick<Descriptor, "digest"> & Partial<Pick<Descriptor, "size" | "platform">>;

function listedBy(document: Document): readonly Listed[] {
  if (document.kind === "index") return document.entries;
  if (document.kind === "schema1") return document.schema1.layers.map((digest) => ({ digest }));
  const { config, layers } = document;
  return config === undefined ? layers : [config, ...layers];
}

function platformsBelow(root: Digest, parts: ReadonlyMap<Digest, Part>): readonly Platform[] {
  const below = [...parts.values()].filter(({ parents }) => parents.has(root));
  return below.flatMap(({ document, platform }) =>
    document === undefined || platform === undefined ? [] : [platform],
  );
}
