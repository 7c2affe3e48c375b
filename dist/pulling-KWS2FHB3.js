import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  cachePolicy,
  isPrivateRepository
} from "./chunk-2CUFTCI4.js";
import {
  LAYOUT_VERSION,
  Layout,
  asProblem,
  bring,
  fromBundle,
  inTurns,
  rateOf,
  tallyOf,
  tarEnd,
  tarEntry,
  tarHeader,
  tarPadding
} from "./chunk-3BN6IGO2.js";
import {
  OCI_INDEX,
  childEnvironment,
  connectCache,
  countedPlatforms,
  formatBytes,
  formatPlatform,
  formatReference,
  openRegular,
  problemsOf,
  repositoryName,
  satisfies,
  sayPulled,
  toOciImage
} from "./chunk-3S3BTVFU.js";
import {
  PullError,
  asDigest,
  digestOf
} from "./chunk-2JVBJPTP.js";
import "./chunk-WHCU4A3X.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/pulling.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";

// src/pull/pull.ts
async function pull(images, wires, options) {
  const { runner, now } = options;
  const started = now();
  const whole = images.filter((resolved) => problemsOf(resolved).length === 0);
  const needs = needsOf(whole);
  const brought = await bring(needs, wires, options);
  const { failures, transfers } = brought;
  const kept = whole.filter((resolved) => !failures.has(resolved));
  const keep = /* @__PURE__ */ __name((resolved) => name(resolved, wires.store, runner).catch((error) => {
    failures.set(resolved, asProblem(resolved, error));
    return void 0;
  }), "keep");
  const named = (await inTurns(kept, options.concurrency, keep)).filter((one) => one !== void 0);
  await wires.store.add(named.map(({ entry }) => entry));
  const pulled = {
    layout: wires.store.path,
    ...tallyOf(needs, brought),
    seconds: (now() - started) / 1e3,
    missed: needs.filter(({ digest }) => transfers.get(digest)?.origin === "registry").map(({ digest, size }) => ({ digest, size })),
    rates: { cache: rateOf("cache", needs, transfers), registry: rateOf("registry", needs, transfers) },
    byImage: new Map(whole.map((image) => [image.wanted.name, tallyOf(needsOf([image]), brought)])),
    converted: new Map(named.flatMap(({ converted, image }) => converted ? [[image.wanted.name, converted]] : [])),
    loadable: named.flatMap(({ loadable }) => loadable)
  };
  return { images: images.map((resolved) => ({ ...resolved, problem: failures.get(resolved) ?? resolved.problem })), pulled };
}
__name(pull, "pull");
function needsOf(images) {
  const needs = /* @__PURE__ */ new Map();
  for (const resolved of images) {
    const pulled = countedPlatforms(resolved);
    for (const { digest, size } of [...pulled.flatMap(({ blobs }) => blobs), ...resolved.blobs]) {
      const known = needs.get(digest)?.owners ?? [];
      const config = pulled.some(({ configDigest }) => configDigest === digest);
      if (!known.includes(resolved)) needs.set(digest, { digest, size: size ?? 0, owners: [...known, resolved], config });
    }
  }
  return [...needs.values()].toSorted((one, other) => other.size - one.size);
}
__name(needsOf, "needsOf");
async function name(image, store, runner) {
  const { root, wanted } = image;
  if (root === void 0) return void 0;
  const images = countedPlatforms(image);
  const converted = await convert(root, images, store);
  const top = converted?.manifest ?? { bytes: root.fetched.bytes, digest: root.fetched.digest, mediaType: root.document.mediaType };
  const manifests = converted === void 0 ? images.map(({ manifest }) => manifest) : [];
  for (const { bytes, digest } of [...manifests, ...root.nested, top]) await store.put(digest, bytes);
  const { reference } = wanted;
  const annotations = { "io.containerd.image.name": imageName(reference) };
  if (reference.tag !== void 0) annotations["org.opencontainers.image.ref.name"] = reference.tag;
  const entry = { mediaType: top.mediaType, digest: top.digest, size: top.bytes.length, annotations };
  const shown = images.find(({ config }) => satisfies(runner, config.platform)) ?? images[0];
  const loadable = shown === void 0 ? [] : [toLoadable(image, entry, shown, converted)];
  return { entry, image, converted: converted?.manifest.digest, loadable };
}
__name(name, "name");
function toLoadable(image, entry, shown, converted) {
  const { reference } = image.wanted;
  const documents = [entry, ...(image.root?.nested ?? []).map(asBlob), ...converted === void 0 ? [asBlob(shown.manifest)] : []];
  const config = converted === void 0 ? [] : [asBlob(converted.config)];
  const parts = shown.blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
  const blobs = [...new Map([...documents, ...config, ...parts].map(({ digest, size }) => [digest, { digest, size }])).values()];
  const tag = reference.tag === void 0 ? void 0 : imageName(reference);
  return { image, entry, blobs, config: converted?.config.digest ?? shown.configDigest ?? entry.digest, layers: shown.layers, tag };
}
__name(toLoadable, "toLoadable");
function asBlob({ digest, bytes }) {
  return { digest, size: bytes.length };
}
__name(asBlob, "asBlob");
function imageName(reference) {
  return reference.tag === void 0 ? formatReference(reference) : `${repositoryName(reference)}:${reference.tag}`;
}
__name(imageName, "imageName");
async function convert(root, images, store) {
  const [image] = images;
  if (root.document.kind !== "schema1" || image === void 0) return void 0;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size ?? 0]));
  const diffIds = new Map(await Promise.all(image.blobs.map(async ({ digest }) => [digest, await store.diffId(digest)])));
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
var IMAGE_ENTRY_LIMIT = 64 * 1024 * 1024;
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
  #silent = /* @__PURE__ */ new Set();
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
  async manifest(image, reference) {
    const pinned = asDigest(reference);
    const claim = pinned === void 0 ? await this.#source.claim(image, reference) : void 0;
    const digest = pinned ?? claim?.digest;
    if (digest === void 0) return this.#source.manifest(image, reference);
    const required = this.#required.get(nameOf(image, reference));
    if (required !== void 0) await this.#open(digest, required);
    const known = this.#known.get(digest);
    if (known === void 0) return this.#source.manifest(image, reference);
    const said = claim ?? await this.#recheck(image, () => this.#source.claim(image, reference));
    return { ...known, digest, mediaType: "", authenticated: said?.authenticated ?? true };
  }
  claim(image, reference) {
    return this.#source.claim(image, reference);
  }
  async blob(image, blob) {
    const bytes = this.restored(blob.digest);
    if (bytes === void 0) return this.#source.blob(image, blob);
    await this.#recheck(image, () => this.#source.blobSize(image, blob.digest));
    return bytes;
  }
  blobSize(image, digest) {
    return this.#source.blobSize(image, digest);
  }
  tags(image) {
    return this.#source.tags(image);
  }
  /** The bytes of a document or small blob that came with an image's entry. */
  restored(digest) {
    const known = this.#known.get(digest);
    return known?.content === known?.bytes ? known?.bytes : void 0;
  }
  /** The key of an image's entry, where the cache turned out not to have all of it. */
  missingEntry(wanted, top, digests) {
    if (digests.every((digest) => this.#known.has(digest))) return void 0;
    const { reference, platforms } = wanted;
    return this.#keys.image(top, this.#required.get(nameOf(reference, reference.digest ?? reference.tag)) ?? [platforms]);
  }
  async #open(digest, required) {
    const key = this.#keys.image(digest, required);
    const entry = this.#entries.get(key) ?? this.#fetch(key, IMAGE_ENTRY_LIMIT);
    this.#entries.set(key, entry);
    for (const [known, proven] of await entry) this.#known.set(known, proven);
  }
  /** Asks whether what the cache had is still there. A registry that is out of reach cannot say, which is worth one warning. */
  async #recheck(image, ask) {
    if (this.#silent.has(image.registry)) return void 0;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PullError) || error.status !== "unreachable") throw error;
    }
    const words = "cannot be reached: what the cache has is right by its digests, but was not re-checked there";
    if (!this.#silent.has(image.registry)) this.#warn(`${image.registry} ${words}`);
    this.#silent.add(image.registry);
    return void 0;
  }
};
function nameOf(image, reference) {
  return `${repositoryName(image)} ${reference}`;
}
__name(nameOf, "nameOf");
function restorer(cache, keys, least) {
  return async (blob, target) => blob.size >= least && await cache.restore(keys.blob(blob.digest), blob, target);
}
__name(restorer, "restorer");

