// The words of an image layout:
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import type { Blob } from "./blob.ts";
import type { Digest } from "./digest.ts";

/** The content of the file `oci-layout`. */
export const LAYOUT_VERSION = '{"imageLayoutVersion":"1.0.0"}';

/** The annotation with the full name of an image, which containerd reads. */
export const IMAGE_NAME = "io.containerd.image.name";

/**
 * The annotation with the tag of an image:
 * https://github.com/opencontainers/image-spec/blob/main/annotations.md
 */
export const REF_NAME = "org.opencontainers.image.ref.name";

/** An entry of the `index.json` of a layout: a descriptor with the names of the image. */
export type IndexEntry = Blob & {
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
};

/**
 * An image for an archive: its entry and blobs for the OCI form, and one platform for
 * `manifest.json` of Docker's older form, which can have only one.
 */
export type ArchivedImage = {
  readonly entry: IndexEntry;
  /** Documents, configs and layers, each once. */
  readonly blobs: readonly Blob[];
  /** The config of the platform in `manifest.json`. */
  readonly config: Digest;
  /** The layers of the same platform, base layer first. A layer may be listed several times. */
  readonly layers: readonly Digest[];
  /** `registry/repository:tag`; undefined when the reference has no tag. */
  readonly tag: string | undefined;
};
