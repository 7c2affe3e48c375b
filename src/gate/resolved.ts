import type { ListedBlob } from "../oci/blob.ts";
import type { ImageConfig } from "../oci/config.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import type { Fetched, Refusal } from "../oci/fetched.ts";
import { type Platform, satisfies } from "../oci/platform.ts";
import { REASONS, type Reason, type Status } from "../oci/reason.ts";
import { isOptional } from "./mentions.ts";
import type { Wanted } from "./plan.ts";
import { failsOn, isCertainlyAbsent, type Problem } from "./problem.ts";

/** A platform and the manifest that an index offers for it. */
export type Offer = { readonly platform: Platform; readonly descriptor: Descriptor };

/** The top document of an image and what it offers. */
export type Root = {
  readonly fetched: Fetched;
  readonly document: Document;
  /** Platforms and their manifests, in the order of the index. */
  readonly offers: readonly Offer[];
  /** Entries that name no platform: only their configs do. */
  readonly unnamed: readonly Descriptor[];
  /** How many entries are attestations. */
  readonly attestations: number;
  /** The indexes that the index lists, as they were received. */
  readonly nested: readonly Fetched[];
};

/** An image for one platform, read and verified. Sizes are compressed bytes. */
export type PlatformImage = {
  /** As the index offers it or, without an index, as its config says. */
  readonly platform: Platform;
  readonly manifest: Fetched;
  /** What the manifest says it is. */
  readonly mediaType: string;
  readonly config: ImageConfig;
  /** Undefined for schema 1, whose config is in the manifest. */
  readonly configDigest: Digest | undefined;
  /** Base layer first, as often as the image has them. */
  readonly layers: readonly Digest[];
  /** True when only some can read manifest and config, or when that is not known. */
  readonly private: boolean;
  /** Set when the registry refused to confirm manifest or config. */
  readonly refusal?: Refusal | undefined;
  /** Config and layers, each once. */
  readonly blobs: readonly ListedBlob[];
};

/** One platform of an image: offered, required, or both. */
export type PlatformOutcome = {
  /** As it is written: `linux/arm64`. */
  readonly platform: string;
  readonly required: boolean;
  /** `listed` when it is neither required nor examined. */
  readonly status: Status;
  /** Empty when there is no problem. */
  readonly reason: Reason | "";
  /** Empty when there is no problem. */
  readonly message: string;
  /** The manifest's digest, when the image offers the platform. */
  readonly digest: Digest | undefined;
  /** Set when the platform was examined. */
  readonly image: PlatformImage | undefined;
};

/** Whether an image is built on what its base is now. */
export type BaseVerdict = {
  /** The base as it was written, or as the image names it; empty when the image names none. */
  readonly reference: string;
  /** What the base's tag points at now; empty when that could not be found out. */
  readonly digest: string;
  /** Undefined when it could not be found out. */
  readonly stale: boolean | undefined;
  /** One sentence with the reason. */
  readonly message: string;
};

/** What became of a tag since its digest was written down; empty when that is not known. */
export type TagState = "same" | "moved" | "gone" | "";

/** How an image and its lock file compare. */
export type LockVerdict = {
  /** What the lock file had before this step; undefined for an image that it did not have. */
  readonly digest: Digest | undefined;
  readonly tag: TagState;
};

/** What the gate found out about one image. Problems are values, so that all images are tried. */
export type Resolved = {
  readonly wanted: Wanted;
  /** Undefined when the top document could not be read. */
  readonly root: Root | undefined;
  readonly platforms: readonly PlatformOutcome[];
  /** What is wrong with the image as a whole. */
  readonly problem: Problem | undefined;
  /** The blobs of an artifact or cache, which has no platform. */
  readonly blobs: readonly ListedBlob[];
  readonly warnings: readonly string[];
  /** Set when a file must name it by digest, and does not. */
  readonly pin?: Problem;
  /** Set when the plan names a base. */
  readonly base?: BaseVerdict;
  /** Set when the step uses a lock file for the image. */
  readonly lock?: LockVerdict | undefined;
  /** Set when the image is what the lock file has, and nothing of it was read again. */
  readonly unread?: Digest;
  /** Set when the registry refused to confirm documents that are used without it. */
  readonly refusal?: Refusal | undefined;
  /** Set when it refused to answer what the tag points at, and the digest is known without that. */
  readonly tagRefusal?: Refusal | undefined;
};

/** The digest of an image; undefined when it could not be resolved. */
export function digestOfImage({ root, unread }: Resolved): Digest | undefined {
  return root?.fetched.digest ?? unread;
}

/** A problem of an image; `platform` is empty when it concerns the image as a whole. */
export type PlatformProblem = Problem & { readonly platform: string };

/** The problems of an image, then those of its platforms, and then that it is not pinned. */
export function problemsOf({ problem, platforms, pin }: Resolved): readonly PlatformProblem[] {
  return [...ofWhole(problem), ...platforms.flatMap(problemOf), ...ofWhole(pin)];
}

function ofWhole(problem: Problem | undefined): readonly PlatformProblem[] {
  return problem === undefined ? [] : [{ ...problem, platform: "" }];
}

function problemOf({ platform, reason, message }: PlatformOutcome): readonly PlatformProblem[] {
  if (reason === "") return [];
  const { status } = REASONS[reason];
  return [{ platform, status, reason, message }];
}

/** The examined platforms that count: the required ones or, if none is required, every one. */
export function countedPlatforms({ platforms, wanted }: Resolved): readonly PlatformImage[] {
  const isAny = wanted.platforms === "any";
  return platforms.flatMap(({ image, required }) =>
    image !== undefined && (required || isAny) ? [image] : [],
  );
}

/** The platform that represents the image: the runner's, else the first required one as written. */
export function shownImage(resolved: Resolved, runner: Platform): PlatformImage | undefined {
  const images = countedPlatforms(resolved);
  const { platforms } = resolved.wanted;
  const order = [runner, ...(typeof platforms === "string" ? [] : platforms)];
  for (const wanted of order) {
    const image = images.find(({ platform }) => satisfies(wanted, platform));
    if (image !== undefined) return image;
  }
  return images[0];
}

/** The blobs that a pull of the image needs; some may be repeated. */
export function blobsOf(resolved: Resolved): readonly ListedBlob[] {
  const platforms = countedPlatforms(resolved);
  return [...platforms.flatMap(({ blobs }) => blobs), ...resolved.blobs];
}

/** The image's status: `ok`, or that of its first problem. */
export function statusOf(resolved: Resolved): Status {
  return problemsOf(resolved)[0]?.status ?? "ok";
}

/**
 * True when one of the image's problems fails the step: at one of the places that it concerns, it is
 * more than a warning.
 */
export function failsStep(image: Resolved, failOnMissing: boolean): boolean {
  return problemsOf(image).some((problem) => {
    const optional = isOptional(image.wanted, problem);
    return failsOn(problem.status, optional, failOnMissing);
  });
}

/** Whether everything required exists; undefined when that could not be found out. */
export function existsAll(images: readonly Resolved[]): boolean | undefined {
  const problems = images.flatMap(requiredProblems);
  // An image that a file names without a digest exists.
  const doubts = problems.filter(({ status }) => status !== "not-pinned");
  if (doubts.length === 0) return true;
  return doubts.some(({ status }) => isCertainlyAbsent(status)) ? false : undefined;
}

function requiredProblems(image: Resolved): readonly PlatformProblem[] {
  return problemsOf(image).filter((problem) => !isOptional(image.wanted, problem));
}
