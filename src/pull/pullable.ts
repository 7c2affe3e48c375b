import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { countedPlatforms, type PlatformImage, problemsOf, type Resolved, type Root } from "./plan.ts";
import type { Blob } from "./ports.ts";

/** One platform of an image, with everything a pull needs of it. */
export type PullablePlatform = Omit<PlatformImage, "blobs"> & {
  /** Config and layers, each once. */
  readonly blobs: readonly Blob[];
};

/** An image that can be pulled whole: every document, and every blob with its size. Only {@link toPullable} makes one. */
export type Pullable = {
  readonly resolved: Resolved;
  readonly root: Root;
  /** Empty for artifacts and caches. */
  readonly platforms: readonly PullablePlatform[];
  /** What there is to download, each blob once. */
  readonly blobs: readonly Blob[];
  /** Those of the blobs that were read before, to look into the image. */
  readonly configs: ReadonlySet<Digest>;
};

/**
 * What a pull takes of an image that has no problem: its required platforms, the chosen one where none is required, or an
 * artifact whole. Fails when a platform was not looked into or a size is not known, because a pull would leave it out.
 */
export function toPullable(resolved: Resolved): Pullable {
  const { root } = resolved;
  const [problem] = problemsOf(resolved);
  if (problem !== undefined || root === undefined) throw new PullError(problem?.reason ?? "not-found", "it was not resolved");
  const platforms = platformsOf(resolved, root).map((image) => ({ ...image, blobs: image.blobs.map(sized) }));
  const blobs = [...platforms.flatMap((platform) => platform.blobs), ...resolved.blobs.map(sized)];
  refuseTwoSizes(blobs);
  const configs = platforms.flatMap(({ configDigest }) => configDigest ?? []);
  return { resolved, root, platforms, blobs: distinct(blobs), configs: new Set(configs) };
}

/** Every required platform, looked into. */
function platformsOf(resolved: Resolved, root: Root): readonly PlatformImage[] {
  const skipped = resolved.platforms.find(({ required, image }) => required && image === undefined);
  if (skipped !== undefined) throw new PullError("manifest-missing", `${skipped.platform} was not looked into`);
  const images = countedPlatforms(resolved);
  const { kind } = root.document;
  const isArtifact = kind === "artifact" || kind === "buildkit-cache";
  if (images.length === 0 && !isArtifact) throw new PullError("platform-unnamed", "no platform of it was chosen");
  return images;
}

/** One digest has one size: what lists two lies in one of them. */
function refuseTwoSizes(blobs: readonly Blob[]): void {
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
  const other = blobs.find(({ digest, size }) => sizes.get(digest) !== size);
  if (other === undefined) return;
  const found = `size differs: ${other.digest} is listed with ${other.size} and with ${sizes.get(other.digest)} bytes`;
  throw new PullError("size-differs", found);
}

function sized({ digest, size }: PlatformImage["blobs"][number]): Blob {
  if (size !== undefined) return { digest, size };
  throw new PullError("size-unknown", `the registry states no size for ${digest}`);
}

/** Each blob once: images and platforms share layers. */
export function distinct(blobs: readonly Blob[]): readonly Blob[] {
  return [...new Map(blobs.map(({ digest, size }) => [digest, { digest, size }])).values()];
}
