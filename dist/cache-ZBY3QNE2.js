import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  cachePolicy,
  isPrivateRepository
} from "./chunk-MJXNX7IE.js";
import {
  warnOnce
} from "./chunk-QQ6JMD24.js";
import {
  DOCUMENT_BYTES,
  connectCache
} from "./chunk-XBXHNNI5.js";
import {
  formatPlatform
} from "./chunk-YHH5PPO5.js";
import "./chunk-X35PJ2UA.js";
import "./chunk-DL6C3E4O.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import {
  PullError,
  asDigest,
  digestOf,
  isInterruption
} from "./chunk-CKJU2S6O.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/action/cache.ts
import { readFileSync } from "node:fs";

// src/pull/cache-keys.ts
function keysUnder(prefix, least) {
  return {
    blob: /* @__PURE__ */ __name(({ digest, size }) => size < least ? void 0 : `${prefix}-blob-${digest.replace(":", "-")}`, "blob"),
    image: /* @__PURE__ */ __name((digest, platforms) => `${prefix}-image-${digest.replace(":", "-")}-${platformSet(platforms)}`, "image")
  };
}
__name(keysUnder, "keysUnder");
var LONGEST_SET = 200;
function platformSet(platforms) {
  const names = typeof platforms === "string" ? [platforms] : platforms.map(formatPlatform);
  const set = [...new Set(names)].toSorted().join("+");
  const written = set.replace(/[^A-Za-z0-9+._-]/g, "_");
  if (written.length <= LONGEST_SET) return written;
  return digestOf(Buffer.from(set)).replace(":", "-");
}
__name(platformSet, "platformSet");

