import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  claimedType,
  fetchListed,
  formatPlatform,
  orDangling,
  parseConfig,
  parseDocument,
  sameBuild,
  sameMachine
} from "./chunk-6SHLVC2K.js";
import {
  PullError
} from "./chunk-CRHFPKCO.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/cache-policy.ts
var CACHE_MODES = ["auto", "write", "read", "write-only", "none"];
var NOTHING = { kind: "none", restore: false, save: false };
function cachePolicy(mode, environment) {
  if (mode === "none") return { ...NOTHING, why: "" };
  const allowed = permissions(mode);
  if (environment["GITHUB_ACTIONS"] !== "true") return { kind: "directory", ...allowed, why: "" };
  if (!hasService(environment)) return { ...NOTHING, why: "there is no Actions cache service here: everything comes from registries" };
  const runner = permissions(environment["ACTIONS_CACHE_MODE"]?.trim().toLowerCase() ?? "");
  const pullRequest = mode === "auto" && (environment["GITHUB_EVENT_NAME"] ?? "").startsWith("pull_request");
  const readOnly = isReadOnly(environment["ACTIONS_RUNTIME_TOKEN"] ?? "");
  const why = pullRequest ? "pull requests do not save to the cache" : readOnly ? "this run's token may not save to the cache" : "";
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && !pullRequest && !readOnly,
    why
  };
}
__name(cachePolicy, "cachePolicy");
function permissions(mode) {
  return { restore: mode !== "write-only" && mode !== "none", save: mode !== "read" && mode !== "none" };
}
__name(permissions, "permissions");
function hasService(environment) {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  const host = URL.canParse(server) ? new URL(server).hostname : "";
  const known = host === "github.com" || host.endsWith(".ghe.com") || host.endsWith(".localhost");
  return known && ["ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"].every((name) => environment[name]);
}
__name(hasService, "hasService");
function isReadOnly(token) {
  try {
    const { ac } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const scopes = JSON.parse(String(ac));
    return scopes.length > 0 && scopes.every(({ Permission }) => (Permission & 2) === 0);
  } catch {
    return false;
  }
}
__name(isReadOnly, "isReadOnly");
function isPrivateRepository(event) {
  try {
    return JSON.parse(event).repository?.private === true;
  } catch {
    return false;
  }
}
__name(isPrivateRepository, "isPrivateRepository");

// src/pull/verify.ts
async function verifyOffer(inspection, offer) {
  const image = await verifyListed(inspection, offer.descriptor);
  const found = image.config.platform;
  const words = `the index says ${formatPlatform(offer.platform)}, but the config of ${offer.descriptor.digest} says ${formatPlatform(found)}`;
  if (!sameMachine(offer.platform, found)) throw new PullError("platform-differs", words);
  if (!sameBuild(offer.platform, found)) throw new PullError("os-version-differs", words);
  const warnings = differsSlightly(offer.platform, found) ? [words] : [];
  return { image: { ...image, platform: offer.platform }, warnings };
}
__name(verifyOffer, "verifyOffer");
function differsSlightly(one, other) {
  const revisions = one.osVersion !== "" && other.osVersion !== "" && one.osVersion !== other.osVersion;
  return one.variant !== other.variant || revisions;
}
__name(differsSlightly, "differsSlightly");
async function verifyListed(inspection, descriptor) {
  const fetched = await fetchListed(inspection.source, inspection.image, descriptor);
  return verifyImage(inspection, fetched, parseDocument(fetched.content, claimedType(descriptor, fetched)));
}
__name(verifyListed, "verifyListed");
async function verifyImage(inspection, manifest, document) {
  if (document.kind === "schema1") return verifySchema1(inspection, manifest, document);
  if (document.kind !== "image") throw notAnImage(manifest.digest, document);
  const [config] = await Promise.all([
    readConfigBlob(inspection, document),
    inspection.depth === "blobs" ? checkBlobs(inspection, "layer", document.layers) : void 0
  ]);
  const { config: descriptor, layers } = document;
  return {
    platform: config.platform,
    manifest,
    mediaType: document.mediaType,
    config,
    configDigest: descriptor.digest,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers])
  };
}
__name(verifyImage, "verifyImage");
async function verifySchema1(inspection, manifest, { schema1, mediaType }) {
  const { layers, config } = schema1;
  const distinct = [...new Set(layers)];
  const sizes = inspection.depth === "index" ? [] : await Promise.all(distinct.map((digest) => layerSize(inspection, digest)));
  const blobs = distinct.map((digest, at) => ({ digest, size: sizes[at] }));
  return { platform: config.platform, manifest, mediaType, config, configDigest: void 0, layers, blobs };
}
__name(verifySchema1, "verifySchema1");
async function layerSize(inspection, digest) {
  const stated = await presentSize(inspection, "layer", digest);
  if (stated !== void 0 || !inspection.pulled) return stated;
  return orDangling(inspection.source.measure(inspection.image, digest), "layer", digest);
}
__name(layerSize, "layerSize");
function notAnImage(digest, document) {
  if (document.kind === "index") return new PullError("index-listed", `${digest} is an index, not an image`);
  return new PullError(notAnImageReason(document), `${digest} is ${describeArtifact(document)}, not an image`);
}
__name(notAnImage, "notAnImage");
async function readConfigBlob({ source, image }, { config: descriptor, layers }) {
  const { bytes } = await orDangling(source.blob(image, descriptor), "config", descriptor.digest);
  const config = parseConfig(bytes);
  if (config.diffIds === void 0 || config.diffIds === layers.length) return config;
  throw new PullError(
    "wrong-diff-ids",
    `config ${descriptor.digest} lists ${config.diffIds} diffIDs, but the manifest has ${layers.length} layers`
  );
}
__name(readConfigBlob, "readConfigBlob");
async function checkBlobs(inspection, part, descriptors) {
  const here = descriptors.filter((descriptor) => !descriptor.foreign);
  await Promise.all(
    here.map(async ({ digest, size }) => {
      const stated = await presentSize(inspection, part, digest);
      if (stated === void 0 || stated === size) return;
      throw new PullError("size-differs", `size differs: ${part} ${digest} is listed with ${size} bytes, the registry has ${stated}`);
    })
  );
}
__name(checkBlobs, "checkBlobs");
function presentSize({ source, image }, part, digest) {
  return orDangling(source.blobSize(image, digest), part, digest);
}
__name(presentSize, "presentSize");
function distinctBlobs(descriptors) {
  return [...new Map(descriptors.map(({ digest, size }) => [digest, { digest, size }])).values()];
}
__name(distinctBlobs, "distinctBlobs");
function notAnImageReason({ kind }) {
  return kind === "buildkit-cache" ? kind : "artifact";
}
__name(notAnImageReason, "notAnImageReason");
function describeArtifact(document) {
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  const type = document.kind === "artifact" ? document.artifactType : "";
  if (type === "application/vnd.cncf.helm.config.v1+json") return "a Helm chart";
  return type === "" ? "an artifact" : `an artifact of type ${type}`;
}
__name(describeArtifact, "describeArtifact");

export {
  verifyOffer,
  verifyListed,
  verifyImage,
  checkBlobs,
  distinctBlobs,
  notAnImageReason,
  describeArtifact,
  CACHE_MODES,
  cachePolicy,
  isPrivateRepository
};
