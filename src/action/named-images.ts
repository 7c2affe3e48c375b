import { digestOfImage, type Resolved } from "../gate/resolved.ts";
import { parseReference, repositoryName } from "../oci/reference.ts";
import type { LockFile } from "../runner/lock-file.ts";
import type { NamedImage } from "../serve/named.ts";

/** The images that a step and its lock file name. */
export type NamedByStep = {
  readonly images: readonly Resolved[];
  /** Every entry of the lock file; empty when the step uses none. */
  readonly lock: LockFile;
};

/**
 * The images of which the digest is known for the whole job. What the step resolved comes after what
 * is locked, and replaces it: an update may have found another digest.
 */
export function namedImages({ images, lock }: NamedByStep): readonly NamedImage[] {
  const locked = [...lock].map(([written, { digest, platforms }]) => {
    const reference = parseReference(written);
    const { tag = "" } = reference;
    const parts = [...platforms.values()];
    const name = repositoryName(reference);
    return { name, tag, digest, parts, isConfirmed: false, isPrivate: true };
  });
  return [...locked, ...images.flatMap(resolvedImage)];
}

function resolvedImage(image: Resolved): readonly NamedImage[] {
  const digest = digestOfImage(image);
  if (digest === undefined) return [];
  const { reference } = image.wanted;
  const { tag = "" } = reference;
  const isPrivate = image.root?.fetched.private ?? true;
  const name = repositoryName(reference);
  return [{ name, tag, digest, parts: [], isConfirmed: true, isPrivate }];
}

/** The full names of the repositories that a step and its lock file name, each once. */
export function namedRepositories({ images, lock }: NamedByStep): readonly string[] {
  const references = [
    ...images.map(({ wanted }) => wanted.reference),
    ...[...lock.keys()].map(parseReference),
  ];
  return [...new Set(references.map(repositoryName))];
}
