import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  failsOn,
  isCertainlyAbsent,
  isOptional,
  mentionsOf
} from "./chunk-ZIRQ5OYK.js";
import {
  repositoryName,
  satisfies
} from "./chunk-ZYBEAVHH.js";
import {
  bytesOf,
  distinctBlobs
} from "./chunk-W4LMWFRO.js";
import {
  REASONS
} from "./chunk-WVIFX3WP.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/gate/resolved.ts
function digestOfImage({ root, unread }) {
  return root?.fetched.digest ?? unread;
}
__name(digestOfImage, "digestOfImage");
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

// src/runner/day.ts
var DAY = /^\d{4}-\d{2}-\d{2}$/;
function isDay(text) {
  if (!DAY.test(text)) return false;
  const date = /* @__PURE__ */ new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
__name(isDay, "isDay");
function dayOf(dateTime) {
  const [day = "", time] = dateTime.split("T");
  return time !== void 0 && isDay(day) ? day : "";
}
__name(dayOf, "dayOf");

// src/runner/results.ts
function toResults({ images, pulled }, runner) {
  return images.map((image) => {
    const fields = { ...toResult(image, runner), ...blobFields(image, pulled) };
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
    digest: digestOfImage(image) ?? "",
    pinned: pinnedReference(image),
    ...converted === void 0 ? {} : { converted },
    ...baseFields(image),
    ...lockFields(image),
    source: root?.fetched.source ?? "",
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
function lockFields({ lock }) {
  if (lock === void 0) return {};
  const { digest = "", tag } = lock;
  return { lock: { digest, tag } };
}
__name(lockFields, "lockFields");
function blobFields(image, pulled) {
  if (image.pulled === void 0 || pulled === void 0) return {};
  const blobs = distinctBlobs(blobsOf(image)).map(({ digest, size = 0 }) => {
    const there = image.pulled?.stored === void 0 ? "" : "layout";
    return { digest, size, source: pulled.transfers.get(digest)?.source ?? there };
  });
  return { blobs };
}
__name(blobFields, "blobFields");
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
    digest: outcome.digest ?? "",
    source: outcome.image?.manifest.source ?? ""
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
function pinnedReference(image) {
  const digest = digestOfImage(image);
  if (digest === void 0) return "";
  const name = repositoryName(image.wanted.reference);
  return `${name}@${digest}`;
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
  digestOfImage,
  problemsOf,
  countedPlatforms,
  shownImage,
  blobsOf,
  statusOf,
  failsStep,
  existsAll,
  isDay,
  dayOf,
  toResults,
  pinnedReference,
  sumOfSizes,
  totalSize
};
