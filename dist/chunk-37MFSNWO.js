import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  PullError,
  REASONS
} from "./chunk-7HEJFPWI.js";
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
function mentionsOf({ mentions, platforms, optional }) {
  return mentions ?? [{ platforms, optional }];
}
__name(mentionsOf, "mentionsOf");
function soughtPlatforms({ platforms }, pullsFor) {
  return platforms === "any" && pullsFor !== void 0 ? [pullsFor] : platforms;
}
__name(soughtPlatforms, "soughtPlatforms");

export {
  mentionsOf,
  soughtPlatforms,
  problem,
  problemFrom,
  asProblem,
  withNote,
  failsOn,
  isCertainlyAbsent
};
