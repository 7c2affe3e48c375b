import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  blobsOf,
  countedPlatforms,
  problemsOf
} from "./chunk-X7QNMO3T.js";
import {
  soughtPlatforms
} from "./chunk-2OAYVO4E.js";
import {
  bytesOf
} from "./chunk-W4LMWFRO.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

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
__name(planSaves, "planSaves");
function toParts(image, pulled, policy) {
  const platforms = countedPlatforms(image);
  const configs = new Set(platforms.map(({ configDigest }) => configDigest));
  const blobs = sizedBlobsOf(image);
  const isLarge = /* @__PURE__ */ __name((blob) => !configs.has(blob.digest) && policy.keys.blob(blob) !== void 0, "isLarge");
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
__name(toParts, "toParts");
function documentsOf(image) {
  const { root } = image;
  if (root === void 0 || root.document.kind === "schema1") return [];
  const manifests = countedPlatforms(image).map(({ manifest }) => manifest);
  return [root.fetched, ...root.nested, ...manifests].map(({ digest }) => digest);
}
__name(documentsOf, "documentsOf");
function inlineOf({ root }) {
  if (root?.document.kind !== "schema1") return [];
  const { digest, content } = root.fetched;
  return [{ digest, base64: content.toString("base64") }];
}
__name(inlineOf, "inlineOf");
function toBundle(parts, cached, { keys, includePrivate, pullsFor }) {
  const { image, bundle, inline } = parts;
  const { root, wanted } = image;
  if (root === void 0 || isPrivate(image) && !includePrivate) return [];
  const key = keys.image(root.fetched.digest, soughtPlatforms(wanted, pullsFor));
  return isHeld(parts, cached) ? [] : [{ key, bundle, inline }];
}
__name(toBundle, "toBundle");
function isHeld({ bundle, inline }, cached) {
  return cached.holds([...bundle, ...inline.map(({ digest }) => digest)]);
}
__name(isHeld, "isHeld");
function singlesOf(parts, { missed }, { keys }) {
  const missing = new Set(missed.map(({ digest }) => digest));
  const blobs = parts.flatMap(({ large }) => large);
  return blobs.flatMap((blob) => {
    const key = keys.blob(blob);
    return key === void 0 || !missing.has(blob.digest) ? [] : [{ key, blob }];
  });
}
__name(singlesOf, "singlesOf");
function maySave(digest, { transfers }, { includePrivate }) {
  return includePrivate || transfers.get(digest)?.private === false;
}
__name(maySave, "maySave");
function isPrivate(image) {
  const { root } = image;
  if (root === void 0 || root.fetched.private) return true;
  if (root.nested.some((index) => index.private)) return true;
  return countedPlatforms(image).some((platform) => platform.private);
}
__name(isPrivate, "isPrivate");
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
__name(whyNotSaved, "whyNotSaved");
function sizeOf(image) {
  return bytesOf(blobsOf(image));
}
__name(sizeOf, "sizeOf");
function sizedBlobsOf(image) {
  return blobsOf(image).map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}
__name(sizedBlobsOf, "sizedBlobsOf");

export {
  planSaves,
  whyNotSaved
};
