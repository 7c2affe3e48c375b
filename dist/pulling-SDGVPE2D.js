import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  cachePolicy,
  describeArtifact,
  isPrivateRepository,
  writePendingSaves
} from "./chunk-UNAMYNAQ.js";
import {
  BUNDLE_LIMIT,
  LAYOUT_VERSION,
  Layout,
  fromBundle,
  inTurns,
  needsOf,
  tarEnd,
  tarEntry,
  tarHeader,
  tarPadding,
  transfer
} from "./chunk-GARAT3GI.js";
import {
  DOCUMENT_BYTES,
  OCI_INDEX,
  asProblem,
  cachesOf,
  connectCache,
  countedPlatforms,
  environmentFor,
  formatBytes,
  formatPlatform,
  formatReference,
  problemsOf,
  repositoryName,
  runProgram,
  satisfies,
  sayPulled,
  shownImage,
  toOciImage,
  warnOnce
} from "./chunk-U27EXNVS.js";
import {
  openRegular
} from "./chunk-3FKFBQK7.js";
import {
  wrongEntry
} from "./chunk-IDHIWDFX.js";
import {
  PullError,
  asDigest,
  digestOf,
  foundBy,
  isInterruption
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/pulling.ts
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// src/pull/pullable.ts
function toPullable(resolved) {
  const { root } = resolved;
  const [problem] = problemsOf(resolved);
  if (problem !== void 0 || root === void 0) throw new PullError(problem?.reason ?? "not-found", "it was not resolved");
  const platforms = platformsOf(resolved, root).map((image) => ({ ...image, blobs: image.blobs.map(sized) }));
  const blobs = [...platforms.flatMap((platform) => platform.blobs), ...resolved.blobs.map(sized)];
  refuseTwoSizes(blobs);
  const configs = platforms.flatMap(({ configDigest }) => configDigest ?? []);
  return { resolved, root, platforms, blobs: distinct(blobs), configs: new Set(configs) };
}
__name(toPullable, "toPullable");
function platformsOf(resolved, root) {
  const skipped = resolved.platforms.find(({ required, image }) => required && image === void 0);
  if (skipped !== void 0) throw new PullError("manifest-missing", `${skipped.platform} was not looked into`);
  const images = countedPlatforms(resolved);
  const { kind } = root.document;
  const isArtifact = kind === "artifact" || kind === "buildkit-cache";
  if (images.length === 0 && !isArtifact) throw new PullError("platform-unnamed", "no platform of it was chosen");
  return images;
}
__name(platformsOf, "platformsOf");
function refuseTwoSizes(blobs) {
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size]));
  const other = blobs.find(({ digest, size }) => sizes.get(digest) !== size);
  if (other === void 0) return;
  const found = `size differs: ${other.digest} is listed with ${other.size} and with ${sizes.get(other.digest)} bytes`;
  throw new PullError("size-differs", found);
}
__name(refuseTwoSizes, "refuseTwoSizes");
function sized({ digest, size }) {
  if (size !== void 0) return { digest, size };
  throw new PullError("size-unknown", `the registry states no size for ${digest}`);
}
__name(sized, "sized");
function distinct(blobs) {
  return [...new Map(blobs.map(({ digest, size }) => [digest, { digest, size }])).values()];
}
__name(distinct, "distinct");

// src/pull/tally.ts
var RATED_SIZE = 1e6;
function rateOf(origin, blobs, transfers) {
  const rated = blobs.filter(({ digest, size }) => size >= RATED_SIZE && transfers.get(digest)?.origin === origin);
  const ms = rated.reduce((total, { digest }) => total + durationOf(transfers.get(digest)), 0);
  return rated.length === 0 ? void 0 : rated.reduce((total, { size }) => total + size, 0) / Math.max(ms / 1e3, 1e-3);
}
__name(rateOf, "rateOf");
function durationOf(transfer2) {
  return transfer2 === void 0 ? 0 : transfer2.ended - transfer2.started;
}
__name(durationOf, "durationOf");
function tallyOf(blobs, { present, transfers }) {
  const sum = /* @__PURE__ */ __name((counts) => blobs.reduce((total, { digest, size }) => total + (counts(digest) ? size : 0), 0), "sum");
  const from = /* @__PURE__ */ __name((origin) => sum((digest) => transfers.get(digest)?.origin === origin), "from");
  const spans = blobs.flatMap(({ digest }) => transfers.get(digest) ?? []);
  const first = Math.min(...spans.map(({ started }) => started));
  const last = Math.max(...spans.map(({ ended }) => ended));
  const seconds = spans.length === 0 ? 0 : (last - first) / 1e3;
  return { restored: from("cache"), downloaded: from("registry"), alreadyThere: sum((digest) => present.has(digest)), seconds };
}
__name(tallyOf, "tallyOf");

