import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";

/** How deep to look: the top document; each required manifest and config; every layer, too. */
export type Depth = "index" | "manifest" | "blobs";

/** Which platforms must be there: these, every one the image offers, or none in particular. */
export type Requirement = readonly Platform[] | "all" | "any";

/** A place in a file of the workflow's repository. Lines and columns start at 1. */
export type Location = {
  /** The file's path, relative to the repository. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The first column after the place, on the same line. */
  readonly endColumn: number;
};

/**
 * How a file keeps a digest: in the reference, in its tag, or in a value of its own, with the
 * algorithm or without it. Where the reference has variables, only a person can write it.
 */
export type PinForm = "reference" | "tag" | "digest" | "sha" | "by-hand";

/** Where an image is named, and what is required of it there. */
export type Mention = {
  /** Absent when the workflow's own input names it. */
  readonly location?: Location;
  readonly platforms: Requirement;
  /** True when a problem is only a warning. */
  readonly optional: boolean;
  /** How a digest is written here, when one must be here and is not. */
  readonly unpinned?: PinForm | undefined;
  /** True for a build cache, which each build replaces: nothing pins or locks it. */
  readonly isCache?: boolean;
};

/** A reference, and how it was written. */
export type WrittenReference = { readonly written: string; readonly reference: Reference };

/** The same reference without the digest that may stand beside its tag. */
export function withoutDigest({ written, reference }: WrittenReference): WrittenReference {
  const [named = ""] = written.split("@");
  return { written: named, reference: { ...reference, digest: undefined } };
}

/** What a lock file has on an image. */
export type Locked = {
  readonly digest: Digest;
  /** The digest of each platform's manifest, by platform as it is written. */
  readonly platforms: ReadonlyMap<string, Digest>;
  /** The day when it was locked: `2026-11-21`. */
  readonly day: string;
};

/** What a lock file means for an image that needs an entry in it. */
export type LockWanted = {
  /** The lock file as the inputs name it. */
  readonly file: string;
  /**
   * `check` and `frozen` use the locked digest; `update` asks what the tag points at now, unless a
   * receipt has the digest that a job used.
   */
  readonly mode: "check" | "frozen" | "update";
  /** Undefined when the file does not have the image. */
  readonly entry: Locked | undefined;
};

/** The image that another one should be built on; `auto` for the one that the image itself names. */
export type BaseWanted = WrittenReference | "auto";

/** One image that a workflow or a file names. */
export type Wanted = {
  /** Its key in the outputs. */
  readonly name: string;
  /** The reference as it was written. */
  readonly written: string;
  readonly reference: Reference;
  readonly platforms: Requirement;
  /** True when a problem is only a warning. */
  readonly optional: boolean;
  /**
   * Set when files name the image: every place that does, the workflow's own input included.
   * `platforms` and `optional` are then what all of them together require.
   */
  readonly mentions?: readonly Mention[];
  /** What counts when the reference does not exist. */
  readonly otherwise?: WrittenReference;
  readonly base?: BaseWanted;
  /** Set when the step uses a lock file, and the reference has no digest of its own. */
  readonly lock?: LockWanted;
  /** The digest that a job used for the tag, by its receipt. An update of a lock file locks it. */
  readonly used?: Digest;
};

/** Every place that names an image. */
export function mentionsOf({ mentions, platforms, optional }: Wanted): readonly Mention[] {
  return mentions ?? [{ platforms, optional }];
}

/** What a step is to find out. */
export type Plan = {
  readonly wanted: readonly Wanted[];
  readonly verify: Depth;
  /** False when no tag may be asked for beside a digest that is known. */
  readonly checksTags: boolean;
  /** Set for a pull: the platform to take from an index when no platform is required. */
  readonly pullsFor: Platform | undefined;
  /** How long to retry failures that may resolve on their own, in seconds. */
  readonly waitTimeout: number;
  /** Seconds between two tries. */
  readonly waitInterval: number;
};

/** What to look for in an image: what is required or, without a requirement, what a pull takes. */
export function soughtPlatforms(
  { platforms }: Pick<Wanted, "platforms">,
  pullsFor: Plan["pullsFor"],
): Requirement {
  return platforms === "any" && pullsFor !== undefined ? [pullsFor] : platforms;
}
