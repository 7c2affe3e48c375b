import type { Resolved } from "../gate/resolved.ts";
import type { Blob } from "../oci/blob.ts";
import { repositoryName } from "../oci/reference.ts";
import type { Pullable } from "./pullable.ts";

/** A blob, and the images that need it. */
export type Need = Blob & {
  readonly owners: readonly Pullable[];
  /** True for a config, which the gate has read before. */
  readonly config: boolean;
};

/**
 * The blobs that images need, each once: blobs of required images first, then by size, the largest
 * first. A digest that images list with two sizes is two needs, of which one will fail.
 */
export function needsOf(images: readonly Pullable[]): readonly Need[] {
  const needs = new Map<string, Need>();
  for (const image of images) {
    for (const { digest, size } of image.blobs) {
      const key = `${digest} ${size}`;
      const others = needs.get(key)?.owners ?? [];
      const owners = [...others, image];
      const config = owners.some(({ configs }) => configs.has(digest));
      needs.set(key, { digest, size, owners, config });
    }
  }
  const bySize = [...needs.values()].toSorted((one, other) => other.size - one.size);
  const required = bySize.filter((need) => !isOptional(need));
  return [...required, ...bySize.filter(isOptional)];
}

function isOptional({ owners }: Need): boolean {
  return owners.every(({ resolved }) => resolved.wanted.optional);
}

/** The images that need a blob, by repository. The repositories of required images come first. */
export function byRepository({ owners }: Need): readonly (readonly Resolved[])[] {
  const groups = new Map<string, Resolved[]>();
  const images = owners.map(({ resolved }) => resolved);
  const required = images.filter(({ wanted }) => !wanted.optional);
  const optional = images.filter(({ wanted }) => wanted.optional);
  for (const image of [...required, ...optional]) {
    const name = repositoryName(image.wanted.reference);
    const others = groups.get(name) ?? [];
    groups.set(name, [...others, image]);
  }
  return [...groups.values()];
}
