import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  blobsOf,
  digestOfImage,
  problemsOf,
  shownImage,
  statusOf
} from "./chunk-EA2R6EQY.js";
import {
  mentionsOf
} from "./chunk-LFD2NK2P.js";
import {
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  bytesOf,
  distinctBlobs
} from "./chunk-MUYIHUB2.js";

// src/runner/results.ts
function toResults({ images, pulled }, runner) {
  return images.map((image) => {
    const fields = { ...toResult(image, runner), ...blobFields(image, pulled) };
    return [image.wanted.name, fields];
  });
}
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
function locationFields({ wanted }) {
  const places = mentionsOf(wanted).flatMap(({ location }) => location ?? []);
  if (places.length === 0) return {};
  const locations = places.map(({ file, line, column }) => ({ file, line, column }));
  return { locations };
}
function lockFields({ lock }) {
  if (lock === void 0) return {};
  const { digest = "", tag } = lock;
  return { lock: { digest, tag } };
}
function blobFields(image, pulled) {
  if (image.pulled === void 0 || pulled === void 0) return {};
  const blobs = distinctBlobs(blobsOf(image)).map(({ digest, size = 0 }) => {
    const there = image.pulled?.stored === void 0 ? "" : "layout";
    return { digest, size, source: pulled.transfers.get(digest)?.source ?? there };
  });
  return { blobs };
}
function baseFields({ base }) {
  if (base === void 0) return {};
  const { reference, digest, stale = null, message } = base;
  return { base: { reference, digest, stale, message } };
}
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
function pinnedReference(image) {
  const digest = digestOfImage(image);
  if (digest === void 0) return "";
  const name = repositoryName(image.wanted.reference);
  return `${name}@${digest}`;
}
function sumOfSizes(blobs) {
  return bytesOf(distinctBlobs(blobs));
}
function totalSize(images) {
  return sumOfSizes(images.flatMap(blobsOf));
}

export {
  toResults,
  pinnedReference,
  sumOfSizes,
  totalSize
};
