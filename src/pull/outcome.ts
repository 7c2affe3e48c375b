import type { Wanted } from "../gate/plan.ts";
import type { Resolved } from "../gate/resolved.ts";
import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import type { Provenance } from "../oci/fetched.ts";
import type { IndexEntry } from "../oci/layout.ts";
import type { Platform } from "../oci/platform.ts";

/** Where a blob came from, and when. */
export type Transfer = Provenance & {
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly ended: number;
};

/** Compressed bytes by where they came from, and the seconds it took. */
export type Tally = {
  readonly restored: number;
  readonly downloaded: number;
  /** What was downloaded, by the place it came from. */
  readonly places: ReadonlyMap<string, number>;
  readonly alreadyThere: number;
  readonly seconds: number;
};

/** One platform of an image in the layout. */
export type LoadablePlatform = {
  readonly platform: Platform;
  readonly manifest: Blob & { readonly mediaType: string };
  readonly config: Digest;
  /** Base layer first, as often as the image has them. */
  readonly layers: readonly Digest[];
  /** Manifest, config and layers, each once. */
  readonly blobs: readonly Blob[];
};

/** An image in the layout, in the shape that an engine loads. */
export type Loadable = {
  readonly entry: IndexEntry;
  /** The top document and nested indexes, each once. */
  readonly documents: readonly Blob[];
  /** What was pulled; the platform that represents the image comes first. */
  readonly platforms: readonly [LoadablePlatform, ...LoadablePlatform[]];
  /** `registry/repository:tag`; undefined when the reference has no tag. */
  readonly tag: string | undefined;
};

/** A manifest or an index. */
export type TypedDocument = {
  readonly digest: Digest;
  readonly bytes: Buffer;
  readonly mediaType: string;
};

/** An image that is being pulled, in the shape that an engine will load. */
export type Foreseen = {
  readonly wanted: Wanted;
  readonly loadable: Loadable;
  /** Its manifests and indexes, which are in memory until its blobs are in the layout. */
  readonly documents: readonly TypedDocument[];
};

/** What a pull did for one image. */
export type PulledImage = {
  /** A blob that several images need counts for each of them. */
  readonly tally: Tally;
  /** Set when all of the image is in the layout. */
  readonly stored: Stored | undefined;
};

/** An image that is in the layout. */
export type Stored = {
  /** The OCI image that a schema 1 image became. */
  readonly converted: Digest | undefined;
  /** Undefined for artifacts and caches, which no engine can load. */
  readonly loadable: Loadable | undefined;
};

/** One image at the end of a step. */
export type Result = Resolved & {
  /** Undefined when the image was not pulled. */
  readonly pulled: PulledImage | undefined;
};

/** What a pull did for all images together: each blob counts once. */
export type Pulled = Tally & {
  /** The layout's directory. */
  readonly layout: string;
  /** Mean bytes a second of one transfer; undefined when none had a megabyte or more. */
  readonly rates: { readonly cache: number | undefined; readonly registry: number | undefined };
  /** The blobs that the cache did not have: those that came from registries. */
  readonly missed: readonly Blob[];
  /** True when no image failed and every blob came from the cache or was in the layout. */
  readonly hit: boolean;
  readonly transfers: ReadonlyMap<Digest, Transfer>;
  /** Warnings about the layout. */
  readonly warnings: readonly string[];
};

/** Every image of the plan, in its order, and the pull when there was one. */
export type Outcome = {
  readonly images: readonly Result[];
  readonly pulled: Pulled | undefined;
};

/** The outcome of a gate that no pull followed. */
export function notPulled(images: readonly Resolved[]): Outcome {
  const results = images.map((image) => ({ ...image, pulled: undefined }));
  return { images: results, pulled: undefined };
}
