import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  inTurns
} from "./chunk-L2B45JQI.js";
import {
  notPulled,
  sayPulled,
  writePendingSaves
} from "./chunk-BZNH7TEI.js";
import "./chunk-GK6WCDFQ.js";
import {
  planSaves,
  whyNotSaved
} from "./chunk-L6SCALD2.js";
import {
  engineRunner,
  openEngineStore
} from "./chunk-AIZKWMQ3.js";
import {
  layoutOf
} from "./chunk-DS6FQ7AS.js";
import {
  IMAGE_NAME,
  LAYOUT_VERSION,
  Layout,
  REF_NAME
} from "./chunk-5OW2QLUR.js";
import "./chunk-3JVV6VOG.js";
import "./chunk-XVBIHPMZ.js";
import {
  formatBytes
} from "./chunk-4PGJNY3C.js";
import "./chunk-E5OJL5JR.js";
import {
  danglingFrom
} from "./chunk-I3UOCOBE.js";
import {
  OCI_INDEX,
  describeDocument,
  isArtifact,
  toOciImage
} from "./chunk-GK4TBZ6T.js";
import "./chunk-4RAGDIWQ.js";
import {
  blobsOf,
  countedPlatforms,
  problemsOf,
  shownImage
} from "./chunk-X7QNMO3T.js";
import {
  asProblem,
  problemFrom,
  withNote
} from "./chunk-2OAYVO4E.js";
import {
  formatPlatform,
  formatReference,
  repositoryName,
  satisfies
} from "./chunk-6YGTSZFH.js";
import {
  tarEnd,
  tarEntry,
  tarHeader,
  tarPadding
} from "./chunk-PFTWHRR2.js";
import "./chunk-YNGR2UKO.js";
import {
  bytesOf,
  distinctBlobs,
  sizeClash
} from "./chunk-W4LMWFRO.js";
import "./chunk-ZUT5BRUG.js";
import {
  PullError,
  foundBy,
  inContext,
  isInterruption,
  mayPass
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/pull/index-entry.ts
async function storeDocuments(image, store, { runner, signal }) {
  const { root, resolved, platforms } = image;
  const converted = await convert(root, platforms, store, signal);
  const { fetched, document } = root;
  const top = converted?.manifest ?? { ...fetched, mediaType: document.mediaType };
  const listed = converted === void 0 ? platforms : [];
  const manifests = listed.map(({ manifest }) => manifest);
  const documents = [...manifests, ...root.nested, top];
  for (const { bytes, digest } of documents) await store.put(digest, bytes);
  const { mediaType } = top;
  const annotations = annotationsOf(resolved.wanted.reference);
  const entry = { mediaType, ...asBlob(top), annotations };
  const isArtifact2 = platforms.length === 0;
  return {
    entry,
    stored: {
      converted: converted?.manifest.digest,
      loadable: isArtifact2 ? void 0 : toLoadable(image, entry, runner, converted)
    }
  };
}
__name(storeDocuments, "storeDocuments");
function annotationsOf(reference) {
  const full = { [IMAGE_NAME]: imageName(reference) };
  return reference.tag === void 0 ? full : { ...full, [REF_NAME]: reference.tag };
}
__name(annotationsOf, "annotationsOf");
function imageName(reference) {
  const { tag } = reference;
  return tag === void 0 ? formatReference(reference) : `${repositoryName(reference)}:${tag}`;
}
__name(imageName, "imageName");
function toLoadable(image, entry, runner, converted) {
  const { resolved, root, platforms } = image;
  const { reference } = resolved.wanted;
  const shown = shownImage(resolved, runner)?.manifest.digest;
  const first = platforms.filter(({ manifest }) => manifest.digest === shown);
  const others = platforms.filter(({ manifest }) => manifest.digest !== shown);
  const ordered = [...first, ...others];
  return {
    entry,
    documents: distinctBlobs([entry, ...root.nested.map(asBlob)]),
    platforms: ordered.map((platform) => toLoadablePlatform(platform, converted)),
    tag: reference.tag === void 0 ? void 0 : imageName(reference)
  };
}
__name(toLoadable, "toLoadable");
function toLoadablePlatform(image, converted) {
  const { platform, layers, blobs } = image;
  if (converted !== void 0) {
    const { manifest: manifest2, config } = converted;
    return {
      platform,
      manifest: { ...asBlob(manifest2), mediaType: manifest2.mediaType },
      config: config.digest,
      layers,
      blobs: distinctBlobs([asBlob(manifest2), asBlob(config), ...blobs])
    };
  }
  const manifest = asBlob(image.manifest);
  return {
    platform,
    manifest: { ...manifest, mediaType: image.mediaType },
    config: image.configDigest ?? manifest.digest,
    layers,
    blobs: distinctBlobs([manifest, ...blobs])
  };
}
__name(toLoadablePlatform, "toLoadablePlatform");
function asBlob({ digest, bytes }) {
  return { digest, size: bytes.length };
}
__name(asBlob, "asBlob");
async function convert(root, platforms, store, signal) {
  const [image] = platforms;
  if (root.document.kind !== "schema1" || image === void 0) return void 0;
  const sizes = new Map(image.blobs.map(({ digest, size }) => [digest, size]));
  const diffIds = await store.diffIds(image.blobs, signal);
  const layers = image.layers.map((digest) => ({
    digest,
    size: sizes.get(digest) ?? 0,
    diffId: diffIds.get(digest) ?? digest
  }));
  const converted = toOciImage(root.document.schema1, layers);
  await store.put(converted.config.digest, converted.config.bytes);
  return converted;
}
__name(convert, "convert");

// src/pull/needs.ts
function needsOf(images) {
  const needs = /* @__PURE__ */ new Map();
  for (const image of images) {
    for (const { digest, size } of image.blobs) {
      const key = `${digest} ${size}`;
      const others = needs.get(key)?.owners ?? [];
      const owners = [...others, image];
      const config = owners.some(({ configs }) => configs.has(digest));
      needs.set(key, { digest, size, owners, config });
    }
  }
  const bySize = [...needs.values()].toSorted((one, other) => other.size - one.size);
  const required = bySize.filter((need) => !isOptional(need));
  return [...required, ...bySize.filter(isOptional)];
}
__name(needsOf, "needsOf");
function isOptional({ owners }) {
  return owners.every(({ resolved }) => resolved.wanted.optional);
}
__name(isOptional, "isOptional");
function byRepository({ owners }) {
  const groups = /* @__PURE__ */ new Map();
  const images = owners.map(({ resolved }) => resolved);
  const required = images.filter(({ wanted }) => !wanted.optional);
  const optional = images.filter(({ wanted }) => wanted.optional);
  for (const image of [...required, ...optional]) {
    const name = repositoryName(image.wanted.reference);
    const others = groups.get(name) ?? [];
    groups.set(name, [...others, image]);
  }
  return [...groups.values()];
}
__name(byRepository, "byRepository");

// src/pull/pullable.ts
function toPullable(resolved) {
  const { root } = resolved;
  const [problem] = problemsOf(resolved);
  if (problem !== void 0 || root === void 0) {
    throw new PullError(problem?.reason ?? "not-found", "it was not resolved");
  }
  const platforms = platformsOf(resolved, root);
  const blobs = blobsOf(resolved).map(sized);
  const clash = sizeClash(blobs);
  if (clash !== void 0) throw new PullError("size-differs", `size differs: ${clash}`);
  const configs = platforms.flatMap(({ configDigest }) => configDigest ?? []);
  return {
    resolved,
    root,
    platforms: platforms.map(toPullablePlatform),
    blobs: distinctBlobs(blobs),
    configs: new Set(configs)
  };
}
__name(toPullable, "toPullable");
function toPullablePlatform(image) {
  return { ...image, blobs: image.blobs.map(sized) };
}
__name(toPullablePlatform, "toPullablePlatform");
function platformsOf(resolved, root) {
  const skipped = resolved.platforms.find(({ required, image }) => required && !image);
  if (skipped !== void 0) {
    throw new PullError("manifest-missing", `${skipped.platform} was not examined`);
  }
  const images = countedPlatforms(resolved);
  if (images.length === 0 && !isArtifact(root.document)) {
    throw new PullError("platform-unnamed", "none of its platforms was chosen");
  }
  return images;
}
__name(platformsOf, "platformsOf");
function sized({ digest, size }) {
  if (size !== void 0) return { digest, size };
  throw new PullError("size-unknown", `the registry states no size for ${digest}`);
}
__name(sized, "sized");

// src/pull/tally.ts
var RATED_SIZE = 1e6;
function rateOf(origin, blobs, transfers) {
  const rated = blobs.flatMap(({ digest, size }) => {
    const transfer = transfers.get(digest);
    return transfer?.origin === origin && size >= RATED_SIZE ? [{ ...transfer, size }] : [];
  });
  if (rated.length === 0) return void 0;
  const times = rated.map(({ started, ended }) => ended - started);
  const ms = times.reduce((total, time) => total + time, 0);
  return bytesOf(rated) / Math.max(ms / 1e3, 1e-3);
}
__name(rateOf, "rateOf");
function placesOf(blobs, transfers) {
  const places = /* @__PURE__ */ new Map();
  for (const { digest, size } of blobs) {
    const transfer = transfers.get(digest);
    if (transfer?.origin !== "registry") continue;
    const { source } = transfer;
    places.set(source, (places.get(source) ?? 0) + size);
  }
  return places;
}
__name(placesOf, "placesOf");
function tallyOf(blobs, { present, transfers }) {
  const sum = /* @__PURE__ */ __name((counts) => bytesOf(blobs.filter(({ digest }) => counts(digest))), "sum");
  const from = /* @__PURE__ */ __name((origin) => sum((digest) => transfers.get(digest)?.origin === origin), "from");
  const moved = blobs.flatMap(({ digest }) => transfers.get(digest) ?? []);
  const first = Math.min(...moved.map(({ started }) => started));
  const last = Math.max(...moved.map(({ ended }) => ended));
  return {
    restored: from("cache"),
    downloaded: from("registry"),
    places: placesOf(blobs, transfers),
    alreadyThere: sum((digest) => present.has(digest)),
    seconds: moved.length === 0 ? 0 : (last - first) / 1e3
  };
}
__name(tallyOf, "tallyOf");

// src/pull/counted-target.ts
function countedTarget(target, moved) {
  return {
    get received() {
      return target.received;
    },
    part: /* @__PURE__ */ __name((start) => countedPart(target.part(start), moved), "part"),
    restart: /* @__PURE__ */ __name(async () => {
      moved(-target.received);
      await target.restart();
    }, "restart"),
    commit: /* @__PURE__ */ __name(() => target.commit(), "commit")
  };
}
__name(countedTarget, "countedTarget");
function countedPart(part, moved) {
  return {
    get received() {
      return part.received;
    },
    write: /* @__PURE__ */ __name((chunk) => {
      moved(chunk.length);
      part.write(chunk);
    }, "write")
  };
}
__name(countedPart, "countedPart");

// src/pull/transfer.ts
async function transferAll(needs, wires, options) {
  const { concurrency, progress } = options;
  const transfer = new BlobTransfer(wires, options);
  const found = await inTurns(needs, concurrency, (need) => transfer.isPresent(need));
  const present = needs.filter((_, at) => found[at]);
  const missing = needs.filter((_, at) => !found[at]);
  progress.planned(bytesOf(missing));
  const done = await inTurns(missing, concurrency, async (need) => {
    const result = await transfer.run(need);
    return result === void 0 ? [] : [[need.digest, result]];
  });
  return {
    present: new Set(present.map(({ digest }) => digest)),
    transfers: new Map(done.flat()),
    failures: transfer.failures
  };
}
__name(transferAll, "transferAll");
var BlobTransfer = class {
  static {
    __name(this, "BlobTransfer");
  }
  #wires;
  #options;
  #failures = /* @__PURE__ */ new Map();
  constructor(wires, options) {
    this.#wires = wires;
    this.#options = options;
  }
  /** The first problem of each image that lacks a blob. */
  get failures() {
    return this.#failures;
  }
  /** True when the store has a blob. A store that cannot be read fails the blob's images. */
  async isPresent(need) {
    try {
      this.#options.signal.throwIfAborted();
      return await this.#wires.store.has(need);
    } catch (error) {
      for (const { resolved } of need.owners) {
        this.#fail(resolved, asTransferProblem(resolved, need, error));
      }
      return false;
    }
  }
  /** Transfers one blob. Undefined when it failed, which is then a problem of its images. */
  async run(need) {
    const last = await this.#patiently(need);
    if (!(last instanceof Map)) return last;
    for (const [resolved, problem] of last) this.#fail(resolved, this.#noted(problem));
    return void 0;
  }
  #fail(resolved, problem) {
    if (!this.#failures.has(resolved)) this.#failures.set(resolved, problem);
  }
  /** Retries failures that may resolve on their own for as long as there is time. */
  async #patiently(need) {
    const { now, sleep, signal, patience } = this.#options;
    let last = await this.#fromAny(need);
    while (last instanceof Map && mayAllPass(last)) {
      const left = patience.until - now();
      if (left <= 0 || signal.aborted) break;
      await sleep(Math.min(patience.interval, left)).catch(() => void 0);
      if (signal.aborted) break;
      const next = await this.#fromAny(need);
      if (!(signal.aborted && next instanceof Map)) last = next;
    }
    return last;
  }
  /** Asks the repository of each image that needs the blob, until one has it. */
  async #fromAny(need) {
    const problems = /* @__PURE__ */ new Map();
    for (const images of byRepository(need)) {
      const [first] = images;
      if (first === void 0 || !this.#isNeeded(need)) break;
      const started = this.#options.now();
      try {
        const provenance = await this.#take(need, first);
        return { ...provenance, started, ended: this.#options.now() };
      } catch (error) {
        for (const image of images) problems.set(image, asTransferProblem(image, need, error));
      }
    }
    return problems;
  }
  async #take(need, { wanted }) {
    const { registry, store } = this.#wires;
    const ingest = await store.ingest(need);
    try {
      return await registry.download(
        wanted.reference,
        need,
        (origin) => countedTarget(ingest, (bytes) => this.#moved(need, bytes, origin))
      );
    } finally {
      await ingest.abort();
    }
  }
  /** Counts bytes; ends the transfer of a blob that is no longer needed. */
  #moved(need, bytes, origin) {
    if (!this.#isNeeded(need)) {
      const found = `skipped: every image that needs ${need.digest} lacks another blob`;
      throw new PullError("answer-cut", found);
    }
    this.#options.progress.moved(bytes, origin);
  }
  #isNeeded({ owners }) {
    return owners.some(({ resolved }) => !this.#failures.has(resolved));
  }
  /** The problem, with a note when the step was interrupted, unless that is the problem. */
  #noted(problem) {
    const { signal } = this.#options;
    if (!signal.aborted || isInterruption(problem.reason)) return problem;
    return withNote(problem, foundBy(signal.reason));
  }
};
function mayAllPass(problems) {
  const found = [...problems.values()];
  return found.length > 0 && found.every(({ status }) => mayPass(status));
}
__name(mayAllPass, "mayAllPass");
function asTransferProblem({ wanted }, { digest, config }, error) {
  if (!(error instanceof PullError)) throw error;
  const part = config ? "config" : "layer";
  const failure = danglingFrom(error, part, digest);
  const isNamed = failure.found.includes(digest);
  const named = isNamed ? failure : inContext(failure, `${part} ${digest}`);
  return problemFrom(named, wanted.written);
}
__name(asTransferProblem, "asTransferProblem");

