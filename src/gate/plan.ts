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

/** One image that a workflow names. */
export type Wanted = {
  /** Its key in the outputs. */
  readonly name: string;
  /** The reference as it was written. */
  readonly written: string;
  readonly reference: Reference;
  readonly platforms: Requirement;
  /** True when a problem is only a warning. */
  readonly optional: boolean;
  /** Where the reference is written; absent when it is in the workflow's own input. */
  readonly location?: Location;
};

/** What a step is to find out. */
export type Plan = {
  readonly wanted: readonly Wanted[];
  readonly verify: Depth;
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