// src/pull/save.ts
function toPromises(outcome, source, policy) {
  const { images, pulled } = outcome;
  if (pulled === void 0) return { layout: "", kind: policy.kind, entries: [] };
  const eligible = images.filter((image) => problemsOf(image).length === 0 && whyNotSaved(image, policy) === void 0);
  const missed = new Set(pulled.missed.map(({ digest }) => digest));
  const large = new Set(eligible.flatMap((image) => largeBlobs(image, policy.least)).filter((digest) => missed.has(digest)));
  const blobs = [...large].map((digest) => ({ key: policy.keys.blob(digest), blobs: [digest], bundled: false, inline: [] }));
  const bundles = eligible.flatMap((image) => toBundle(image, source, policy.least));
  return { layout: pulled.layout, kind: policy.kind, entries: [...bundles, ...blobs] };
}
__name(toPromises, "toPromises");
function whyNotSaved(image, { most, savePrivate }) {
  const { written } = image.wanted;
  const size = blobsOf(image).reduce((sum, blob) => sum + blob.size, 0);
  if (size > most) return `${written} has ${size} bytes, more than cache-max-size: it is not saved to the cache`;
  if (savePrivate || image.root?.fetched.authenticated === false) return void 0;
  return `${written} needed credentials, or may have: it is not saved to the cache, which readers of a public repository can read; cache-private: true saves it`;
}
__name(whyNotSaved, "whyNotSaved");
function largeBlobs(image, least) {
  const configs = new Set(countedPlatforms(image).map(({ configDigest }) => configDigest));
  return blobsOf(image).flatMap(({ digest, size }) => size >= least && !configs.has(digest) ? [digest] : []);
}
__name(largeBlobs, "largeBlobs");
function blobsOf(image) {
  const blobs = [...countedPlatforms(image).flatMap(({ blobs: blobs2 }) => blobs2), ...image.blobs];
  return blobs.map(({ digest, size }) => ({ digest, size: size ?? 0 }));
}
__name(blobsOf, "blobsOf");
function toBundle(image, source, least) {
  const { root, wanted } = image;
  if (root === void 0) return [];
  const isSchema1 = root.document.kind === "schema1";
  const documents = isSchema1 ? [] : [root.fetched, ...root.nested, ...countedPlatforms(image).map(({ manifest }) => manifest)];
  const large = new Set(largeBlobs(image, least));
  const small = blobsOf(image).filter(({ digest }) => !large.has(digest));
  const blobs = [...new Set([...documents, ...small].map(({ digest }) => digest))];
  const inline = isSchema1 ? [[root.fetched.digest, root.fetched.bytes.toString("base64")]] : [];
  const key = source.missingEntry(wanted, root.fetched.digest, [...blobs, ...inline.map(([digest]) => digest)]);
  return key === void 0 ? [] : [{ key, blobs, bundled: true, inline }];
}
__name(toBundle, "toBundle");

