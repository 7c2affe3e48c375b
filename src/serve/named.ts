import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";

/** An image that the step resolved, or that its lock file names. */
export type NamedImage = {
  /** The full name of its repository. */
  readonly name: string;
  /** Empty for an image that is named by digest. */
  readonly tag: string;
  readonly digest: Digest;
  /** Manifests of it that a lock file names. */
  readonly parts: readonly Digest[];
  /** True when its registry confirmed it to the step. */
  readonly isConfirmed: boolean;
  /** False when anyone can read it at its registry. */
  readonly isPrivate: boolean;
};

/** The images whose digests are known for the whole job. */
export class NamedImages {
  /** By `repository:tag`. A later image replaces an earlier one. */
  readonly #tags: ReadonlyMap<string, Digest>;
  /** Every digest that is named, as `repository@digest`. */
  readonly #digests: ReadonlySet<string>;
  readonly #isOnly: boolean;

  /** `isOnly` is true when nothing else is served. */
  constructor(images: readonly NamedImage[], isOnly: boolean) {
    const tagged = images.filter(({ tag }) => tag !== "");
    this.#tags = new Map(tagged.map(({ name, tag, digest }) => [`${name}:${tag}`, digest]));
    const digests = images.flatMap(({ name, digest, parts }) =>
      [digest, ...parts].map((one) => `${name}@${one}`),
    );
    this.#digests = new Set(digests);
    this.#isOnly = isOnly;
  }

  /** What a tag is for the whole job; undefined when nothing names it. */
  digestOf(repository: Repository, tag: string): Digest | undefined {
    return this.#tags.get(`${repositoryName(repository)}:${tag}`);
  }

  /** True when a digest of the repository is named. */
  has(repository: Repository, digest: Digest): boolean {
    return this.#digests.has(`${repositoryName(repository)}@${digest}`);
  }

  /** Fails as `unauthorized` when only named images are served, and `isNamed` is false. */
  expect(isNamed: boolean, what: string): void {
    if (isNamed || !this.#isOnly) return;
    const found = `${what} is named neither by images, files nor the lock file`;
    throw new PullError("not-served", `${found}, and serve-only is true`);
  }
}