// src/pull/pull.ts
async function pull(images, wires, options) {
  const { now, concurrency } = options;
  const started = now();
  const prepared = images.map(prepare);
  const pullables = prepared.flatMap(({ pullable }) => pullable ?? []);
  const needs = needsOf(pullables);
  const transferred = await transferAll(needs, wires, options);
  const kept = await inTurns(
    prepared,
    concurrency,
    (image) => keep(image, transferred, wires, options)
  );
  const entries = kept.flatMap(({ entry }) => entry ?? []);
  const warnings = await wires.store.add(entries);
  const results = kept.map(({ result }) => result);
  const failed = results.some(({ problem }, at) => problem !== images[at]?.problem);
  const totals = totalsOf(needs, transferred, failed);
  const seconds = (now() - started) / 1e3;
  return {
    images: results,
    pulled: { ...totals, layout: wires.store.path, warnings, seconds }
  };
}
__name(pull, "pull");
function prepare(resolved) {
  if (problemsOf(resolved).length > 0) return { resolved, pullable: void 0 };
  try {
    return { resolved, pullable: toPullable(resolved) };
  } catch (error) {
    return { resolved: withFailure(resolved, error), pullable: void 0 };
  }
}
__name(prepare, "prepare");
function withFailure(resolved, error) {
  return { ...resolved, problem: asProblem(error, resolved.wanted.written) };
}
__name(withFailure, "withFailure");
async function keep({ resolved, pullable }, transferred, { store }, options) {
  if (pullable === void 0) {
    return { result: { ...resolved, pulled: void 0 }, entry: void 0 };
  }
  const pulled = { tally: tallyOf(pullable.blobs, transferred), stored: void 0 };
  const problem = transferred.failures.get(resolved);
  if (problem !== void 0) {
    return { result: { ...resolved, problem, pulled }, entry: void 0 };
  }
  try {
    const { entry, stored } = await storeDocuments(pullable, store, options);
    return { result: { ...resolved, pulled: { ...pulled, stored } }, entry };
  } catch (error) {
    return { result: { ...withFailure(resolved, error), pulled }, entry: void 0 };
  }
}
__name(keep, "keep");
function totalsOf(needs, transferred, failed) {
  const { transfers, present } = transferred;
  const isFrom = /* @__PURE__ */ __name((origin, { digest }) => transfers.get(digest)?.origin === origin, "isFrom");
  const missed = needs.filter((need) => isFrom("registry", need));
  const isHit = /* @__PURE__ */ __name((need) => present.has(need.digest) || isFrom("cache", need), "isHit");
  return {
    ...tallyOf(needs, transferred),
    missed: missed.map(({ digest, size }) => ({ digest, size })),
    hit: !failed && needs.length > 0 && needs.every(isHit),
    rates: {
      cache: rateOf("cache", needs, transfers),
      registry: rateOf("registry", needs, transfers)
    },
    transfers
  };
}
__name(totalsOf, "totalsOf");