// src/runner/engine.ts
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
var OUTPUT_LIMIT = 1024;
function loader(engine, options) {
  const keeping = keepsDigests(engine, options.run);
  keeping.catch(() => void 0);
  return async (images) => loadAll(engine, images, await keeping, options);
}
__name(loader, "loader");
async function loadAll(engine, images, keeps, options) {
  const { say, warn } = options;
  for (const image of images) {
    const pinned = `${repositoryName(image.image.wanted.reference)}@${image.entry.digest}`;
    const shown = image.tag ?? pinned;
    if (await hasImage(engine, image, keeps ? pinned : void 0, options.run)) {
      say(`${engine} has ${shown} already`);
      continue;
    }
    const { code, output } = await options.run(engine, ["load"], options.archive(image));
    if (code !== 0) throw refusal(engine, `could not load ${shown}`, code, output);
    say(`${engine} has loaded ${shown}${keeps ? `, which is ${pinned}` : ""}`);
  }
  if (!keeps && images.length > 0) {
    warn(
      `this ${engine} keeps no digests (it has the classic image store): refer to what was loaded by tag, or turn on its containerd image store`
    );
  }
}
__name(loadAll, "loadAll");
async function keepsDigests(engine, run) {
  if (engine === "podman") return true;
  const { code, output } = await run(engine, ["info", "--format", "{{json .DriverStatus}}"]);
  if (code !== 0) throw refusal(engine, "does not answer", code, output);
  return output.includes("io.containerd.snapshotter");
}
__name(keepsDigests, "keepsDigests");
async function hasImage(engine, { tag, config }, pinned, run) {
  const name2 = pinned ?? tag;
  if (name2 === void 0) return false;
  const { code, output } = await run(engine, ["image", "inspect", "--format", "{{.Id}}", name2]);
  if (code !== 0) return false;
  if (pinned !== void 0)
    return tag === void 0 || (await run(engine, ["image", "inspect", "--format", "{{.Id}}", tag])).output === output;
  return output.trim() === config;
}
__name(hasImage, "hasImage");
function refusal(engine, what, code, output) {
  return new PullError("unsupported", `${engine} ${what} (exit code ${code}): ${output.trim() || "it said nothing"}`);
}
__name(refusal, "refusal");
function engineRunner(environment, signal) {
  const env = Object.fromEntries(Object.entries(childEnvironment(environment)).filter(([name2]) => !/TOKEN|SECRET|PASSWORD/i.test(name2)));
  return async (engine, args, input) => {
    const child = spawn(engine, args, { env, stdio: ["pipe", "pipe", "pipe"], signal });
    let output = "";
    const keep = /* @__PURE__ */ __name((text) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    }, "keep");
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const ended = new Promise((resolve, reject) => {
      child.on("error", (error) => reject(absent(engine, error)));
      child.on("close", (code, killed) => resolve({ code: code ?? -1, output: code === null ? `${output} (${killed})` : output }));
    });
    const fed = pipeline(input === void 0 ? [] : Readable.from(input), child.stdin).catch((error) => {
      if (!(error instanceof PullError)) return;
      child.kill();
      throw error;
    });
    const [result] = await Promise.all([ended, fed]);
    return result;
  };
}
__name(engineRunner, "engineRunner");
function absent(engine, error) {
  const { code } = error;
  const problem = code === "ENOENT" ? "is not on this runner: install it, or use pull: layout, which needs no engine" : `could not be run: ${error.message}`;
  return new PullError("unsupported", `${engine} ${problem}`, error);
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
  if (sent !== size) throw new PullError("dangling", `blob ${digest} of the layout has changed: expected ${size} bytes, got ${sent}`);
  yield tarPadding(size);
}
__name(file, "file");

