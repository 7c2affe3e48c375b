import {
  blobsOf,
  countedPlatforms,
  type PlatformImage,
  problemsOf,
  type Resolved,
  type Root,
} from "../gate/resolved.ts";
import { type Blob, distinctBlobs, type ListedBlob, sizeClash } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { isArtifact } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";

/** One platform of an image, with everything a pull needs of it. */
export type PullablePlatform = Omit<PlatformImage, "blobs"> & {
  /** Config and layers, each once. */
  readonly blobs: readonly Blob[];
};

/**
 * An image that can be pulled completely: every document, and every blob with its size.
 * Only {@link toPullable} makes one.
 */
export type Pullable = {
  readonly resolved: Resolved;
  readonly root: Root;
  /** Empty for artifacts and caches. */
  readonly platforms: readonly PullablePlatform[];
  /** What there is to transfer, each blob once. */
  readonly blobs: readonly Blob[];
  /** The blobs that are configs. */
  readonly configs: ReadonlySet<Digest>;
};

/**
 * What a pull takes of an image without a problem: its required platforms, the chosen one when none
 * is required, or a complete artifact. Fails when a platform was not examined or a size is unknown,
 * because the pull would be incomplete.
 */
export function toPullable(resolved: Resolved): Pullable {
  const { root } = resolved;
  const [problem] = problemsOf(resolved);
  if (problem !== undefined || root === undefined) {
    throw new PullError(problem?.reason ?? "not-found", "it was not resolved");
  }
  const platforms = platformsOf(resolved, root);
  const blobs = blobsOf(resolved).map(sized);
  const clash = sizeClash(blobs);
  if (clash !== undefined) throw new PullError("size-differs", `size differs: ${clash}`);
  const configs = platforms.flatMap(({ configDigest }) => configDigest ?? []);
  return {
    resolved,
    root,
    platforms: platforms.map(toPullablePlatform),
    blobs: distinctBlobs(blobs),
    configs: new Set(configs),
  };
}

function toPullablePlatform(image: PlatformImage): PullablePlatform {
  return { ...image, blobs: image.blobs.map(sized) };
}

/** Every required platform, examined. */
function platformsOf(resolved: Resolved, root: Root): readonly PlatformImage[] {
  const skipped = resolved.platforms.find(({ required, image }) => required && !image);
  if (skipped !== undefined) {
    throw new PullError("manifest-missing", `${skipped.platform} was not examined`);
  }
  const images = countedPlatforms(resolved);
  if (images.length === 0 && !isArtifact(root.document)) {
    throw new PullError("platform-unnamed", "none of its platforms was chosen");
  }
  return images;
}

function sized({ digest, size }: ListedBlob): Blob {
  if (size !== undefined) return { digest, size };
  throw new PullError("size-unknown", `the registry states no size for ${digest}`);
}