// src/pull/pull.ts
async function pull(images, wires, options) {
  const { now, concurrency } = options;
  const started = now();
  const failures = /* @__PURE__ */ new Map();
  const attempted = images.filter((resolved) => problemsOf(resolved).length === 0);
  const pullable = (await inTurns(attempted, concurrency, (resolved) => tried(resolved, failures, () => toPullable(resolved)))).flat();
  const needs = needsOf(pullable);
  const transferred = await transfer(needs, wires, options);
  const { transfers, present } = transferred;
  for (const [resolved, problem] of transferred.failures) failures.set(resolved, problem);
  const whole = pullable.filter(({ resolved }) => !failures.has(resolved));
  const keep = /* @__PURE__ */ __name((image) => tried(image.resolved, failures, () => storeDocuments(image, wires.store, options)), "keep");
  const named = (await inTurns(whole, concurrency, keep)).flat();
  const warnings = await wires.store.add(named.map(({ entry }) => entry));
  const fromRegistry = needs.filter(({ digest }) => transfers.get(digest)?.origin === "registry");
  const pulled = {
    layout: wires.store.path,
    ...tallyOf(needs, transferred),
    seconds: (now() - started) / 1e3,
    missed: fromRegistry.map(({ digest, size }) => ({ digest, size })),
    hit: failures.size === 0 && needs.length > 0 && needs.every(({ digest }) => present.has(digest) || transfers.get(digest)?.origin === "cache"),
    rates: { cache: rateOf("cache", needs, transfers), registry: rateOf("registry", needs, transfers) },
    byImage: new Map(pullable.map(({ resolved, blobs }) => [resolved.wanted.name, tallyOf(blobs, transferred)])),
    transfers,
    converted: new Map(named.flatMap(({ converted, image }) => converted ? [[image.wanted.name, converted]] : [])),
    loadable: named.flatMap(({ loadable }) => loadable ?? []),
    warnings,
    unloadable: named.flatMap(({ loadable, image }) => loadable === void 0 ? [image] : [])
  };
  return { images: images.map((resolved) => ({ ...resolved, problem: failures.get(resolved) ?? resolved.problem })), pulled };
}
__name(pull, "pull");
async function tried(resolved, failures, make) {
  try {
    return [await make()];
  } catch (error) {
    failures.set(resolved, asProblem(error, resolved.wanted.written));
    return [];
  }
}
__name(tried, "tried");
async function storeDocuments(image, store, { runner, signal }) {
  const { root, resolved, platforms } = image;
  const converted = await convert(root, platforms, store, signal);
  const top = converted?.manifest ?? { bytes: root.fetched.bytes, digest: root.fetched.digest, mediaType: root.document.mediaType };
  const manifests = converted === void 0 ? platforms.map(({ manifest }) => manifest) : [];
  for (const { bytes, digest } of [...manifests, ...root.nested, top]) await store.put(digest, bytes);
  const entry = { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length, annotations: namesOf(resolved) };
  const loadable = platforms.length === 0 ? void 0 : toLoadable(image, entry, runner, converted);
  return { entry, image: resolved, converted: converted?.manifest.digest, loadable };
}
__name(storeDocuments, "storeDocuments");
function namesOf({ wanted }) {
  const { reference } = wanted;
  const full = { "io.containerd.image.name": imageName(reference) };
  return reference.tag === void 0 ? full : { ...full, "org.opencontainers.image.ref.name": reference.tag };
}
__name(namesOf, "namesOf");
function toLoadable(image, entry, runner, converted) {
  const { resolved, root, platforms } = image;
  const { reference } = resolved.wanted;
  const shown = shownImage(resolved, runner)?.manifest.digest;
  const first = platforms.filter(({ manifest }) => manifest.digest === shown);
  const others = platforms.filter(({ manifest }) => manifest.digest !== shown);
  return {
    image: resolved,
    entry,
    documents: distinct([entry, ...root.nested.map(asBlob)]),
    platforms: [...first, ...others].map((platform) => toLoadablePlatform(platform, converted)),
    tag: reference.tag === void 0 ? void 0 : imageName(reference)
  };
}
__name(toLoadable, "toLoadable");
function toLoadablePlatform(platform, converted) {
  const { manifest, mediaType, configDigest, layers, blobs } = platform;
  const { digest, size } = asBlob(converted?.manifest ?? manifest);
  return {
    platform: platform.platform,
    manifest: { digest, size, mediaType: converted?.manifest.mediaType ?? mediaType },
    config: converted?.config.digest ?? configDigest ?? digest,
    layers,
    blobs: distinct([{ digest, size }, ...converted === void 0 ? [] : [asBlob(converted.config)], ...blobs])
  };
}
__name(toLoadablePlatform, "toLoadablePlatform");
function asBlob({ digest, bytes }) {
  return { digest, size: bytes.length };
}
__name(asBlob, "asBlob");
function imageName(reference) {
  return reference.tag === void 0 ? formatReference(reference) : `${repositoryName(reference)}:${reference.tag}`;
}
__name(imageName, "imageName");
async function convert(root, platforms, store, signal) {
  const [image] = platforms;
  if (root.document.kind !== "schema1" || image === void 0) return void 0;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size]));
  const diffIds = await store.diffIds(image.blobs, signal);
  const layers = image.layers.map((digest) => ({ digest, size: sizes.get(digest) ?? 0, diffId: diffIds.get(digest) ?? digest }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}
__name(convert, "convert");

// src/pull/restore.ts
function keysUnder(prefix) {
  return {
    blob: /* @__PURE__ */ __name((digest) => `${prefix}-blob-${digest.replace(":", "-")}`, "blob"),
    image: /* @__PURE__ */ __name((digest, platforms) => `${prefix}-image-${digest.replace(":", "-")}-${platformSet(platforms)}`, "image")
  };
}
__name(keysUnder, "keysUnder");
var LONGEST_SET = 200;
function platformSet(platforms) {
  const names = platforms.flatMap((one) => typeof one === "string" ? [one] : one.map(formatPlatform));
  const set = [...new Set(names)].toSorted().join("+");
  const written = set.replace(/[^A-Za-z0-9+._-]/g, "_");
  return written.length <= LONGEST_SET ? written : digestOf(Buffer.from(set)).replace(":", "-");
}
__name(platformSet, "platformSet");
var KNOWN_BYTES = 128 * 1024 * 1024;
var CachedSource = class {
  static {
    __name(this, "CachedSource");
  }
  #source;
  #fetch;
  #keys;
  #warn;
  #required = /* @__PURE__ */ new Map();
  #entries = /* @__PURE__ */ new Map();
  #known = /* @__PURE__ */ new Map();
  #room = KNOWN_BYTES;
  /** Registries that were found to be unavailable. */
  #silent = /* @__PURE__ */ new Set();
  /** Registries of which a cached copy was given. */
  #served = /* @__PURE__ */ new Set();
  constructor(source, options) {
    this.#source = source;
    this.#fetch = options.fetch;
    this.#keys = options.keys;
    this.#warn = options.warn;
    for (const { reference, platforms } of options.wanted) {
      const key = nameOf(reference, reference.digest ?? reference.tag);
      this.#required.set(key, [...this.#required.get(key) ?? [], platforms]);
    }
  }
  async manifest(image, reference, size) {
    const pinned = asDigest(reference);
    const claim = pinned === void 0 ? await this.#source.claim(image, reference) : void 0;
    const digest = pinned ?? claim?.digest;
    if (digest === void 0) return this.#source.manifest(image, reference, size);
    const required = this.#required.get(nameOf(image, reference));
    if (required !== void 0) await this.#open(digest, required);
    const bytes = this.#document(digest, size);
    if (bytes === void 0) return this.#source.manifest(image, reference, size);
    this.#served.add(image.registry);
    const said = claim ?? await this.#recheck(image, () => this.#source.claim(image, reference));
    const { authenticated, private: isPrivate2 } = said ?? { authenticated: true, private: true };
    return { bytes, content: bytes, digest, mediaType: "", authenticated, private: isPrivate2 };
  }
  claim(image, reference) {
    return this.#source.claim(image, reference);
  }
  async blob(image, blob) {
    const bytes = this.#document(blob.digest, blob.size);
    if (bytes === void 0) return this.#source.blob(image, blob);
    await this.blobSize(image, blob.digest);
    return { bytes, private: true };
  }
  /** Undefined, too, where the registry is unavailable and a cached copy stands for it. */
  blobSize(image, digest) {
    const ask = /* @__PURE__ */ __name(() => this.#source.blobSize(image, digest), "ask");
    return this.#known.has(digest) || this.#served.has(image.registry) ? this.#recheck(image, ask) : ask();
  }
  measure(image, digest) {
    return this.#source.measure(image, digest);
  }
  tags(image) {
    return this.#source.tags(image);
  }
  /** The bytes of a document or small blob from an image's entry; undefined at another size. */
  restored({ digest, size }) {
    const bytes = this.#known.get(digest);
    return bytes?.length === size ? bytes : void 0;
  }
  /** The key of an image's entry, where the cache turned out not to have all of it. */
  missingEntry(wanted, top, digests) {
    if (digests.every((digest) => this.#known.has(digest))) return void 0;
    const { reference, platforms } = wanted;
    return this.#keys.image(top, this.#required.get(nameOf(reference, reference.digest ?? reference.tag)) ?? [platforms]);
  }
  /** A manifest or config within the limits of a registry's; the registry is asked for others. */
  #document(digest, size) {
    const bytes = this.#known.get(digest);
    const tooLarge = bytes !== void 0 && bytes.length > DOCUMENT_BYTES;
    const another = size !== void 0 && bytes?.length !== size;
    return tooLarge || another ? void 0 : bytes;
  }
  async #open(digest, required) {
    const key = this.#keys.image(digest, required);
    const entry = this.#entries.get(key) ?? this.#fetch(key);
    this.#entries.set(key, entry);
    for (const [known, bytes] of await entry) this.#keep(known, bytes);
  }
  /** What is beyond the room for all entries of a step is asked of the registry. */
  #keep(digest, bytes) {
    if (this.#known.has(digest) || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.#known.set(digest, Buffer.from(bytes));
  }
  /** Asks whether something is still there. A registry that is out of reach, or overloaded, cannot say: that is one warning. */
  async #recheck(image, ask) {
    if (this.#silent.has(image.registry)) return void 0;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PullError) || !isUnavailable(error)) throw error;
      const words = "the cached copy is right by its digests, but was not checked against the registry again";
      if (!this.#silent.has(image.registry)) this.#warn(`${image.registry} is unavailable: ${words} (${error.found})`);
    }
    this.#silent.add(image.registry);
    return void 0;
  }
};
function isUnavailable({ status, reason }) {
  return !isInterruption(reason) && (status === "unreachable" || status === "rate-limited");
}
__name(isUnavailable, "isUnavailable");
function nameOf(image, reference) {
  return `${repositoryName(image)} ${reference}`;
}
__name(nameOf, "nameOf");
function restorer(cache, keys, least) {
  return async (blob, target) => blob.size >= least && await cache.restore(keys.blob(blob.digest), blob, target);
}
__name(restorer, "restorer");

// src/pull/save.ts
function toPendingSaves(outcome, source, policy) {
  const { images, pulled } = outcome;
  if (pulled === void 0) return { layout: "", kind: policy.kind, entries: [] };
  const whole = images.filter((image) => problemsOf(image).length === 0);
  const eligible = whole.filter((image) => sizeOf(image) <= policy.most);
  const missed = new Set(pulled.missed.map(({ digest }) => digest));
  const isShared = /* @__PURE__ */ __name((digest) => policy.savePrivate || isPublic(digest, pulled), "isShared");
  const large = eligible.flatMap((image) => largeBlobs(image, policy.least));
  const blobs = new Map(large.filter(({ digest }) => missed.has(digest) && isShared(digest)).map((blob) => [blob.digest, blob]));
  const singles = [...blobs.values()].map((blob) => ({ key: policy.keys.blob(blob.digest), blob }));
  const described = eligible.filter((image) => policy.savePrivate || !isPrivate(image));
  const bundles = described.flatMap((image) => bundleOf(image, source, { least: policy.least, isShared }));
  return { layout: pulled.layout, kind: policy.kind, entries: [...bundles, ...singles] };
}
__name(toPendingSaves, "toPendingSaves");
function isPrivate(image) {
  const { root } = image;
  if (root === void 0 || root.fetched.private || root.nested.some((index) => index.private)) return true;
  return countedPlatforms(image).some((platform) => platform.private);
}
__name(isPrivate, "isPrivate");
function isPublic(digest, { transfers }) {
  return transfers.get(digest)?.private === false;
}
__name(isPublic, "isPublic");
function whyNotSaved(image, pulled, { most, savePrivate }) {
  const { written } = image.wanted;
  if (pulled === void 0 || problemsOf(image).length > 0) return void 0;
  const size = sizeOf(image);
  if (size > most) return `${written} has ${size} bytes, more than cache-max-size: it is not saved to the cache`;
  const secret = blobsOf(image).filter(({ digest }) => pulled.transfers.get(digest)?.private);
  if (savePrivate || !isPrivate(image) && secret.length === 0) return void 0;
  const what = isPrivate(image) ? written : `${secret.length} layers of ${written}`;
  const why = "pulled with credentials or from a private address, or may have been";
  return `not cached: ${what} (${why}); in a public repository anyone could read it. Set cache-private: true to cache it anyway`;
}
__name(whyNotSaved, "whyNotSaved");
function sizeOf(image) {
  return blobsOf(image).reduce((sum, blob) => sum + blob.size, 0);
}
__name(sizeOf, "sizeOf");
function largeBlobs(image, least) {
  const configs = new Set(countedPlatforms(image).map(({ configDigest }) => configDigest));
  return blobsOf(image).filter(({ digest, size }) => size >= least && !configs.has(digest));
}
__name(largeBlobs, "largeBlobs");
function blobsOf(image) {
  const blobs = [...countedPlatforms(image).flatMap(({ blobs: blobs2 }) => blobs2), ...image.blobs];
  return blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}
__name(blobsOf, "blobsOf");
function bundleOf(image, source, { least, isShared }) {
  const { root, wanted } = image;
  if (root === void 0) return [];
  const { digest: top, content } = root.fetched;
  const isSchema1 = root.document.kind === "schema1";
  const documents = isSchema1 ? [] : [root.fetched, ...root.nested, ...countedPlatforms(image).map(({ manifest }) => manifest)];
  const large = new Set(largeBlobs(image, least).map(({ digest }) => digest));
  const configs = new Set(countedPlatforms(image).map(({ configDigest }) => configDigest));
  const small = blobsOf(image).filter(({ digest }) => !large.has(digest) && (configs.has(digest) || isShared(digest)));
  const bundle = [...new Set([...documents, ...small].map(({ digest }) => digest))];
  const inline = isSchema1 ? [{ digest: top, base64: content.toString("base64") }] : [];
  const key = source.missingEntry(wanted, top, [...bundle, ...inline.map(({ digest }) => digest)]);
  return key === void 0 ? [] : [{ key, bundle, inline }];
}
__name(bundleOf, "bundleOf");

// src/runner/engine.ts
var CONTAINERD_STORE = { digests: true, platforms: true, choosesPlatform: false };
var CLASSIC_STORE = { digests: false, platforms: false, choosesPlatform: false };
var PODMAN_STORE = { digests: true, platforms: false, choosesPlatform: true };
var OUTPUT_LIMIT = 1024;
function loader(engine, options) {
  const asked = storeOf(engine, options.run);
  asked.catch(() => void 0);
  return async ({ loadable, unloadable }) => {
    for (const { wanted, root } of unloadable) {
      const what = root === void 0 ? "not an image" : describeArtifact(root.document);
      options.say(`${wanted.written} is ${what}: ${engine} has nothing to load of it, it is in the layout`);
    }
    return loadable.length === 0 ? /* @__PURE__ */ new Map() : loadAll(engine, loadable, await asked, options);
  };
}
__name(loader, "loader");
async function loadAll(engine, images, store, options) {
  const failures = /* @__PURE__ */ new Map();
  for (const image of images) {
    await loadOne(engine, image, store, options).catch((error) => {
      if (!(error instanceof PullError)) throw error;
      failures.set(image.image.wanted.name, error);
    });
  }
  if (!store.digests) options.warn(`this ${engine} uses the classic image store, which discards digests: refer to loaded images by tag`);
  return failures;
}
__name(loadAll, "loadAll");
async function loadOne(engine, image, store, { archive: archive2, run, runner, say, warn }) {
  const [first, ...others] = image.platforms;
  if (first === void 0) return;
  const held = store.platforms ? image.platforms : [first];
  const archived = toArchived(image, held, !store.choosesPlatform || satisfies(runner, first.platform));
  const pinned = `${repositoryName(image.image.wanted.reference)}@${archived.entry.digest}`;
  const shown = image.tag ?? pinned;
  const has = store.platforms ? hasPlatforms(engine, image, pinned, run) : hasConfig(engine, archived, store.digests ? pinned : void 0, run);
  const words = formatPlatforms(held);
  if (await has) say(`${engine} already has ${shown} for ${words}`);
  else {
    const { code, output } = await run(engine, ["load"], archive2(archived));
    if (code !== 0) throw refusal(engine, `could not load ${shown}`, code, output);
    say(`${engine} loaded ${shown} for ${words}${store.digests ? `, which is ${pinned}` : ""}`);
  }
  if (others.length > 0 && !store.platforms) {
    warn(
      `${engine} holds one platform of an image here: it has ${shown} for ${words}, and the layout alone has ${formatPlatforms(others)}`
    );
  }
}
__name(loadOne, "loadOne");
function formatPlatforms(platforms) {
  return platforms.map(({ platform }) => formatPlatform(platform)).join(", ");
}
__name(formatPlatforms, "formatPlatforms");
function toArchived({ entry, documents, tag }, held, whole) {
  const { manifest, config, layers } = held[0];
  const blobs = [...whole ? documents : [], ...held.flatMap((platform) => platform.blobs)];
  return { entry: whole ? entry : { ...entry, ...manifest }, blobs: distinct(blobs), config, layers, tag };
}
__name(toArchived, "toArchived");
async function storeOf(engine, run) {
  if (engine === "podman") return PODMAN_STORE;
  const { code, output } = await run(engine, ["info", "--format", "{{json .DriverStatus}}"]);
  if (code !== 0) throw refusal(engine, "does not answer", code, output);
  return output.includes("io.containerd.snapshotter") ? CONTAINERD_STORE : CLASSIC_STORE;
}
__name(storeOf, "storeOf");
var INSPECT = ["image", "inspect", "--format", "{{.Id}}"];
async function hasPlatforms(engine, { tag, platforms }, pinned, run) {
  const byDigest = await run(engine, [...INSPECT, pinned]);
  if (byDigest.code !== 0) return false;
  if (tag !== void 0 && (await run(engine, [...INSPECT, tag])).output !== byDigest.output) return false;
  for (const { platform } of platforms) {
    const { code } = await run(engine, [...INSPECT, "--platform", formatPlatform(platform), pinned]);
    if (code !== 0) return false;
  }
  return true;
}
__name(hasPlatforms, "hasPlatforms");
async function hasConfig(engine, { config, tag }, pinned, run) {
  const names = [pinned, tag].filter((name) => name !== void 0);
  for (const name of names) {
    const { code, output } = await run(engine, [...INSPECT, name]);
    if (code !== 0 || output.trim().replace(/^sha256:/, "") !== config.replace(/^sha256:/, "")) return false;
  }
  return names.length > 0;
}
__name(hasConfig, "hasConfig");
function refusal(engine, what, code, output) {
  return new PullError("engine-failed", `${engine} ${what} (exit code ${code}): ${output.trim() || "it said nothing"}`);
}
__name(refusal, "refusal");
var ENGINES = [
  // https://docs.docker.com/reference/cli/docker/#environment-variables
  "DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_CUSTOM_HEADERS SSH_AUTH_SOCK",
  "DOCKER_CERT_PATH DOCKER_TLS DOCKER_TLS_VERIFY",
  // https://docs.podman.io/en/latest/markdown/podman.1.html
  "CONTAINER_HOST CONTAINER_CONNECTION CONTAINER_SSHKEY CONTAINER_PASSPHRASE CONTAINER_PROXY",
  "CONTAINER_TLS_* CONTAINERS_* STORAGE_DRIVER STORAGE_OPTS PODMAN_CONNECTIONS_CONF PODMAN_USERNS"
];
function engineRunner(environment, bounds) {
  const env = environmentFor(environment, ...ENGINES);
  return async (engine, args, input) => {
    let output = "";
    const read = /* @__PURE__ */ __name((text) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    }, "read");
    try {
      const { code, killedBy } = await runProgram({ command: engine, args, env, input: input ?? [], read, errors: true }, bounds);
      return { code: code ?? -1, output: code === null ? `${output} (${killedBy})` : output };
    } catch (error) {
      throw error instanceof PullError ? error : absent(engine, error);
    }
  };
}
__name(engineRunner, "engineRunner");
function absent(engine, error) {
  const { code } = error;
  return code === "ENOENT" ? new PullError("engine-missing", `${engine} is not on this runner`, { cause: error }) : new PullError("engine-failed", `${engine} cannot be run: ${error.message}`, { cause: error });
}
__name(absent, "absent");

// src/runner/progress.ts
var EVERY_MS = 5e3;
function startProgress(say) {
  const done = { cache: 0, registry: 0 };
  let total = 0;
  let before = 0;
  const timer = setInterval(() => {
    const now = done.cache + done.registry;
    const rate = formatBytes(Math.max(0, now - before) / (EVERY_MS / 1e3));
    const origins = `${formatBytes(done.cache)} restored, ${formatBytes(done.registry)} downloaded`;
    say(`pulled ${formatBytes(now)} of ${formatBytes(total)} (${origins}), ${rate}/s`);
    before = now;
  }, EVERY_MS);
  return {
    planned: /* @__PURE__ */ __name((bytes) => {
      total += bytes;
    }, "planned"),
    moved: /* @__PURE__ */ __name((bytes, from) => {
      done[from] += bytes;
    }, "moved"),
    stop: /* @__PURE__ */ __name(() => clearInterval(timer), "stop")
  };
}
__name(startProgress, "startProgress");

// src/store/archive.ts
var READ_SIZE = 1024 * 1024;
async function* archive(layout, image) {
  const { mediaType, digest, size, annotations } = image.entry;
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType, digest, size, annotations }] };
  const repoTags = image.tag === void 0 ? [] : [image.tag];
  const manifest = [{ Config: pathOf(image.config), RepoTags: repoTags, Layers: image.layers.map(pathOf) }];
  yield* tarEntry("oci-layout", Buffer.from(LAYOUT_VERSION));
  yield* tarEntry("index.json", Buffer.from(JSON.stringify(index)));
  yield* tarEntry("manifest.json", Buffer.from(JSON.stringify(manifest)));
  for (const blob of image.blobs) yield* file(layout, blob);
  yield tarEnd();
}
__name(archive, "archive");
function pathOf(digest) {
  return `blobs/${digest.replace(":", "/")}`;
}
__name(pathOf, "pathOf");
async function* file(layout, { digest, size }) {
  yield tarHeader(pathOf(digest), size);
  let sent = 0;
  const blob = await openRegular(layout.blobPath(digest));
  for await (const chunk of blob.createReadStream({ highWaterMark: READ_SIZE })) {
    sent += chunk.length;
    if (sent > size) break;
    yield chunk;
  }
  if (sent !== size) throw new PullError("layout-changed", `blob ${digest} of the layout has changed: expected ${size} bytes, got ${sent}`);
  yield tarPadding(size);
}
__name(file, "file");

