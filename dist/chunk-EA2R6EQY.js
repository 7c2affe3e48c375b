import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  failsOn,
  isCertainlyAbsent,
  isOptional
} from "./chunk-UFHSAQ23.js";
import {
  satisfies
} from "./chunk-GHKMTOL7.js";
import {
  REASONS
} from "./chunk-P27XCGGL.js";

// src/gate/resolved.ts
function digestOfImage({ root, unread }) {
  return root?.fetched.digest ?? unread;
}
function problemsOf({ problem, platforms, pin }) {
  return [...ofWhole(problem), ...platforms.flatMap(problemOf), ...ofWhole(pin)];
}
function ofWhole(problem) {
  return problem === void 0 ? [] : [{ ...problem, platform: "" }];
}
function problemOf({ platform, reason, message }) {
  if (reason === "") return [];
  const { status } = REASONS[reason];
  return [{ platform, status, reason, message }];
}
function countedPlatforms({ platforms, wanted }) {
  const isAny = wanted.platforms === "any";
  return platforms.flatMap(
    ({ image, required }) => image !== void 0 && (required || isAny) ? [image] : []
  );
}
function shownImage(resolved, runner) {
  const images = countedPlatforms(resolved);
  const { platforms } = resolved.wanted;
  const order = [runner, ...typeof platforms === "string" ? [] : platforms];
  for (const wanted of order) {
    const image = images.find(({ platform }) => satisfies(wanted, platform));
    if (image !== void 0) return image;
  }
  return images[0];
}
function blobsOf(resolved) {
  const platforms = countedPlatforms(resolved);
  return [...platforms.flatMap(({ blobs }) => blobs), ...resolved.blobs];
}
function statusOf(resolved) {
  return problemsOf(resolved)[0]?.status ?? "ok";
}
function failsStep(image, failOnMissing) {
  return problemsOf(image).some((problem) => {
    const optional = isOptional(image.wanted, problem);
    return failsOn(problem.status, optional, failOnMissing);
  });
}
function existsAll(images) {
  const problems = images.flatMap(requiredProblems);
  const doubts = problems.filter(({ status }) => status !== "not-pinned");
  if (doubts.length === 0) return true;
  return doubts.some(({ status }) => isCertainlyAbsent(status)) ? false : void 0;
}
function requiredProblems(image) {
  return problemsOf(image).filter((problem) => !isOptional(image.wanted, problem));
}

export {
  digestOfImage,
  problemsOf,
  countedPlatforms,
  shownImage,
  blobsOf,
  statusOf,
  failsStep,
  existsAll
};
