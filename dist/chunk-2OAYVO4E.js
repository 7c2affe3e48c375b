import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  asPlatform,
  formatPlatform,
  satisfies
} from "./chunk-6YGTSZFH.js";
import {
  PullError,
  REASONS
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/gate/problem.ts
function problem(reason, asked, found, next = REASONS[reason].next) {
  const { status } = REASONS[reason];
  const message = `${asked}: ${found}; ${next}`;
  return { status, reason, message };
}
__name(problem, "problem");
function problemFrom({ reason, found, next }, asked) {
  return problem(reason, asked, found, next);
}
__name(problemFrom, "problemFrom");
function asProblem(error, asked) {
  if (!(error instanceof PullError)) throw error;
  return problemFrom(error, asked);
}
__name(asProblem, "asProblem");
function withNote(value, note) {
  return { ...value, message: `${value.message} (${note})` };
}
__name(withNote, "withNote");
var ABSENT = ["not-found", "platform-missing"];
var CERTAINLY_ABSENT = [...ABSENT, "dangling"];
function failsOn(status, optional, failOnMissing) {
  return !optional && (failOnMissing || !ABSENT.includes(status));
}
__name(failsOn, "failsOn");
function isCertainlyAbsent(status) {
  return CERTAINLY_ABSENT.includes(status);
}
__name(isCertainlyAbsent, "isCertainlyAbsent");

// src/gate/plan.ts
function withoutDigest({ written, reference }) {
  const [named = ""] = written.split("@");
  return { written: named, reference: { ...reference, digest: void 0 } };
}
__name(withoutDigest, "withoutDigest");
function mentionsOf({ mentions, platforms, optional }) {
  return mentions ?? [{ platforms, optional }];
}
__name(mentionsOf, "mentionsOf");
function soughtPlatforms({ platforms }, pullsFor) {
  return platforms === "any" && pullsFor !== void 0 ? [pullsFor] : platforms;
}
__name(soughtPlatforms, "soughtPlatforms");

// src/gate/mentions.ts
function mentionsOfProblem(wanted, problem2) {
  const mentions = mentionsOf(wanted);
  const concerned = mentions.filter(isConcernedBy(problem2));
  return concerned.length === 0 ? mentions : concerned;
}
__name(mentionsOfProblem, "mentionsOfProblem");
function isOptional(wanted, problem2) {
  return mentionsOfProblem(wanted, problem2).every(({ optional }) => optional);
}
__name(isOptional, "isOptional");
function isConcernedBy({ platform, status }) {
  if (status === "not-pinned") return ({ unpinned }) => unpinned !== void 0;
  if (status === "platform-missing") return ({ platforms }) => names(platforms, platform);
  const affected = asPlatform(platform);
  if (affected === void 0) return () => true;
  if (status === "not-locked") {
    return ({ platforms }) => platforms !== "any" && requires(platforms, affected);
  }
  return ({ platforms }) => requires(platforms, affected);
}
__name(isConcernedBy, "isConcernedBy");
function names(platforms, written) {
  return namedPlatforms(platforms).some((required) => formatPlatform(required) === written);
}
__name(names, "names");
function requires(platforms, affected) {
  if (typeof platforms === "string") return true;
  return platforms.some((required) => satisfies(required, affected));
}
__name(requires, "requires");
function namedPlatforms(platforms) {
  return typeof platforms === "string" ? [] : platforms;
}
__name(namedPlatforms, "namedPlatforms");

export {
  withoutDigest,
  mentionsOf,
  soughtPlatforms,
  mentionsOfProblem,
  isOptional,
  namedPlatforms,
  problem,
  problemFrom,
  asProblem,
  withNote,
  failsOn,
  isCertainlyAbsent
};