// src/pulling.ts
async function openCache({ source, downloads }, { inputs, machine, workflow, http, signal }) {
  const { minSize, maxSize, savePrivate, keyPrefix, mode } = inputs.cache;
  const { environment, clock } = machine;
  const event = readEvent(environment);
  const { kind, restore, save, why } = cachePolicy(mode, environment, event);
  if (why !== "") workflow.say(why);
  const keys = keysUnder(keyPrefix);
  const voice = warnOnce(workflow);
  const cache = kind === "none" || !restore ? void 0 : await connectCache(kind, http, environment, { voice, clock, signal });
  const fetch = /* @__PURE__ */ __name(async (key) => {
    const bundle = await cache?.fetch(key, BUNDLE_LIMIT);
    if (bundle === void 0) return /* @__PURE__ */ new Map();
    return fromBundle(bundle, signal).catch((error) => {
      signal.throwIfAborted();
      voice.warn(wrongEntry(key, foundBy(error)));
      return /* @__PURE__ */ new Map();
    });
  }, "fetch");
  const mayShare = savePrivate || kind === "directory" || isPrivateRepository(event);
  return {
    source: new CachedSource(source, { fetch, keys, wanted: inputs.plan.wanted, warn: workflow.warn }),
    downloads,
    restore: cache === void 0 ? async () => false : restorer(cache, keys, minSize),
    warn: voice.warn,
    saves: kind === "none" || !save ? void 0 : { kind, keys, least: minSize, most: maxSize, savePrivate: mayShare }
  };
}
__name(openCache, "openCache");
function readEvent(environment) {
  const path = environment["GITHUB_EVENT_PATH"];
  try {
    return path ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}
__name(readEvent, "readEvent");
async function pullAndLoad(images, caching, step) {
  const { source, saves } = caching;
  const { inputs, machine, workflow, signal } = step;
  const progress = startProgress(workflow.say);
  try {
    const sleep = /* @__PURE__ */ __name((ms) => machine.clock.sleep(ms, signal).catch(() => signal.throwIfAborted()), "sleep");
    const time = { ...machine.clock, sleep };
    const store = await Layout.open(inputs.path || defaultLayout(machine.environment), time);
    const load = loaderFor(store, step);
    const { concurrency, runner, plan } = inputs;
    const patience = { until: step.started + plan.waitTimeout * 1e3, interval: plan.waitInterval * 1e3 };
    const options = { ...time, concurrency, progress, runner, signal, patience };
    const outcome = await pull(images, { ...caching, store, restored: /* @__PURE__ */ __name((blob) => source.restored(blob), "restored") }, options);
    progress.stop();
    if (outcome.pulled !== void 0) sayPulled(workflow, outcome.pulled);
    if (saves !== void 0) {
      await saveLater(toPendingSaves(outcome, source, saves), caching.warn, step);
      for (const image of outcome.images) {
        const why = whyNotSaved(image, outcome.pulled, saves);
        if (why !== void 0) workflow.say(why);
      }
    }
    return await loaded(outcome, load);
  } catch (error) {
    return { images: images.map((image) => withFailure(image, error)), pulled: void 0 };
  } finally {
    progress.stop();
  }
}
__name(pullAndLoad, "pullAndLoad");
function defaultLayout(environment) {
  const temporary = environment["RUNNER_TEMP"];
  if (temporary) return join(temporary, "registry-pull");
  const path = join(cachesOf(environment), "registry-pull-layout");
  try {
    mkdirSync(path, { recursive: true, mode: 448 });
  } catch {
  }
  return path;
}
__name(defaultLayout, "defaultLayout");
async function loaded(outcome, load) {
  if (load === void 0 || outcome.pulled === void 0) return outcome;
  try {
    const failures = await load(outcome.pulled);
    const images = outcome.images.map((image) => withFailure(image, failures.get(image.wanted.name)));
    return { ...outcome, images };
  } catch (error) {
    return { ...outcome, images: outcome.images.map((image) => withFailure(image, error)) };
  }
}
__name(loaded, "loaded");
function withFailure(image, error) {
  if (error === void 0 || problemsOf(image).length > 0) return image;
  return { ...image, problem: asProblem(error, image.wanted.written) };
}
__name(withFailure, "withFailure");
async function saveLater(saves, warn, { machine, workflow }) {
  if (saves.entries.length === 0) return;
  try {
    workflow.saveLater(await writePendingSaves(saves, machine.temporary));
  } catch (error) {
    warn(`nothing will be saved to the cache: ${foundBy(error)}`);
  }
}
__name(saveLater, "saveLater");
function loaderFor(layout, { inputs, machine, workflow, signal }) {
  if (inputs.pull !== "docker" && inputs.pull !== "podman") return void 0;
  const { say, warn } = workflow;
  const run = engineRunner(machine.environment, { after: machine.clock.after, signal });
  return loader(inputs.pull, { runner: inputs.runner, archive: /* @__PURE__ */ __name((image) => archive(layout, image), "archive"), run, say, warn });
}
__name(loaderFor, "loaderFor");
export {
  openCache,
  pullAndLoad
};
