import type { ImageConfig } from "../oci/config.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import type { FailureStatus, Status } from "../oci/failure.ts";
import type { Platform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import type { Blob, Fetched } from "./ports.ts";

/** How deep to look: the top document; each required manifest and config; every layer, too. */
export type Depth = "index" | "manifest" | "blobs";

/** Which platforms must be there: these, every one the image offers, or none in particular. */
export type Requirement = readonly Platform[] | "all" | "any";

/** One image a workflow names. */
export type Wanted = {
  /** Its key in the outputs. */
  readonly name: string;
  /** The reference as it was written. */
  readonly written: string;
  readonly reference: Reference;
  readonly platforms: Requirement;
  /** A problem is a warning. */
  readonly optional: boolean;
};

/** What a step is to find out. */
export type Plan = {
  readonly wanted: readonly Wanted[];
  readonly verify: Depth;
  /** Seconds to keep trying what can heal, and seconds between tries. */
  readonly waitTimeout: number;
  readonly waitInterval: number;
};

/** Why an image or a platform is not as required. */
export type Problem = { readonly status: FailureStatus; readonly message: string };

/** An image for one platform, read and verified. Sizes are compressed bytes. */
export type PlatformImage = {
  readonly manifest: Fetched;
  readonly config: ImageConfig;
  /** Absent for schema 1, whose config is in the manifest. */
  readonly configDigest: Digest | undefined;
  readonly layers: readonly Digest[];
  /** Config and layers, each with its size; a size nobody states is undefined. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number | undefined }[];
};

/** One platform of an image: offered, or required, or both. */
export type PlatformOutcome = {
  /** As it is written: `linux/arm64`. */
  readonly platform: string;
  readonly required: boolean;
  readonly status: Status;
  readonly message: string;
  /** The manifest's digest, where the image offers one. */
  readonly digest: Digest | undefined;
  /** There when it was looked into. */
  readonly image: PlatformImage | undefined;
};

/** The top document and what it offers. */
export type Root = {
  readonly fetched: Fetched;
  readonly document: Document;
  /** Platforms and their manifests, in the index's order. */
  readonly offers: readonly Offer[];
  /** Entries that name no platform: only their configs know. */
  readonly unnamed: readonly Descriptor[];
  readonly attestations: number;
  /** The indexes that the index lists, as they were received. */
  readonly nested: readonly Fetched[];
};

/** A platform and the manifest that an index offers for it. */
export type Offer = { readonly platform: Platform; readonly descriptor: Descriptor };

/** Everything found out about one image. Problems are values: all images are tried before anything fails. */
export type Resolved = {
  readonly wanted: Wanted;
  /** Absent when not even the top document could be had. */
  readonly root: Root | undefined;
  readonly platforms: readonly PlatformOutcome[];
  /** What is wrong with the image as a whole. */
  readonly problem: Problem | undefined;
  /** Blobs of an artifact or cache, which has no platform to hold them. */
  readonly blobs: PlatformImage["blobs"];
  readonly warnings: readonly string[];
};

/** The problems of an image, its platforms' included; `platform` is empty for the image itself. */
export function problemsOf(resolved: Resolved): readonly (Problem & { readonly platform: string })[] {
  const whole = resolved.problem === undefined ? [] : [{ ...resolved.problem, platform: "" }];
  const parts = resolved.platforms.flatMap(({ platform, status, message }) => (status === "ok" ? [] : [{ platform, status, message }]));
  return [...whole, ...parts];
}

/** The platforms that count, of those looked into: the required ones or, when none is required, the one a single image is for. */
export function countedPlatforms({ platforms, wanted }: Resolved): readonly PlatformImage[] {
  const none = wanted.platforms === "any";
  return platforms.flatMap(({ image, required }) => (image !== undefined && (required || none) ? [image] : []));
}

/** The image's one status: `ok`, or that of its first problem. */
export function statusOf(resolved: Resolved): Status {
  return problemsOf(resolved)[0]?.status ?? "ok";
}

/** Compressed bytes by where they came from, and the seconds it took. */
export type Tally = { readonly restored: number; readonly downloaded: number; readonly alreadyThere: number; readonly seconds: number };

/** What became of a pull: each blob counts once. */
export type Pulled = Tally & {
  /** The layout's directory. */
  readonly layout: string;
  /** Bytes a second of a single transfer, over all of them, where there was any of a megabyte or more. */
  readonly rates: { readonly cache: number | undefined; readonly registry: number | undefined };
  /** Each image by its name, blobs that several need counted for each. */
  readonly byImage: ReadonlyMap<string, Tally>;
  /** The blobs that came from registries: what a cache did not have. */
  readonly missed: readonly Blob[];
  /** The OCI image that a schema 1 image became, by the image's name. */
  readonly converted: ReadonlyMap<string, Digest>;
  /** What an engine can load, for the runner's platform where it was pulled. */
  readonly loadable: readonly Loadable[];
};

/** One image in the layout, as an engine takes it. */
export type Loadable = {
  readonly image: Resolved;
  readonly entry: Blob & { readonly mediaType: string; readonly annotations: Readonly<Record<string, string>> };
  /** Documents, config and layers of one platform, each once. */
  readonly blobs: readonly Blob[];
  readonly config: Digest;
  readonly layers: readonly Digest[];
  /** `registry/repository:tag`; absent where the reference has no tag. */
  readonly tag: string | undefined;
};

/** Every image of the plan, in its order, and what was pulled when that was asked for. */
export type Outcome = { readonly images: readonly Resolved[]; readonly pulled: Pulled | undefined };
