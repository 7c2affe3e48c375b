import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  blobsOf,
  countedPlatforms,
  problemsOf
} from "./chunk-EA2R6EQY.js";
import {
  soughtPlatforms
} from "./chunk-LFD2NK2P.js";
import {
  bytesOf
} from "./chunk-MUYIHUB2.js";

// src/pull/save-plan.ts
function planSaves({ images, pulled }, cached, policy) {
  if (pulled === void 0) return { layout: "", cache: policy.cache, entries: [] };
  const eligible = images.filter(
    (image) => problemsOf(image).length === 0 && sizeOf(image) <= policy.most
  );
  const parts = eligible.map((image) => toParts(image, pulled, policy));
  const bundles = parts.flatMap((part) => toBundle(part, cached, policy));
  const saves = [...bundles, ...singlesOf(parts, pulled, policy)];
  const entries = new Map(saves.map((save) => [save.key, save]));
  return { layout: pulled.layout, cache: policy.cache, entries: [...entries.values()] };
}
function toParts(image, pulled, policy) {
  const platforms = countedPlatforms(image);
  const configs = new Set(platforms.map(({ configDigest }) => configDigest));
  const blobs = sizedBlobsOf(image);
  const isLarge = (blob) => !configs.has(blob.digest) && policy.keys.blob(blob) !== void 0;
  const small = blobs.filter((blob) => {
    if (isLarge(blob)) return false;
    return configs.has(blob.digest) || maySave(blob.digest, pulled, policy);
  });
  const digests = [...documentsOf(image), ...small.map(({ digest }) => digest)];
  return {
    image,
    bundle: [...new Set(digests)],
    inline: inlineOf(image),
    large: blobs.filter((blob) => isLarge(blob) && maySave(blob.digest, pulled, policy))
  };
}
function documentsOf(image) {
  const { root } = image;
  if (root === void 0 || root.document.kind === "schema1") return [];
  const manifests = countedPlatforms(image).map(({ manifest }) => manifest);
  return [root.fetched, ...root.nested, ...manifests].map(({ digest }) => digest);
}
function inlineOf({ root }) {
  if (root?.document.kind !== "schema1") return [];
  const { digest, content } = root.fetched;
  return [{ digest, base64: content.toString("base64") }];
}
function toBundle(parts, cached, { keys, includePrivate, pullsFor }) {
  const { image, bundle, inline } = parts;
  const { root, wanted } = image;
  if (root === void 0 || isPrivate(image) && !includePrivate) return [];
  const key = keys.image(root.fetched.digest, soughtPlatforms(wanted, pullsFor));
  return isHeld(parts, cached) ? [] : [{ key, bundle, inline }];
}
function isHeld({ bundle, inline }, cached) {
  return cached.holds([...bundle, ...inline.map(({ digest }) => digest)]);
}
function singlesOf(parts, { missed }, { keys }) {
  const missing = new Set(missed.map(({ digest }) => digest));
  const blobs = parts.flatMap(({ large }) => large);
  return blobs.flatMap((blob) => {
    const key = keys.blob(blob);
    return key === void 0 || !missing.has(blob.digest) ? [] : [{ key, blob }];
  });
}
function maySave(digest, { transfers }, { includePrivate }) {
  return includePrivate || transfers.get(digest)?.private === false;
}
function isPrivate(image) {
  const { root } = image;
  if (root === void 0 || root.fetched.private) return true;
  if (root.nested.some((index) => index.private)) return true;
  return countedPlatforms(image).some((platform) => platform.private);
}
function whyNotSaved(image, pulled, cached, policy) {
  const { most, includePrivate } = policy;
  const { written } = image.wanted;
  if (pulled === void 0 || problemsOf(image).length > 0) return void 0;
  const size = sizeOf(image);
  if (size > most) return `not cached: ${written} has ${size} bytes, more than cache-max-size`;
  const secret = blobsOf(image).filter(({ digest }) => pulled.transfers.get(digest)?.private);
  const isSecret = isPrivate(image) && !isHeld(toParts(image, pulled, policy), cached);
  if (includePrivate || !isSecret && secret.length === 0) return void 0;
  const layers = secret.length === 1 ? "a layer" : `${secret.length} layers`;
  const what = isSecret ? written : `${layers} of ${written}`;
  const why = "pulled with credentials or from a private address, or may have been";
  const risk = "in a public repository anyone could read it";
  return `not cached: ${what} (${why}); ${risk}. Set cache-private: true to cache it anyway`;
}
function sizeOf(image) {
  return bytesOf(blobsOf(image));
}
function sizedBlobsOf(image) {
  return blobsOf(image).map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}

export {
  planSaves,
  whyNotSaved
};
