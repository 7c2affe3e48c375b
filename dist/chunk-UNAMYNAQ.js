import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  claimedType,
  familiarName,
  fetchListed,
  formatPlatform,
  orDangling,
  parseConfig,
  parseDocument,
  problemsOf,
  repositoryName,
  sameBuild,
  sameMachine,
  toEntries
} from "./chunk-U27EXNVS.js";
import {
  PullError
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/handoff.ts
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
function buildContexts(outcome) {
  return outcome.images.flatMap((resolved) => {
    const { wanted, root } = resolved;
    const { reference } = wanted;
    if (root === void 0 || root.document.kind === "artifact" || root.document.kind === "buildkit-cache") return [];
    const name = `${familiarName(reference)}${reference.tag === void 0 ? "" : `:${reference.tag}`}`;
    return [[reference.digest === void 0 ? name : `${name}@${reference.digest}`, contextOf(resolved, root, outcome.pulled)]];
  });
}
__name(buildContexts, "buildContexts");
function contextOf(resolved, { fetched }, pulled) {
  const { name, reference } = resolved.wanted;
  if (pulled === void 0 || problemsOf(resolved).length > 0) return `docker-image://${repositoryName(reference)}@${fetched.digest}`;
  return `oci-layout://${pulled.layout}@${pulled.converted.get(name) ?? fetched.digest}`;
}
__name(contextOf, "contextOf");
async function makeFilesDirectory(parent) {
  try {
    return await mkdtemp(join(parent, "registry-pull-"));
  } catch (cause) {
    if (cause.code === void 0) throw cause;
    throw new PullError("runner-broken", `cannot write below ${parent}: ${cause.message}`, { cause });
  }
}
__name(makeFilesDirectory, "makeFilesDirectory");
async function writeFiles(outcome, runner, directory) {
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, metadataOf(outcome, runner));
  await writeFile(bake, JSON.stringify(toBake(outcome), void 0, 2));
  return { metadata, bake };
}
__name(writeFiles, "writeFiles");
async function writePendingSaves(saves, parent) {
  const path = join(await mkdtemp(join(parent, "registry-pull-")), "pending-saves.json");
  await writeFile(path, JSON.stringify(saves), { flag: "wx", mode: 384 });
  return path;
}
__name(writePendingSaves, "writePendingSaves");
function* metadataOf(outcome, runner) {
  yield '{"schema":1,"images":{';
  for (const [at, [name, entry]] of toEntries(outcome, runner).entries()) {
    yield `${at === 0 ? "" : ","}
${JSON.stringify(name)}:${JSON.stringify(entry).slice(0, -1)}`;
    const resolved = outcome.images[at];
    yield `,"document":${resolved?.root === void 0 ? "null" : resolved.root.fetched.content}`;
    yield* documentsOf("manifests", resolved, ({ manifest }) => manifest.content.toString());
    yield* documentsOf("configs", resolved, ({ config }) => JSON.stringify(config.json));
    yield "}";
  }
  yield "\n}}\n";
}
__name(metadataOf, "metadataOf");
function* documentsOf(field, resolved, text) {
  const looked = resolved?.platforms.flatMap(({ platform, image }) => image === void 0 ? [] : [[platform, image]]) ?? [];
  yield `,"${field}":{`;
  for (const [at, [platform, image]] of looked.entries()) yield `${at === 0 ? "" : ","}${JSON.stringify(platform)}:${text(image)}`;
  yield "}";
}
__name(documentsOf, "documentsOf");
function toBake(outcome) {
  return { target: { "registry-pull": { contexts: Object.fromEntries(buildContexts(outcome)) } } };
}
__name(toBake, "toBake");

// src/runner/cache-policy.ts
var CACHE_MODES = ["auto", "write", "read", "write-only", "none"];
var NOTHING = { kind: "none", restore: false, save: false };
function cachePolicy(mode, environment, event) {
  if (mode === "none") return { ...NOTHING, why: "" };
  const allowed = permissions(mode);
  if (environment["GITHUB_ACTIONS"] !== "true") return { kind: "directory", ...allowed, why: "" };
  if (!hasService(environment)) return { ...NOTHING, why: "there is no Actions cache service here: everything comes from registries" };
  const runner = permissions(environment["ACTIONS_CACHE_MODE"]?.trim().toLowerCase() ?? "");
  const name = environment["GITHUB_EVENT_NAME"] ?? "";
  const strangers = mode === "auto" && isStrangers(name, event);
  const readOnly = isReadOnly(environment["ACTIONS_RUNTIME_TOKEN"] ?? "");
  const why = strangers ? `${name} can be triggered by a stranger: nothing is saved to the cache; cache-mode: write saves on any event` : readOnly ? "this run's token may not save to the cache" : "";
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && !strangers && !readOnly,
    why
  };
}
__name(cachePolicy, "cachePolicy");
var STRANGERS_EVENT = /^(pull_request|issue|discussion)|^(fork|watch|gollum)$/;
function isStrangers(name, event) {
  if (name !== "workflow_run") return STRANGERS_EVENT.test(name);
  const { repository, workflow_run: run } = readEvent(event);
  const head = run?.head_repository?.full_name;
  return head === void 0 || head !== repository?.full_name || STRANGERS_EVENT.test(run?.event ?? "");
}
__name(isStrangers, "isStrangers");
function readEvent(event) {
  try {
    return JSON.parse(event) ?? {};
  } catch {
    return {};
  }
}
__name(readEvent, "readEvent");
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
  return readEvent(event).repository?.private === true;
}
__name(isPrivateRepository, "isPrivateRepository");

// src/pull/verify.ts
var CONFIG_BYTES = 4 * 1024 * 1024;
var Budget = class {
  static {
    __name(this, "Budget");
  }
  #configs = /* @__PURE__ */ new Map();
  #left = CONFIG_BYTES;
  /** What `read` gives for a config. Fails as `invalid` when the configs of an image together are too large. */
  config({ digest, size }, read) {
    const known = this.#configs.get(digest) ?? this.#spend(size, read);
    this.#configs.set(digest, known);
    return known;
  }
  async #spend(size, read) {
    if (size > CONFIG_BYTES) return read();
    this.#left -= size;
    if (this.#left < 0) throw new PullError("too-large", `too large: the configs of all platforms have more than ${CONFIG_BYTES} bytes`);
    return read();
  }
};
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
  const [{ config, private: isPrivate }] = await Promise.all([
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
    private: manifest.private || isPrivate,
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
  const { platform } = config;
  return { platform, manifest, mediaType, config, configDigest: void 0, private: manifest.private, layers, blobs };
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
async function readConfigBlob({ source, image, budget }, { config: descriptor, layers }) {
  const read = await budget.config(descriptor, async () => {
    const blob = await orDangling(source.blob(image, descriptor), "config", descriptor.digest);
    return { config: parseConfig(blob.bytes), private: blob.private };
  });
  const { config } = read;
  if (config.diffIds === void 0 || config.diffIds === layers.length) return read;
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
  Budget,
  verifyOffer,
  verifyListed,
  verifyImage,
  checkBlobs,
  distinctBlobs,
  notAnImageReason,
  describeArtifact,
  buildContexts,
  makeFilesDirectory,
  writeFiles,
  writePendingSaves,
  CACHE_MODES,
  cachePolicy,
  isPrivateRepository
};