// src/runner/engine.ts
function loader(engine, options) {
  const opened = openEngineStore(engine, options.run);
  opened.catch(() => void 0);
  return async (images) => {
    for (const image of images.filter(isUnloadable)) {
      options.say(nothingToLoad(engine, image));
    }
    if (!images.some(loadableOf)) return images;
    return loadAll(images, await opened, options);
  };
}
__name(loader, "loader");
function loadableOf(image) {
  if (problemsOf(image).length > 0) return void 0;
  return image.pulled?.stored?.loadable;
}
__name(loadableOf, "loadableOf");
function isUnloadable(image) {
  const stored = image.pulled?.stored;
  if (stored === void 0) return false;
  if (problemsOf(image).length > 0) return false;
  return stored.loadable === void 0;
}
__name(isUnloadable, "isUnloadable");
function nothingToLoad(engine, { wanted, root }) {
  const what = root === void 0 ? "not an image" : describeDocument(root.document);
  return `${wanted.written} is ${what}: it is in the layout, ${engine} cannot load it`;
}
__name(nothingToLoad, "nothingToLoad");
async function loadAll(images, store, options) {
  const loaded2 = [];
  for (const image of images) {
    loaded2.push(await loadOne(image, store, options));
  }
  if (!store.abilities.digests) {
    const what = "uses the classic image store, which discards digests";
    options.warn(`this ${store.engine} ${what}: refer to loaded images by tag`);
  }
  return loaded2;
}
__name(loadAll, "loadAll");
async function loadOne(image, store, options) {
  const loadable = loadableOf(image);
  if (loadable === void 0) return image;
  try {
    await load(loadable, image.wanted.reference, store, options);
    return image;
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const problem = asProblem(error, image.wanted.written);
    return { ...image, problem };
  }
}
__name(loadOne, "loadOne");
async function load(image, repository, store, { archive: archive2, runner, say, warn }) {
  const { engine, abilities } = store;
  const [first, ...others] = image.platforms;
  if (first === void 0) return;
  const held = abilities.platforms ? image.platforms : [first];
  const isWhole = !abilities.choosesPlatform || satisfies(runner, first.platform);
  const archived = toArchived(image, first, held, isWhole);
  const pinned = `${repositoryName(repository)}@${archived.entry.digest}`;
  const shown = image.tag ?? pinned;
  const platforms = formatPlatforms(held);
  if (await store.has(image, archived, pinned)) {
    say(`${engine} already has ${shown} for ${platforms}`);
  } else {
    await store.load(archive2(archived), shown);
    const digest = abilities.digests ? `, which is ${pinned}` : "";
    say(`${engine} loaded ${shown} for ${platforms}${digest}`);
  }
  if (others.length === 0 || abilities.platforms) return;
  const left = formatPlatforms(others);
  warn(`${engine} holds one platform of ${shown}, ${platforms}; only the layout has ${left}`);
}
__name(load, "load");
function formatPlatforms(platforms) {
  return platforms.map(({ platform }) => formatPlatform(platform)).join(", ");
}
__name(formatPlatforms, "formatPlatforms");
function toArchived({ entry, documents, tag }, { manifest, config, layers }, held, isWhole) {
  const parts = held.flatMap((platform) => platform.blobs);
  const blobs = isWhole ? [...documents, ...parts] : parts;
  return {
    entry: isWhole ? entry : { ...entry, ...manifest },
    blobs: distinctBlobs(blobs),
    config,
    layers,
    tag
  };
}
__name(toArchived, "toArchived");

