import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  cachesOf,
  layoutOf
} from "./chunk-FKLVU6HO.js";
import {
  warnOnce
} from "./chunk-FPEWW6XC.js";
import {
  readSmallIn
} from "./chunk-QXYWZY23.js";
import {
  cachePolicy,
  connectCache,
  isPrivateScope
} from "./chunk-4RS7WBCL.js";
import {
  DOCUMENT_BYTES
} from "./chunk-RKAU76CV.js";
import {
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  formatPlatform
} from "./chunk-GHKMTOL7.js";
import {
  asDigest,
  digestOf
} from "./chunk-V4QGKLYV.js";
import {
  PullError,
  isInterruption,
  isOutage
} from "./chunk-P27XCGGL.js";

// src/action/cache.ts
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

// src/pull/cache-keys.ts
function keysUnder(prefix, least) {
  return {
    blob: ({ digest, size }) => size < least ? void 0 : `${prefix}-blob-${digest.replace(":", "-")}`,
    image: (digest, platforms) => `${prefix}-image-${digest.replace(":", "-")}-${platformSet(platforms)}`
  };
}
var LONGEST_SET = 200;
function platformSet(platforms) {
  const names = typeof platforms === "string" ? [platforms] : platforms.map(formatPlatform);
  const set = [...new Set(names)].toSorted().join("+");
  const written = set.replace(/[^A-Za-z0-9+._-]/g, "_");
  if (written.length <= LONGEST_SET) return written;
  return digestOf(Buffer.from(set)).replace(":", "-");
}

// src/pull/reliance.ts
var HERE = "a copy is in the cache or the layout";
var USE_IT = "set when-unavailable: use-cache to use the copy";
var REVOKED = "credentials were sent, so access may have been revoked, and the copy is not used";
var ALLOW_IT = "set cache-private: true if everyone who can read the cache may have the image";
function isIgnorableOutage({ status, reason }) {
  return isOutage(status) && !isInterruption(reason);
}
function expectIgnorable(error, { whenRefused, mayHavePrivate }, sentCredentials) {
  const { status, reason, found, next } = error;
  if (isIgnorableOutage(error)) return;
  if (status !== "not-found" && status !== "unauthorized") throw error;
  if (whenRefused === "fail") {
    throw new PullError(reason, `${found}; ${HERE}`, { next: `${next}, or ${USE_IT}` });
  }
  if (!sentCredentials || mayHavePrivate) return;
  throw new PullError(reason, `${found}; ${REVOKED}`, { next: `${next}, or ${ALLOW_IT}` });
}