// src/pull/cached-registry.ts
var KNOWN_BYTES = 128 * 1024 * 1024;
var FROM_CACHE = { origin: "cache", private: false };
var CachedRegistry = class {
  static {
    __name(this, "CachedRegistry");
  }
  #registry;
  #cache;
  #keys;
  #warn;
  #entries = /* @__PURE__ */ new Map();
  /** What the opened entries hold. */
  #known = /* @__PURE__ */ new Map();
  /** Blobs that are not restored, because they were missed or read from the registry before. */
  #missed = /* @__PURE__ */ new Set();
  #room = KNOWN_BYTES;
  /** Registries that were found to be unavailable. */
  #silent = /* @__PURE__ */ new Set();
  /** Registries for which a cached document was used. */
  #served = /* @__PURE__ */ new Set();
  constructor(registry, { cache, keys, warn }) {
    this.#registry = registry;
    this.#cache = cache;
    this.#keys = keys;
    this.#warn = warn;
  }
  async manifest(repository, reference, hints = {}) {
    const pinned = asDigest(reference);
    const claim = pinned === void 0 ? await this.#registry.claim(repository, reference) : void 0;
    const digest = pinned ?? claim?.digest;
    if (digest === void 0) return this.#registry.manifest(repository, reference, hints);
    if (hints.platforms !== void 0) await this.#open(digest, hints.platforms);
    const bytes = this.#document(digest, hints.size);
    if (bytes === void 0) return this.#registry.manifest(repository, reference, hints);
    this.#served.add(repository.registry);
    const said = claim ?? await this.#recheckClaim(repository, reference);
    return {
      bytes,
      content: bytes,
      digest,
      mediaType: "",
      origin: "cache",
      // Private unless the registry shows that anyone can read it.
      authenticated: said?.authenticated ?? true,
      private: said?.private ?? true
    };
  }
  claim(repository, reference) {
    return this.#registry.claim(repository, reference);
  }
  async blob(repository, blob) {
    const bytes = this.#document(blob.digest, blob.size);
    if (bytes !== void 0) {
      await this.size(repository, blob.digest);
      return { bytes, origin: "cache", private: true };
    }
    this.#missed.add(keyOf(blob));
    return this.#registry.blob(repository, blob);
  }
  /** Undefined, too, when the registry is unavailable and a cached copy is used instead. */
  size(repository, digest) {
    const ask = /* @__PURE__ */ __name(() => this.#registry.size(repository, digest), "ask");
    const isServed = this.#served.has(repository.registry);
    const isCached = isServed || this.#known.has(digest);
    return isCached ? this.#recheck(repository, ask) : ask();
  }
  measure(repository, digest) {
    return this.#registry.measure(repository, digest);
  }
  tags(repository) {
    return this.#registry.tags(repository);
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
    const key = this.#missed.has(keyOf(blob)) ? void 0 : this.#keys.blob(blob);
    return key !== void 0 && this.#cache.restore(key, blob, targetFrom("cache"));
  }
  /** The bytes of a manifest or config, within the limits that hold for a registry's. */
  #document(digest, size) {
    const bytes = this.#known.get(digest);
    if (bytes === void 0 || bytes.length > DOCUMENT_BYTES) return void 0;
    return size === void 0 || bytes.length === size ? bytes : void 0;
  }
  /** Reads an image's entry, once. */
  async #open(digest, platforms) {
    const key = this.#keys.image(digest, platforms);
    const entry = this.#entries.get(key) ?? this.#cache.bundle(key);
    this.#entries.set(key, entry);
    for (const [known, bytes] of await entry) this.#keep(known, bytes);
  }
  /** Keeps bytes while there is room; the registry is asked for what does not fit. */
  #keep(digest, bytes) {
    if (this.#known.has(digest) || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.#known.set(digest, Buffer.from(bytes));
  }
  #recheckClaim(repository, reference) {
    return this.#recheck(repository, () => this.#registry.claim(repository, reference));
  }
  /** What `ask` returns; undefined while the registry is unavailable, with one warning for it. */
  async #recheck({ registry }, ask) {
    if (this.#silent.has(registry)) return void 0;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof PullError) || !isUnavailable(error)) throw error;
      if (!this.#silent.has(registry)) this.#warn(unavailable(registry, error));
    }
    this.#silent.add(registry);
    return void 0;
  }
};
function keyOf({ digest, size }) {
  return `${digest} ${size}`;
}
__name(keyOf, "keyOf");
function isUnavailable({ status, reason }) {
  return !isInterruption(reason) && (status === "unreachable" || status === "rate-limited");
}
__name(isUnavailable, "isUnavailable");
function unavailable(registry, { found }) {
  const copy = "using cached copies, whose digests are right";
  const unchecked = "without checking that the registry has them";
  return `${registry} is unavailable: ${copy}, ${unchecked} (${found})`;
}
__name(unavailable, "unavailable");

// src/action/cache.ts
var EMPTY_CACHE = {
  restore: /* @__PURE__ */ __name(async () => false, "restore"),
  bundle: /* @__PURE__ */ __name(async () => /* @__PURE__ */ new Map(), "bundle")
};
async function openCache({ registry, http }, step) {
  const { inputs, machine, workflow, signal } = step;
  const { runner: pullsFor } = inputs;
  const { minSize, maxSize, savePrivate, keyPrefix, mode } = inputs.cache;
  const { environment } = machine;
  const event = readEvent(environment);
  const { kind, restore, save, why } = cachePolicy(mode, environment, event);
  if (why !== "") workflow.say(why);
  const keys = keysUnder(keyPrefix, minSize);
  const voice = warnOnce(workflow);
  const isRestoring = kind !== "none" && restore;
  const cache = isRestoring ? await connectCache(kind, http, { machine, voice, signal }) : EMPTY_CACHE;
  const isShared = kind === "service" && !isPrivateRepository(event);
  const includePrivate = savePrivate || !isShared;
  const isSaving = kind !== "none" && save;
  return {
    registry: new CachedRegistry(registry, { cache, keys, warn: workflow.warn }),
    saves: isSaving ? { kind, keys, pullsFor, most: maxSize, includePrivate } : void 0,
    voice
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
export {
  openCache
};
