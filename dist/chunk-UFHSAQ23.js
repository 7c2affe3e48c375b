import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  mentionsOf
} from "./chunk-LFD2NK2P.js";
import {
  asPlatform,
  formatPlatform,
  satisfies
} from "./chunk-GHKMTOL7.js";
import {
  PullError,
  REASONS
} from "./chunk-P27XCGGL.js";

// src/gate/problem.ts
function problem(reason, asked, found, next = REASONS[reason].next) {
  const { status } = REASONS[reason];
  const message = `${asked}: ${found}; ${next}`;
  return { status, reason, message };
}
function problemFrom({ reason, found, next }, asked) {
  return problem(reason, asked, found, next);
}
function asProblem(error, asked) {
  if (!(error instanceof PullError)) throw error;
  return problemFrom(error, asked);
}
function withNote(value, note) {
  return { ...value, message: `${value.message} (${note})` };
}
var ABSENT = ["not-found", "platform-missing"];
var CERTAINLY_ABSENT = [...ABSENT, "dangling"];
function failsOn(status, optional, failOnMissing) {
  return !optional && (failOnMissing || !ABSENT.includes(status));
}
function isCertainlyAbsent(status) {
  return CERTAINLY_ABSENT.includes(status);
}

// src/gate/mentions.ts
function mentionsOfProblem(wanted, problem2) {
  const mentions = mentionsOf(wanted);
  const concerned = mentions.filter(isConcernedBy(problem2));
  return concerned.length === 0 ? mentions : concerned;
}
function isOptional(wanted, problem2) {
  return mentionsOfProblem(wanted, problem2).every(({ optional }) => optional);
}
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
function names(platforms, written) {
  return namedPlatforms(platforms).some((required) => formatPlatform(required) === written);
}
function requires(platforms, affected) {
  if (typeof platforms === "string") return true;
  return platforms.some((required) => satisfies(required, affected));
}
function namedPlatforms(platforms) {
  return typeof platforms === "string" ? [] : platforms;
}

export {
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