// src/runner/progress.ts
var EVERY_MS = 5e3;
function startProgress(say) {
  const done = { cache: 0, registry: 0 };
  let total = 0;
  let before = 0;
  const timer = setInterval(() => {
    const now = done.cache + done.registry;
    const sinceBefore = Math.max(0, now - before);
    const rate = formatBytes(sinceBefore / (EVERY_MS / 1e3));
    const pulled = `${formatBytes(now)} of ${formatBytes(total)}`;
    const restored = formatBytes(done.cache);
    const downloaded = formatBytes(done.registry);
    const origins = `${restored} restored, ${downloaded} downloaded`;
    say(`pulled ${pulled} (${origins}), ${rate}/s`);
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
async function* archive(layout, image) {
  const { mediaType, digest, size, annotations } = image.entry;
  const entry = { mediaType, digest, size, annotations };
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] };
  const repoTags = image.tag === void 0 ? [] : [image.tag];
  const layers = image.layers.map(pathOf);
  const manifest = [{ Config: pathOf(image.config), RepoTags: repoTags, Layers: layers }];
  yield* tarEntry("oci-layout", Buffer.from(LAYOUT_VERSION));
  yield* tarEntry("index.json", Buffer.from(JSON.stringify(index)));
  yield* tarEntry("manifest.json", Buffer.from(JSON.stringify(manifest)));
  for (const blob of image.blobs) {
    yield tarHeader(pathOf(blob.digest), blob.size);
    for await (const bytes of layout.read(blob)) yield Buffer.from(bytes);
    yield tarPadding(blob.size);
  }
  yield tarEnd();
}
__name(archive, "archive");
function pathOf(digest) {
  return `blobs/${digest.replace(":", "/")}`;
}
__name(pathOf, "pathOf");

// src/action/pull.ts
async function pullAndLoad(images, { registry, saves, voice }, step) {
  const { inputs, machine, workflow } = step;
  const progress = startProgress(workflow.say);
  try {
    const options = pullOptions(step, progress);
    const path = layoutOf(inputs.path, machine.environment);
    const store = await Layout.open(path, options);
    const load2 = loaderFor(store, step);
    const outcome = await pull(images, { registry, store }, options);
    progress.stop();
    sayPulled(workflow, outcome);
    if (saves !== void 0) await saveLater(outcome, registry, saves, voice, step);
    return await loaded(outcome, load2);
  } catch (error) {
    const failed = images.map((image) => withFailure2(image, error));
    return notPulled(failed);
  } finally {
    progress.stop();
  }
}
__name(pullAndLoad, "pullAndLoad");
function pullOptions(step, progress) {
  const { inputs, machine, signal, started } = step;
  const { concurrency, runner, plan } = inputs;
  const { clock } = machine;
  const sleep = /* @__PURE__ */ __name((ms) => clock.sleep(ms, signal), "sleep");
  const patience = {
    until: started + plan.waitTimeout * 1e3,
    interval: plan.waitInterval * 1e3
  };
  return { ...clock, sleep, concurrency, progress, runner, signal, patience };
}
__name(pullOptions, "pullOptions");
async function loaded(outcome, load2) {
  if (load2 === void 0 || outcome.pulled === void 0) return outcome;
  try {
    const images = await load2(outcome.images);
    return { ...outcome, images };
  } catch (error) {
    const failed = outcome.images.map((image) => withFailure2(image, error));
    return { ...outcome, images: failed };
  }
}
__name(loaded, "loaded");
function withFailure2(image, error) {
  const problem = asProblem(error, image.wanted.written);
  if (problemsOf(image).length > 0) return image;
  return { ...image, problem };
}
__name(withFailure2, "withFailure");
async function saveLater(outcome, cached, policy, voice, step) {
  await handOver(planSaves(outcome, cached, policy), voice, step);
  for (const image of outcome.images) {
    const why = whyNotSaved(image, outcome.pulled, cached, policy);
    if (why !== void 0) step.workflow.say(why);
  }
}
__name(saveLater, "saveLater");
async function handOver(saves, voice, { machine, workflow }) {
  if (saves.entries.length === 0) return;
  try {
    workflow.saveLater(await writePendingSaves(saves, machine.temporary));
  } catch (error) {
    voice.warn(`nothing will be saved to the cache: ${foundBy(error)}`);
  }
}
__name(handOver, "handOver");
function loaderFor(layout, step) {
  const { inputs, machine, workflow, signal } = step;
  if (inputs.pull !== "docker" && inputs.pull !== "podman") return void 0;
  const { say, warn } = workflow;
  const { after } = machine.clock;
  const run = engineRunner(machine.environment, { after, signal });
  return loader(inputs.pull, {
    runner: inputs.runner,
    archive: /* @__PURE__ */ __name((image) => archive(layout, image), "archive"),
    run,
    say,
    warn
  });
}
__name(loaderFor, "loaderFor");
export {
  pullAndLoad
};
