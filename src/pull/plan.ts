import type { ImageConfig } from "../oci/config.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import { type FailureStatus, PullError, REASONS, type Reason, type Status } from "../oci/failure.ts";
import { type Platform, satisfies } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import type { Blob, Fetched } from "./ports.ts";
import type { Transfer } from "./transfer.ts";

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
  /** Set when the images are pulled: the platform taken of an index where none is required. */
  readonly pullsFor: Platform | undefined;
  /** Seconds to keep retrying problems that may go away, and seconds between tries. */
  readonly waitTimeout: number;
  readonly waitInterval: number;
};

/** Why an image or a platform is not as required. The status is the reason's. */
export type Problem = { readonly status: FailureStatus; readonly reason: Reason; readonly message: string };

/** A problem for a reason, in words that say what was asked, what was found and what to do next. */
export function problem(reason: Reason, asked: string, found: string, next: string = REASONS[reason].next): Problem {
  return { status: REASONS[reason].status, reason, message: `${asked}: ${found}; ${next}` };
}

/** The problem that a failure is for what was asked. */
export function problemFrom({ reason, found, next }: PullError, asked: string): Problem {
  return problem(reason, asked, found, next);
}

/** The problem that an error is for what was asked; only a bug goes on as an exception. */
export function asProblem(error: unknown, asked: string): Problem {
  if (!(error instanceof PullError)) throw error;
  return problemFrom(error, asked);
}

/** The same, its message with a note at the end. */
export function withNote<T extends { readonly message: string }>(one: T, note: string): T {
  return { ...one, message: `${one.message} (${note})` };
}

/** An image for one platform, read and verified. Sizes are compressed bytes. */
export type PlatformImage = {
  /** As the index offers it or, without an index, as its config says. */
  readonly platform: Platform;
  readonly manifest: Fetched;
  /** What the manifest says it is. */
  readonly mediaType: string;
  readonly config: ImageConfig;
  /** Absent for schema 1, whose config is in the manifest. */
  readonly configDigest: Digest | undefined;
  readonly layers: readonly Digest[];
  /** True when not everybody can read manifest and config, or nothing says that they can. */
  readonly private: boolean;
  /** Config and layers, each with its size; a size nobody states is undefined. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number | undefined }[];
};

/** One platform of an image: offered, or required, or both. */
export type PlatformOutcome = {
  /** As it is written: `linux/arm64`. */
  readonly platform: string;
  readonly required: boolean;
  /** `listed` when it was neither required nor looked into. */
  readonly status: Status;
  /** Empty where there is no problem, as the message is. */
  readonly reason: Reason | "";
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
  const parts = resolved.platforms.flatMap(({ platform, reason, message }) =>
    reason === "" ? [] : [{ platform, status: REASONS[reason].status, reason, message }],
  );
  return [...whole, ...parts];
}

/** The platforms that count, of those looked into: the required ones or, when none is required, the one a single image is for. */
export function countedPlatforms({ platforms, wanted }: Resolved): readonly PlatformImage[] {
  const none = wanted.platforms === "any";
  return platforms.flatMap(({ image, required }) => (image !== undefined && (required || none) ? [image] : []));
}

/** The image that stands for the whole: the runner's platform or, where that does not count, the first required as written. */
export function shownImage(resolved: Resolved, runner: Platform): PlatformImage | undefined {
  const images = countedPlatforms(resolved);
  const { platforms } = resolved.wanted;
  const order = [runner, ...(typeof platforms === "string" ? [] : platforms)];
  const found = order.map((wanted) => images.find(({ platform }) => satisfies(wanted, platform)));
  return found.find((image) => image !== undefined) ?? images[0];
}

/** The image's one status: `ok`, or that of its first problem. */
export function statusOf(resolved: Resolved): Status {
  return problemsOf(resolved)[0]?.status ?? "ok";
}

// What fail-on-missing forgives, and what with dangling parts says for certain that something is not there.
const ABSENT: readonly Status[] = ["not-found", "platform-missing"];
const CERTAINLY_ABSENT: readonly Status[] = [...ABSENT, "dangling"];

/** True when a problem fails the step: an optional image's never does, an absence only where it is not forgiven. */
export function failsOn(status: Status, optional: boolean, failOnMissing: boolean): boolean {
  return !optional && (failOnMissing || !ABSENT.includes(status));
}

/** True when one of an image's problems fails the step. */
export function failsStep(resolved: Resolved, failOnMissing: boolean): boolean {
  return problemsOf(resolved).some(({ status }) => failsOn(status, resolved.wanted.optional, failOnMissing));
}

/** Whether everything required is there; undefined when that could not be found out. */
export function existsAll(images: readonly Resolved[]): boolean | undefined {
  const problems = images.filter(({ wanted }) => !wanted.optional).flatMap(problemsOf);
  if (problems.length === 0) return true;
  return problems.some(({ status }) => CERTAINLY_ABSENT.includes(status)) ? false : undefined;
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
  /** True when every blob that was needed came from the cache or was in the layout, and no image failed. */
  readonly hit: boolean;
  /** What came, by its digest. */
  readonly transfers: ReadonlyMap<Digest, Transfer>;
  /** The OCI image that a schema 1 image became, by the image's name. */
  readonly converted: ReadonlyMap<string, Digest>;
  /** What is worth a warning about the layout. */
  readonly warnings: readonly string[];
  /** What an engine can load. */
  readonly loadable: readonly Loadable[];
  /** Artifacts and caches, which no engine takes. */
  readonly unloadable: readonly Resolved[];
};

/** One image in the layout, as an engine takes it. */
export type Loadable = {
  readonly image: Resolved;
  readonly entry: Blob & { readonly mediaType: string; readonly annotations: Readonly<Record<string, string>> };
  /** The top document and nested indexes, each once. */
  readonly documents: readonly Blob[];
  /** What was pulled; the one that stands for the whole comes first. */
  readonly platforms: readonly LoadablePlatform[];
  /** `registry/repository:tag`; absent where the reference has no tag. */
  readonly tag: string | undefined;
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

/** Every image of the plan, in its order, and what was pulled when that was asked for. */
export type Outcome = { readonly images: readonly Resolved[]; readonly pulled: Pulled | undefined };