// src/pull/cached-registry.ts
var KNOWN_BYTES = 128 * 1024 * 1024;
var BRIEFLY = { brief: true };
var FROM_CACHE = { origin: "cache", source: "cache", private: false };
var CachedRegistry = class {
  #registry;
  #options;
  #entries = /* @__PURE__ */ new Map();
  /** What the opened entries hold. */
  #known = /* @__PURE__ */ new Map();
  /** Blobs that are not restored, because they were missed or read from the registry before. */
  #missed = /* @__PURE__ */ new Set();
  #room = KNOWN_BYTES;
  /** Registries for which a document that is here was used. */
  #served = /* @__PURE__ */ new Set();
  /** Repositories of which a document was used although the registry refused to confirm it. */
  #refused = /* @__PURE__ */ new Set();
  constructor(registry, options) {
    this.#registry = registry;
    this.#options = options;
  }
  async manifest(repository, reference, hints = {}) {
    const pinned = asDigest(reference);
    const claim = pinned === void 0 ? await this.#registry.claim(repository, reference) : void 0;
    const digest = pinned ?? claim?.digest;
    if (digest === void 0) return this.#registry.manifest(repository, reference, hints);
    if (hints.platforms !== void 0) await this.#open(digest, hints.platforms);
    const kept = await this.#kept(digest, hints.size);
    if (kept === void 0) {
      const claimed = claim === void 0 ? hints : { ...hints, claimed: digest };
      return this.#registry.manifest(repository, reference, claimed);
    }
    this.#served.add(repository.registry);
    const confirmed = claim === void 0 ? await this.#confirm(repository, () => this.#registry.claim(repository, digest, BRIEFLY)) : { answer: claim };
    const { refusal } = confirmed;
    const isRefused = refusal !== void 0 && !isOutage(refusal.status);
    if (isRefused) this.#refused.add(repositoryName(repository));
    return this.#fetched(repository, digest, kept, confirmed);
  }
  #fetched({ registry }, digest, { bytes, source }, { answer, refusal }) {
    return {
      bytes,
      content: bytes,
      digest,
      mediaType: "",
      origin: "cache",
      source,
      // Private unless the registry shows that anyone can read it.
      private: answer?.private ?? true,
      authenticated: answer?.authenticated ?? this.#registry.sentCredentials(registry),
      refusal
    };
  }
  claim(repository, reference, urgency) {
    return this.#registry.claim(repository, reference, urgency);
  }
  async blob(repository, blob) {
    const kept = await this.#kept(blob.digest, blob.size);
    if (kept !== void 0) {
      const { refusal } = await this.#confirmSize(repository, blob.digest);
      return { ...kept, origin: "cache", private: true, refusal };
    }
    this.#missed.add(keyOf(blob));
    return this.#registry.blob(repository, blob);
  }
  /**
   * The size of a copy that is here is known without the registry. That of another blob is
   * undefined, too, when a document of the registry is here and the registry is unavailable, or has
   * refused to confirm it: a download proves the blob.
   */
  async size(repository, digest, urgency) {
    const known = this.#known.get(digest)?.length;
    const isHere = known !== void 0 || this.#refused.has(repositoryName(repository));
    const isServed = isHere || this.#served.has(repository.registry);
    if (!isServed) return this.#registry.size(repository, digest, urgency);
    const { answer } = await this.#confirmSize(repository, digest, isHere);
    return answer ?? known;
  }
  measure(repository, digest) {
    return this.#registry.measure(repository, digest);
  }
  tags(repository) {
    return this.#registry.tags(repository);
  }
  page(repository, path, query) {
    return this.#registry.page(repository, path, query);
  }
  sentCredentials(registry) {
    return this.#registry.sentCredentials(registry);
  }
  async download(repository, blob, targetFrom) {
    if (await this.#restore(blob, targetFrom)) return FROM_CACHE;
    this.#missed.add(keyOf(blob));
    return this.#registry.download(repository, blob, targetFrom);
  }
  /** True when the opened entries hold every one of these. */
  holds(digests) {
    return digests.every((digest) => this.#known.has(digest));
  }
  /** True when the target has the blob: a small one from an entry, a large one from its own. */
  async #restore(blob, targetFrom) {
    const bytes = this.#known.get(blob.digest);
    if (bytes?.length === blob.size) {
      const target = targetFrom("cache");
      target.part(0).write(bytes);
      await target.commit();
      return true;
    }
    const { cache, keys } = this.#options;
    const key = this.#missed.has(keyOf(blob)) ? void 0 : keys.blob(blob);
    return key !== void 0 && cache.restore(key, blob, targetFrom("cache"));
  }
  /** A manifest or config that is here, within the limits that hold for a registry's. */
  async #kept(digest, size) {
    const known = this.#known.get(digest);
    const stored = known === void 0 ? await this.#options.inLayout(digest) : void 0;
    const bytes = known ?? stored;
    if (bytes === void 0 || bytes.length > DOCUMENT_BYTES) return void 0;
    if (size !== void 0 && bytes.length !== size) return void 0;
    return { bytes, source: known === void 0 ? "layout" : "cache" };
  }
  /** Reads an image's entry, once. */
  async #open(digest, platforms) {
    const { cache, keys } = this.#options;
    const key = keys.image(digest, platforms);
    const entry = this.#entries.get(key) ?? cache.bundle(key);
    this.#entries.set(key, entry);
    for (const [known, bytes] of await entry) this.#keep(known, bytes);
  }
  /** Keeps bytes while there is room; the registry is asked for what does not fit. */
  #keep(digest, bytes) {
    if (this.#known.has(digest) || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.#known.set(digest, Buffer.from(bytes));
  }
  #confirmSize(repository, digest, isHere = true) {
    const ask = () => this.#registry.size(repository, digest, BRIEFLY);
    return this.#confirm(repository, ask, isHere);
  }
  /**
   * What `ask` returns, or the registry's refusal. Fails when that may not be ignored: for what may
   * not be here, only an outage is.
   */
  async #confirm({ registry }, ask, isHere = true) {
    const { reliance } = this.#options;
    if (!reliance.confirms) return {};
    try {
      return { answer: await ask() };
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      if (!isHere && !isIgnorableOutage(error)) throw error;
      expectIgnorable(error, reliance, this.#registry.sentCredentials(registry));
      const { status, found } = error;
      return { refusal: { registry, status, found } };
    }
  }
};
function keyOf({ digest, size }) {
  return `${digest} ${size}`;
}

// src/action/cache.ts
var EMPTY_CACHE = {
  restore: async () => false,
  bundle: async () => /* @__PURE__ */ new Map()
};
async function openCache({ registry, http }, step) {
  const { saves, voice, use, ...options } = await usedCache(http, step);
  const inLayout = documentsOf(layoutOf(step.inputs.path, step.machine.environment));
  return { registry: new CachedRegistry(registry, { ...options, inLayout }), saves, voice, use };
}
async function usedCache(http, step) {
  const { inputs, machine, workflow, signal } = step;
  const { minSize, maxSize, savePrivate, keyPrefix, mode, directory } = inputs.cache;
  const { environment } = machine;
  const event = readEvent(environment);
  const policy = cachePolicy(mode, environment, event, directory);
  if (policy.why !== "") workflow.say(policy.why);
  const keys = keysUnder(keyPrefix, minSize);
  const voice = warnOnce(workflow);
  const place = placeOf(policy.kind, inputs.cache, environment);
  const isRestoring = place !== void 0 && policy.restore;
  const task = { machine, voice, signal };
  const cache = isRestoring ? await connectCache(place, http, task) : EMPTY_CACHE;
  const includePrivate = savePrivate || isPrivateScope(environment, event);
  const saves = { keys, pullsFor: inputs.runner, most: maxSize, includePrivate };
  const isSaving = place !== void 0 && policy.save;
  return {
    cache,
    keys,
    reliance: {
      confirms: inputs.plan.checksTags,
      whenRefused: inputs.cache.whenUnavailable,
      mayHavePrivate: includePrivate
    },
    saves: isSaving ? { ...saves, cache: place } : void 0,
    voice,
    use: policy
  };
}
function placeOf(kind, { directory, directorySize }, environment) {
  if (kind === "none") return void 0;
  if (kind === "service") return { kind };
  const path = resolve(directory || join(cachesOf(environment), "registry-pull"));
  return { kind, path, size: directorySize };
}
function documentsOf(layout) {
  const documents = /* @__PURE__ */ new Map();
  return (digest) => {
    const read = documents.get(digest) ?? readSmallIn(layout, digest, DOCUMENT_BYTES);
    documents.set(digest, read);
    return read;
  };
}
function readEvent(environment) {
  const path = environment["GITHUB_EVENT_PATH"];
  try {
    return path ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}

export {
  CachedRegistry,
  openCache,
  usedCache,
  documentsOf
};