// src/pulling.ts
async function openCache({ source, downloads }, { inputs, machine, workflow, http, signal }) {
  const { minSize, maxSize, savePrivate, keyPrefix, mode } = inputs.cache;
  const { environment, clock } = machine;
  const { kind, restore, save, why } = cachePolicy(mode, environment);
  if (why !== "") workflow.say(why);
  const keys = keysUnder(keyPrefix);
  const cache = kind === "none" || !restore ? void 0 : await connectCache(kind, http, environment, { voice: workflow, clock, signal });
  const fetch = /* @__PURE__ */ __name(async (key, limit) => {
    const bundle = await cache?.fetch(key, limit);
    return bundle === void 0 ? /* @__PURE__ */ new Map() : fromBundle(bundle);
  }, "fetch");
  const mayShare = savePrivate || kind === "directory" || isPrivateRepository(readEvent(environment));
  return {
    source: new CachedSource(source, { fetch, keys, wanted: inputs.plan.wanted, warn: workflow.warn }),
    downloads,
    restore: cache === void 0 ? async () => false : restorer(cache, keys, minSize),
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
    const patience = { now: machine.clock.now, sleep: /* @__PURE__ */ __name((ms) => machine.clock.sleep(ms, signal), "sleep") };
    const store = await Layout.open(inputs.path || join(machine.temporary, "registry-pull"), patience);
    const load = loaderFor(store, step);
    const options = { concurrency: inputs.concurrency, progress, runner: inputs.runner, now: machine.clock.now, signal };
    const outcome = await pull(images, { ...caching, store, restored: /* @__PURE__ */ __name((digest) => source.restored(digest), "restored") }, options);
    progress.stop();
    if (outcome.pulled !== void 0) sayPulled(workflow, outcome.pulled);
    if (saves !== void 0) {
      workflow.promise(toPromises(outcome, source, saves));
      for (const why of outcome.images.map((image) => whyNotSaved(image, saves))) if (why !== void 0) workflow.say(why);
    }
    await load(outcome);
    return outcome;
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { status, message } = error;
    const withProblem = /* @__PURE__ */ __name((image) => ({
      ...image,
      problem: image.problem ?? { status, message: `${image.wanted.written}: ${message}` }
    }), "withProblem");
    return { images: images.map(withProblem), pulled: void 0 };
  } finally {
    progress.stop();
  }
}
__name(pullAndLoad, "pullAndLoad");
function loaderFor(layout, { inputs, machine, workflow, signal }) {
  if (inputs.pull !== "docker" && inputs.pull !== "podman") return async () => void 0;
  const { say, warn } = workflow;
  const run = engineRunner(machine.environment, signal);
  const load = loader(inputs.pull, { archive: /* @__PURE__ */ __name((image) => archive(layout, image), "archive"), run, say, warn });
  return ({ pulled }) => load(pulled?.loadable ?? []);
}
__name(loaderFor, "loaderFor");
export {
  openCache,
  pullAndLoad
};
