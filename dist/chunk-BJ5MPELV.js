import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  failsOn,
  isCertainlyAbsent,
  isOptional,
  mentionsOf
} from "./chunk-A55C6JR5.js";
import {
  repositoryName,
  satisfies
} from "./chunk-YHH5PPO5.js";
import {
  bytesOf,
  distinctBlobs
} from "./chunk-X35PJ2UA.js";
import {
  REASONS
} from "./chunk-CKJU2S6O.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/gate/resolved.ts
function problemsOf({ problem, platforms, pin }) {
  return [...ofWhole(problem), ...platforms.flatMap(problemOf), ...ofWhole(pin)];
}
__name(problemsOf, "problemsOf");
function ofWhole(problem) {
  return problem === void 0 ? [] : [{ ...problem, platform: "" }];
}
__name(ofWhole, "ofWhole");
function problemOf({ platform, reason, message }) {
  if (reason === "") return [];
  const { status } = REASONS[reason];
  return [{ platform, status, reason, message }];
}
__name(problemOf, "problemOf");
function countedPlatforms({ platforms, wanted }) {
  const isAny = wanted.platforms === "any";
  return platforms.flatMap(
    ({ image, required }) => image !== void 0 && (required || isAny) ? [image] : []
  );
}
__name(countedPlatforms, "countedPlatforms");
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
__name(shownImage, "shownImage");
function blobsOf(resolved) {
  const platforms = countedPlatforms(resolved);
  return [...platforms.flatMap(({ blobs }) => blobs), ...resolved.blobs];
}
__name(blobsOf, "blobsOf");
function statusOf(resolved) {
  return problemsOf(resolved)[0]?.status ?? "ok";
}
__name(statusOf, "statusOf");
function failsStep(image, failOnMissing) {
  return problemsOf(image).some((problem) => {
    const optional = isOptional(image.wanted, problem);
    return failsOn(problem.status, optional, failOnMissing);
  });
}
__name(failsStep, "failsStep");
function existsAll(images) {
  const problems = images.flatMap(requiredProblems);
  const doubts = problems.filter(({ status }) => status !== "not-pinned");
  if (doubts.length === 0) return true;
  return doubts.some(({ status }) => isCertainlyAbsent(status)) ? false : void 0;
}
__name(existsAll, "existsAll");
function requiredProblems(image) {
  return problemsOf(image).filter((problem) => !isOptional(image.wanted, problem));
}
__name(requiredProblems, "requiredProblems");

// src/runner/wording.ts
function formatBytes(bytes) {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const thousands = Math.floor(Math.log10(bytes) / 3);
  const power = Math.min(thousands, units.length);
  const inUnit = bytes / 1e3 ** power;
  return `${inUnit.toFixed(1)} ${units[power - 1]}`;
}
__name(formatBytes, "formatBytes");
function platformMark({ required, status }) {
  if (status !== "ok" && status !== "listed") return "✗";
  return required ? "✓" : "·";
}
__name(platformMark, "platformMark");
function pulledLine({ restored, downloaded, alreadyThere, seconds }) {
  const line = [
    `restored ${formatBytes(restored)} from the cache`,
    `downloaded ${formatBytes(downloaded)}`,
    `reused ${formatBytes(alreadyThere)} from the layout`
  ].join(", ");
  const moved = restored + downloaded;
  if (moved === 0) return line;
  const rate = formatBytes(moved / Math.max(seconds, 1e-3));
  return `${line}, in ${seconds.toFixed(1)} s (${rate}/s)`;
}
__name(pulledLine, "pulledLine");
var LINE_LIMIT = 500;
function firstOf(items, most, lineOf) {
  const lines = items.slice(0, most).map(lineOf);
  const more = items.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
__name(firstOf, "firstOf");
function countOf(count, thing) {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
__name(countOf, "countOf");

// src/runner/results.ts
function toResults({ images }, runner) {
  return images.map((image) => {
    const fields = toResult(image, runner);
    return [image.wanted.name, fields];
  });
}
__name(toResults, "toResults");
function toResult(image, runner) {
  const { wanted, root, pulled } = image;
  const [problem] = problemsOf(image);
  const converted = pulled?.stored?.converted;
  return {
    reference: wanted.written,
    repository: repositoryName(wanted.reference),
    tag: wanted.reference.tag ?? "",
    digest: root?.fetched.digest ?? "",
    pinned: pinnedReference(image),
    ...converted === void 0 ? {} : { converted },
    ...baseFields(image),
    mediaType: root?.document.mediaType ?? "",
    kind: root?.document.kind ?? "",
    status: statusOf(image),
    reason: problem?.reason ?? "",
    message: problem?.message ?? "",
    optional: wanted.optional,
    attestations: root?.attestations ?? 0,
    authenticated: root?.fetched.authenticated ?? false,
    platforms: image.platforms.map(toPlatformResult),
    ...configFields(shownImage(image, runner)),
    ...locationFields(image)
  };
}
__name(toResult, "toResult");
function locationFields({ wanted }) {
  const places = mentionsOf(wanted).flatMap(({ location }) => location ?? []);
  if (places.length === 0) return {};
  const locations = places.map(({ file, line, column }) => ({ file, line, column }));
  return { locations };
}
__name(locationFields, "locationFields");
function baseFields({ base }) {
  if (base === void 0) return {};
  const { reference, digest, stale = null, message } = base;
  return { base: { reference, digest, stale, message } };
}
__name(baseFields, "baseFields");
function configFields(image) {
  const config = image?.config;
  return {
    labels: Object.fromEntries(config?.labels ?? []),
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    user: config?.user ?? "",
    workdir: config?.workdir ?? "",
    exposedPorts: config?.exposedPorts ?? []
  };
}
__name(configFields, "configFields");
function toPlatformResult(outcome) {
  const fields = {
    platform: outcome.platform,
    required: outcome.required,
    status: outcome.status,
    reason: outcome.reason,
    message: outcome.message,
    digest: outcome.digest ?? ""
  };
  const { image } = outcome;
  if (image === void 0) return fields;
  return {
    ...fields,
    config: image.configDigest ?? "",
    size: sumOfSizes(image.blobs),
    layers: image.layers.length,
    created: image.config.created
  };
}
__name(toPlatformResult, "toPlatformResult");
function pinnedReference({ root, wanted }) {
  if (root === void 0) return "";
  const name = repositoryName(wanted.reference);
  return `${name}@${root.fetched.digest}`;
}
__name(pinnedReference, "pinnedReference");
function sumOfSizes(blobs) {
  return bytesOf(distinctBlobs(blobs));
}
__name(sumOfSizes, "sumOfSizes");
function totalSize(images) {
  return sumOfSizes(images.flatMap(blobsOf));
}
__name(totalSize, "totalSize");

export {
  problemsOf,
  countedPlatforms,
  shownImage,
  blobsOf,
  statusOf,
  failsStep,
  existsAll,
  formatBytes,
  platformMark,
  pulledLine,
  LINE_LIMIT,
  firstOf,
  countOf,
  toResults,
  pinnedReference,
  sumOfSizes,
  totalSize
};
