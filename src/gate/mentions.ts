import { asPlatform, formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import type { Status } from "../oci/reason.ts";
import { type Mention, mentionsOf, type Requirement, type Wanted } from "./plan.ts";

/** What decides which mentions a problem concerns. */
type Concern = {
  /** As it is written; empty when the problem concerns the image as a whole. */
  readonly platform: string;
  readonly status: Status;
};

/**
 * The places that a problem of an image concerns: those that require the platform with the problem.
 * A problem of the image as a whole concerns every place, and a missing digest those that must have
 * one. Never empty for an image that is mentioned, so that no problem is lost.
 */
export function mentionsOfProblem(wanted: Wanted, problem: Concern): readonly Mention[] {
  const mentions = mentionsOf(wanted);
  const concerned = mentions.filter(isConcernedBy(problem));
  return concerned.length === 0 ? mentions : concerned;
}

/** True when a problem is only a warning at every place that it concerns. */
export function isOptional(wanted: Wanted, problem: Concern): boolean {
  return mentionsOfProblem(wanted, problem).every(({ optional }) => optional);
}

function isConcernedBy({ platform, status }: Concern): (mention: Mention) => boolean {
  if (status === "not-pinned") return ({ unpinned }) => unpinned !== undefined;
  // Only the places that name a platform can miss it: `all` and `any` take what is offered.
  if (status === "platform-missing") return ({ platforms }) => names(platforms, platform);
  const affected = asPlatform(platform);
  if (affected === undefined) return () => true;
  // A place that takes any platform needs no digest of one.
  if (status === "not-locked") {
    return ({ platforms }) => platforms !== "any" && requires(platforms, affected);
  }
  return ({ platforms }) => requires(platforms, affected);
}

function names(platforms: Requirement, written: string): boolean {
  return namedPlatforms(platforms).some((required) => formatPlatform(required) === written);
}

function requires(platforms: Requirement, affected: Platform): boolean {
  if (typeof platforms === "string") return true;
  return platforms.some((required) => satisfies(required, affected));
}

/** The platforms that a requirement names one by one: none for `all` and `any`. */
export function namedPlatforms(platforms: Requirement): readonly Platform[] {
  return typeof platforms === "string" ? [] : platforms;
}
