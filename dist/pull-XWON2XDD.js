import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  inTurns
} from "./chunk-KSPTTGMB.js";
import {
  notPulled,
  sayPulled,
  writePendingSaves
} from "./chunk-UNUFXIPR.js";
import "./chunk-KXWKZKOL.js";
import {
  planSaves,
  whyNotSaved
} from "./chunk-DWEHWV7T.js";
import {
  layoutOf
} from "./chunk-FKLVU6HO.js";
import {
  IMAGE_NAME,
  LAYOUT_VERSION,
  Layout,
  REF_NAME
} from "./chunk-QXYWZY23.js";
import "./chunk-QGK77OHI.js";
import "./chunk-FUQHFSBD.js";
import {
  formatBytes
} from "./chunk-5NRT7XDW.js";
import "./chunk-COR7NI3P.js";
import {
  danglingFrom
} from "./chunk-NW7VBWHV.js";
import {
  OCI_INDEX,
  describeDocument,
  isArtifact,
  toOciImage
} from "./chunk-RKAU76CV.js";
import "./chunk-GBVRIMHB.js";
import {
  blobsOf,
  countedPlatforms,
  problemsOf,
  shownImage
} from "./chunk-EA2R6EQY.js";
import {
  asProblem,
  problemFrom,
  withNote
} from "./chunk-UFHSAQ23.js";
import "./chunk-LFD2NK2P.js";
import {
  formatReference,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  formatPlatform,
  satisfies
} from "./chunk-GHKMTOL7.js";
import {
  tarEnd,
  tarEntry,
  tarHeader,
  tarPadding
} from "./chunk-NAVAG4EO.js";
import "./chunk-SP36TW6E.js";
import {
  bytesOf,
  distinctBlobs,
  sizeClash
} from "./chunk-MUYIHUB2.js";
import {
  asDigest
} from "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy,
  inContext,
  isInterruption,
  mayPass,
  messageOf
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/pull/index-entry.ts
async function storeDocuments(image, store, { runner, signal }) {
  const converted = await convert(image, store, signal);
  const documents = converted === void 0 ? documentsOf(image) : [converted.manifest];
  for (const { bytes, digest } of documents) await store.put(digest, bytes);
  const entry = toEntry(image, converted);
  const loadable = toLoadable(image, entry, runner, converted);
  return { entry, stored: { converted: converted?.manifest.digest, loadable } };
}
function foresee(image, runner) {
  const { resolved, root } = image;
  if (root.document.kind === "schema1") return void 0;
  const loadable = toLoadable(image, toEntry(image, void 0), runner, void 0);
  if (loadable === void 0) return void 0;
  return { wanted: resolved.wanted, loadable, documents: documentsOf(image) };
}
function documentsOf({ root, platforms }) {
  const manifests = platforms.map(({ manifest, mediaType }) => typed(manifest, mediaType));
  const nested = root.nested.map((index) => typed(index, index.mediaType));
  return [...manifests, ...nested, typed(root.fetched, root.document.mediaType)];
}
function typed({ digest, bytes }, mediaType) {
  return { digest, bytes, mediaType };
}
function toEntry({ resolved, root }, converted) {
  const { fetched, document } = root;
  const top = converted?.manifest ?? typed(fetched, document.mediaType);
  const annotations = annotationsOf(resolved.wanted.reference);
  return { mediaType: top.mediaType, ...asBlob(top), annotations };
}
function annotationsOf(reference) {
  const full = { [IMAGE_NAME]: imageName(reference) };
  return reference.tag === void 0 ? full : { ...full, [REF_NAME]: reference.tag };
}
function imageName(reference) {
  const { tag } = reference;
  return tag === void 0 ? formatReference(reference) : `${repositoryName(reference)}:${tag}`;
}
function toLoadable(image, entry, runner, converted) {
  const { resolved, root, platforms } = image;
  const shown = shownImage(resolved, runner)?.manifest.digest;
  const first = platforms.find(({ manifest }) => manifest.digest === shown) ?? platforms[0];
  if (first === void 0) return void 0;
  const others = platforms.filter((platform) => platform !== first);
  const { reference } = resolved.wanted;
  const part = (platform) => toLoadablePlatform(platform, converted);
  return {
    entry,
    documents: distinctBlobs([entry, ...root.nested.map(asBlob)]),
    platforms: [part(first), ...others.map(part)],
    tag: reference.tag === void 0 ? void 0 : imageName(reference)
  };
}
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
function asBlob({ digest, bytes }) {
  return { digest, size: bytes.length };
}
async function convert({ root, platforms }, store, signal) {
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
function isOptional({ owners }) {
  return owners.every(({ resolved }) => resolved.wanted.optional);
}
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
function toPullablePlatform(image) {
  return { ...image, blobs: image.blobs.map(sized) };
}
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
function sized({ digest, size }) {
  if (size !== void 0) return { digest, size };
  throw new PullError("size-unknown", `the registry states no size for ${digest}`);
}

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
function tallyOf(blobs, { present, transfers }) {
  const sum = (counts) => bytesOf(blobs.filter(({ digest }) => counts(digest)));
  const from = (origin) => sum((digest) => transfers.get(digest)?.origin === origin);
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

// src/pull/counted-target.ts
function countedTarget(target, moved) {
  return {
    get received() {
      return target.received;
    },
    part: (start) => countedPart(target.part(start), moved),
    restart: async () => {
      moved(-target.received);
      await target.restart();
    },
    commit: () => target.commit()
  };
}
function countedPart(part, moved) {
  return {
    get received() {
      return part.received;
    },
    write: (chunk) => {
      moved(chunk.length);
      part.write(chunk);
    }
  };
}

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
var BlobTransfer = class {
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
function asTransferProblem({ wanted }, { digest, config }, error) {
  if (!(error instanceof PullError)) throw error;
  const part = config ? "config" : "layer";
  const failure = danglingFrom(error, part, digest);
  const isNamed = failure.found.includes(digest);
  const named = isNamed ? failure : inContext(failure, `${part} ${digest}`);
  return problemFrom(named, wanted.written);
}

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
function foreseeAll(images, runner) {
  const pullables = images.map(prepare).flatMap(({ pullable }) => pullable ?? []);
  return pullables.flatMap((pullable) => foresee(pullable, runner) ?? []);
}
function prepare(resolved) {
  if (problemsOf(resolved).length > 0) return { resolved, pullable: void 0 };
  try {
    return { resolved, pullable: toPullable(resolved) };
  } catch (error) {
    return { resolved: withFailure(resolved, error), pullable: void 0 };
  }
}
function withFailure(resolved, error) {
  return { ...resolved, problem: asProblem(error, resolved.wanted.written) };
}
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
function totalsOf(needs, transferred, failed) {
  const { transfers, present } = transferred;
  const isFrom = (origin, { digest }) => transfers.get(digest)?.origin === origin;
  const missed = needs.filter((need) => isFrom("registry", need));
  const isHit = (need) => present.has(need.digest) || isFrom("cache", need);
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
    const restored = done.cache > 0 ? [`${formatBytes(done.cache)} restored`] : [];
    const downloaded = done.registry > 0 ? [`${formatBytes(done.registry)} downloaded`] : [];
    const origins = [...restored, ...downloaded].join(", ");
    say(`pulled ${pulled}${origins === "" ? "" : ` (${origins})`}, ${rate}/s`);
    before = now;
  }, EVERY_MS);
  return {
    planned: (bytes) => {
      total += bytes;
    },
    moved: (bytes, from) => {
      done[from] += bytes;
    },
    stop: () => clearInterval(timer)
  };
}

// src/pull/arriving-store.ts
var ArrivingStore = class {
  #store;
  #places = /* @__PURE__ */ new Map();
  #isOver = false;
  constructor(store) {
    this.#store = store;
  }
  get path() {
    return this.#store.path;
  }
  async has(blob) {
    const found = this.#store.has(blob);
    this.#place(blob).put((start, end) => this.#readFound(found, blob, start, end));
    return found;
  }
  async ingest(blob) {
    const ingest = await this.#store.ingest(blob);
    this.#place(blob).put((start, end) => ingest.read(start, end));
    return ingest;
  }
  read = (...args) => this.#store.read(...args);
  put = (...args) => this.#store.put(...args);
  diffIds = (...args) => this.#store.diffIds(...args);
  add = (...args) => this.#store.add(...args);
  /**
   * The bytes of a blob from `start` to before `end`, as they arrive. Fails as `unreachable` when
   * bytes that the reader has are discarded, and when the pull ends without the blob.
   */
  async *readArriving(blob, start, end) {
    const place = this.#place(blob);
    let hasGiven = false;
    for (let read; ; ) {
      read = await place.after(read);
      if (read === void 0) throw neverCame(blob);
      try {
        for await (const bytes of read(start, end)) {
          hasGiven = true;
          yield bytes;
        }
        return;
      } catch (error) {
        if (hasGiven) throw error;
      }
    }
  }
  /** The pull is over: what is not here never arrives. */
  end() {
    this.#isOver = true;
    for (const place of this.#places.values()) place.end();
  }
  /** Reads what may be the blob while it is hashed. */
  async *#readFound(found, blob, start, end) {
    const last = Math.max(start, end - 1);
    yield* this.#store.read(blob, start, last);
    if (!await found) throw neverCame(blob);
    yield* this.#store.read(blob, last, end);
  }
  #place(blob) {
    const key = `${blob.digest} ${blob.size}`;
    const known = this.#places.get(key);
    if (known !== void 0) return known;
    const place = new Place();
    this.#places.set(key, place);
    if (this.#isOver) place.end();
    return place;
  }
};
var Place = class {
  #read;
  #isOver = false;
  #waiting = [];
  /** The blob can be read in another way. */
  put(read) {
    this.#read = read;
    this.#wake();
  }
  end() {
    this.#isOver = true;
    this.#wake();
  }
  /** The next way to read after `last`, which did not work; undefined when there will be none. */
  async after(last) {
    while (this.#read === last && !this.#isOver) {
      await new Promise((wake) => this.#waiting.push(wake));
    }
    return this.#read === last ? void 0 : this.#read;
  }
  #wake() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
};
function neverCame({ digest }) {
  return new PullError("answer-cut", `the pull ended without ${digest}`);
}

// src/runner/engine-part.ts
function enginePart(image, repository, abilities, runner) {
  const [first, ...others] = image.platforms;
  const held = abilities.platforms ? image.platforms : [first];
  const isWhole = !abilities.choosesPlatform || satisfies(runner, first.platform);
  const archived = toArchived(image, first, held, isWhole);
  const pinned = `${repositoryName(repository)}@${archived.entry.digest}`;
  return {
    archived,
    pinned,
    shown: image.tag ?? pinned,
    platforms: held.map(written),
    left: abilities.platforms ? [] : others.map(written)
  };
}
function written({ platform }) {
  return formatPlatform(platform);
}
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

// src/runner/early-loads.ts
var AT_ONCE = 2;
async function loadEarly(arriving, opened, runner) {
  const results = await inTurns(arriving.images, AT_ONCE, async (image) => {
    const load2 = await loadOrNot(image, arriving, opened, runner);
    return load2 === void 0 ? [] : [[image.wanted.name, load2]];
  });
  return new Map(results.flat());
}
async function loadOrNot(image, arriving, opened, runner) {
  try {
    const store = await opened;
    const part = enginePart(image.loadable, image.wanted.reference, store.abilities, runner);
    const asked = [store.has(part), pullOwn(part, store, arriving)];
    const [isHeld, pulled] = await Promise.all(asked);
    const archived = pulled === void 0 ? part.archived : withoutBlobs(part.archived, image);
    try {
      if (!isHeld) await store.load(arriving.archive(archived), part.shown);
    } finally {
      if (pulled !== void 0) await store.removeName(pulled);
    }
    return isHeld ? "had" : "loaded";
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return void 0;
  }
}
async function pullOwn({ archived, platforms }, store, { referenceTo }) {
  if (!store.abilities.pulls) return void 0;
  const reference = await referenceTo(archived.entry.digest);
  if (reference === void 0) return void 0;
  return await store.pull(reference, platforms) ? reference : void 0;
}
function withoutBlobs(archived, { documents }) {
  const kept = new Set(documents.map(({ digest }) => digest));
  return { ...archived, blobs: archived.blobs.filter(({ digest }) => kept.has(digest)) };
}

// src/runner/engine.ts
function loader(engine, options) {
  return async (images) => {
    for (const image of images.filter(isUnloadable)) {
      options.say(nothingToLoad(engine.name, image));
    }
    if (!images.some(loadableOf)) return images;
    const store = await engine.store;
    const early = await engine.early;
    const loaded2 = await loadAll(images, (image, loadable) => {
      const { name, reference } = image.wanted;
      const part = enginePart(loadable, reference, store.abilities, options.runner);
      return load(part, early.get(name), store, options);
    });
    if (!store.abilities.digests) options.warn(withoutDigests(engine.name));
    return loaded2;
  };
}
function loadableOf(image) {
  if (problemsOf(image).length > 0) return void 0;
  return image.pulled?.stored?.loadable;
}
function isUnloadable(image) {
  const stored = image.pulled?.stored;
  if (stored === void 0) return false;
  if (problemsOf(image).length > 0) return false;
  return stored.loadable === void 0;
}
function nothingToLoad(engine, { wanted, root }) {
  const what = root === void 0 ? "not an image" : describeDocument(root.document);
  return `${wanted.written} is ${what}: it is in the layout, ${engine} cannot load it`;
}
function withoutDigests(engine) {
  const what = "uses the classic image store, which discards digests";
  return `this ${engine} ${what}: refer to loaded images by tag`;
}
async function loadAll(images, loadOne) {
  const loaded2 = [];
  for (const image of images) loaded2.push(await tried(image, loadOne));
  return loaded2;
}
async function tried(image, loadOne) {
  const loadable = loadableOf(image);
  if (loadable === void 0) return image;
  try {
    await loadOne(image, loadable);
    return image;
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const problem = asProblem(error, image.wanted.written);
    return { ...image, problem };
  }
}
async function load(part, early, store, { archive: archive2, say, warn }) {
  const { engine, abilities } = store;
  const { archived, pinned, shown, left } = part;
  const platforms = part.platforms.join(", ");
  const isHeld = early === void 0 ? await store.has(part) : early === "had";
  if (isHeld) {
    say(`${engine} already has ${shown} for ${platforms}`);
  } else {
    if (early === void 0) await store.load(archive2(archived), shown);
    const digest = abilities.digests ? `, which is ${pinned}` : "";
    say(`${engine} loaded ${shown} for ${platforms}${digest}`);
  }
  if (left.length === 0) return;
  const only = `only the layout has ${left.join(", ")}`;
  warn(`${engine} holds one platform of ${shown}, ${platforms}; ${only}`);
}

// src/serve/pulled-content.ts
var PulledContent = class {
  #repository;
  #documents;
  #blobs;
  #arriving;
  constructor(repository, images, arriving) {
    const documents = images.flatMap((image) => image.documents);
    const platforms = images.flatMap(({ loadable }) => loadable.platforms);
    const blobs = platforms.flatMap((platform) => platform.blobs);
    this.#repository = repository;
    this.#documents = new Map(documents.map((document) => [document.digest, document]));
    this.#blobs = new Map(blobs.map((blob) => [blob.digest, blob]));
    this.#arriving = arriving;
  }
  async manifest(repository, reference) {
    this.#expectKnown(repository);
    const digest = asDigest(reference);
    const document = digest && this.#documents.get(digest);
    if (document === void 0) throw absent(reference);
    return { ...document, size: document.bytes.length };
  }
  async blob(repository, digest) {
    this.#expectKnown(repository);
    const blob = this.#blobs.get(digest);
    if (blob === void 0) throw absent(digest);
    return { ...blob, read: (start, end) => this.#arriving.readArriving(blob, start, end) };
  }
  /** The bytes of a document or blob. Fails as {@link ArrivingStore.readArriving} does. */
  async *read(blob) {
    const document = this.#documents.get(blob.digest);
    if (document === void 0) yield* this.#arriving.readArriving(blob, 0, blob.size);
    else yield document.bytes;
  }
  async list() {
    throw absent("a list");
  }
  #expectKnown(repository) {
    const name = repositoryName(repository);
    if (name !== `docker.io/${this.#repository}`) throw absent(name);
  }
};
function absent(what) {
  return new PullError("not-found", `${what} is not part of what this step pulls`);
}

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
function pathOf(digest) {
  return `blobs/${digest.replace(":", "/")}`;
}

// src/action/own-registry.ts
var HOST = "127.0.0.1";
var OwnRegistry = class {
  #repository;
  #backend;
  #options;
  #listener;
  /** `repository` is where the backend has its content. */
  constructor(repository, backend, options) {
    this.#repository = repository;
    this.#backend = backend;
    this.#options = options;
  }
  /**
   * The reference of a digest; undefined when this process cannot listen, which is a log line. The
   * first call starts the server.
   */
  async referenceTo(digest) {
    this.#listener ??= this.#listen();
    const listener = await this.#listener;
    return listener && `${HOST}:${listener.port}/${this.#repository}@${digest}`;
  }
  async close() {
    await (await this.#listener)?.close();
  }
  async #listen() {
    const { say } = this.#options;
    try {
      const { listen } = await import("./listener-KYOIYRXF.js");
      return await listen({ ...this.#options, backend: this.#backend, host: HOST, port: 0 });
    } catch (error) {
      say(`could not serve images to the engine, which gets archives: ${messageOf(error)}`);
      return void 0;
    }
  }
};

// src/action/loading.ts
function startLoading(engine, layout, images, { inputs, machine, workflow }) {
  const { runner } = inputs;
  const { say, warn } = workflow;
  const { after } = machine.clock;
  const store = new ArrivingStore(layout);
  const repository = `registry-pull/${crypto.randomUUID()}`;
  const foreseen = foreseeAll(images, runner);
  const content = new PulledContent(repository, foreseen, store);
  const registry = new OwnRegistry(repository, content, { after, say });
  const arriving = {
    images: foreseen,
    archive: (image) => archive(content, image),
    referenceTo: registry.referenceTo.bind(registry)
  };
  const early = loadEarly(arriving, engine.store, runner).finally(() => registry.close());
  early.catch(() => void 0);
  const load2 = loader(
    { ...engine, early },
    { runner, archive: (image) => archive(layout, image), say, warn }
  );
  return {
    store,
    end: () => store.end(),
    load: (images2) => {
      store.end();
      return load2(images2);
    }
  };
}

// src/action/pull.ts
async function pullAndLoad(images, { registry, saves, voice }, engine, step) {
  const { inputs, machine, workflow } = step;
  const progress = startProgress(workflow.say);
  let loading;
  try {
    const options = pullOptions(step, progress);
    const path = layoutOf(inputs.path, machine.environment);
    const layout = await Layout.open(path, options);
    loading = engine && startLoading(engine, layout, images, step);
    const store = loading?.store ?? layout;
    const outcome = await pull(images, { registry, store }, options);
    progress.stop();
    sayPulled(workflow, outcome);
    if (saves !== void 0) await saveLater(outcome, registry, saves, voice, step);
    return await loaded(outcome, loading?.load);
  } catch (error) {
    const failed = images.map((image) => withFailure2(image, error));
    return notPulled(failed);
  } finally {
    progress.stop();
    loading?.end();
  }
}
function pullOptions(step, progress) {
  const { inputs, machine, signal, started } = step;
  const { concurrency, runner, plan } = inputs;
  const { clock } = machine;
  const sleep = (ms) => clock.sleep(ms, signal);
  const patience = {
    until: started + plan.waitTimeout * 1e3,
    interval: plan.waitInterval * 1e3
  };
  return { ...clock, sleep, concurrency, progress, runner, signal, patience };
}
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
function withFailure2(image, error) {
  const problem = asProblem(error, image.wanted.written);
  if (problemsOf(image).length > 0) return image;
  return { ...image, problem };
}
async function saveLater(outcome, cached, policy, voice, step) {
  await handOver(planSaves(outcome, cached, policy), voice, step);
  for (const image of outcome.images) {
    const why = whyNotSaved(image, outcome.pulled, cached, policy);
    if (why !== void 0) step.workflow.say(why);
  }
}
async function handOver(saves, voice, { machine, workflow }) {
  if (saves.entries.length === 0) return;
  try {
    workflow.saveLater(await writePendingSaves(saves, machine.temporary));
  } catch (error) {
    voice.warn(`nothing will be saved to the cache: ${foundBy(error)}`);
  }
}
export {
  pullAndLoad
};
