import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  isIndex,
  isManifest,
  isSchema1,
  isSpecific,
  parseDocument
} from "./chunk-RKAU76CV.js";
import {
  problem
} from "./chunk-UFHSAQ23.js";
import {
  soughtPlatforms
} from "./chunk-LFD2NK2P.js";
import {
  asPlatform,
  formatPlatform,
  satisfies
} from "./chunk-GHKMTOL7.js";
import {
  bytesOf
} from "./chunk-MUYIHUB2.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/gate/lock.ts
function lockedDigest({ lock, used }) {
  return lock?.mode === "update" ? used : lock?.entry?.digest;
}
function expectLocked({ lock }) {
  if (lock === void 0 || lock.mode === "update" || lock.entry !== void 0) return;
  throw new PullError("not-locked", `${lock.file} has no digest for it`);
}
function lockHint(wanted) {
  const { file, mode, entry } = wanted.lock ?? {};
  if (mode === "update" && wanted.used !== void 0) {
    return "; the job used this digest, and an update without its receipt takes the tag's digest";
  }
  if (entry === void 0 || lockedDigest(wanted) === void 0) return "";
  return `; ${file} locked this digest on ${entry.day}, and lock: update takes the tag's digest`;
}
function lockVerdict({ lock }, tag) {
  return lock && { digest: lock.entry?.digest, tag };
}
function judgeLock(image) {
  const { lock } = image.wanted;
  const { entry } = lock ?? {};
  if (lock === void 0 || lock.mode === "update" || entry === void 0) return image;
  const platforms = image.platforms.map((outcome) => {
    if (!outcome.required || outcome.reason !== "") return outcome;
    return { ...outcome, ...lockProblem(image.wanted, lock.file, entry, outcome) };
  });
  return { ...image, platforms };
}
function lockProblem({ written }, file, { platforms }, { platform, digest }) {
  const wanted = asPlatform(platform);
  if (wanted === void 0 || formatPlatform(wanted) !== platform) return void 0;
  const asked = `${written} ${platform}`;
  const exact = platforms.get(platform);
  const locked = exact === void 0 ? lockedFor(wanted, platforms) : [exact];
  if (locked.length === 0) {
    const others = [...platforms.keys()].join(", ") || "no platform";
    const found2 = `${file} has no digest for this platform, only for ${others}`;
    return problem("platform-not-locked", asked, found2);
  }
  if (locked.some((one) => one === digest)) return void 0;
  const found = `${file} has ${locked.join(" and ")}, but the locked image has ${digest}`;
  return problem("lock-differs", asked, found);
}
function lockedFor(wanted, platforms) {
  return [...platforms].flatMap(([name, digest]) => {
    const found = asPlatform(name);
    if (found === void 0) return [];
    const isMeant = satisfies(wanted, found) || satisfies(found, wanted);
    return isMeant ? [digest] : [];
  });
}
function asLocked(wanted, { digest, platforms }) {
  return {
    wanted,
    root: void 0,
    unread: digest,
    platforms: [...platforms].map(
      ([platform, manifest]) => lockedOutcome(wanted.platforms, platform, manifest)
    ),
    problem: void 0,
    blobs: [],
    warnings: []
  };
}
function lockedOutcome(required, platform, digest) {
  const isRequired = requires(required, platform);
  return {
    platform,
    required: isRequired,
    status: isRequired ? "ok" : "listed",
    reason: "",
    message: "",
    digest,
    image: void 0
  };
}
function requires(required, platform) {
  if (typeof required === "string") return false;
  const locked = asPlatform(platform);
  return locked !== void 0 && required.some((one) => satisfies(one, locked));
}
function coversAll(required, { platforms }) {
  if (typeof required === "string") return required === "any";
  const locked = [...platforms.keys()].flatMap((name) => asPlatform(name) ?? []);
  return required.every((one) => locked.some((platform) => satisfies(one, platform)));
}

// src/gate/resolve.ts
var DEPTH_LIMIT = 3;
var INDEX_COUNT = 64;
var NESTED_BYTES = 4 * 1024 * 1024;
async function resolveRoot(source, wanted, pullsFor) {
  const { reference } = wanted;
  const platforms = soughtPlatforms(wanted, pullsFor);
  const name = reference.digest ?? lockedDigest(wanted) ?? reference.tag ?? "latest";
  const fetched = await source.manifest(reference, name, { platforms });
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") {
    const nothing = { offers: [], unnamed: [], attestations: 0, nested: [] };
    return { fetched, document, ...nothing };
  }
  const nested = new NestedIndexes(source, reference);
  const entries = await nested.flatten(document.entries, 1);
  const images = entries.filter((entry) => !entry.attestation && isImageEntry(entry));
  return {
    fetched,
    document,
    offers: images.filter(hasPlatform).map((descriptor) => ({ platform: descriptor.platform, descriptor })),
    unnamed: images.filter((entry) => !hasPlatform(entry)),
    attestations: entries.filter((entry) => entry.attestation).length,
    nested: nested.found
  };
}
function isImageEntry(entry) {
  return isManifest(entry.mediaType) || isSchema1(entry.mediaType);
}
function hasPlatform(entry) {
  return entry.platform !== void 0;
}
var NestedIndexes = class {
  #source;
  #repository;
  #found = [];
  #count = 0;
  #bytes = 0;
  constructor(source, repository) {
    this.#source = source;
    this.#repository = repository;
  }
  /** The indexes found, in the order in which they arrived. */
  get found() {
    return this.#found;
  }
  /** The entries of an index, with every nested index replaced by its own entries. */
  async flatten(entries, depth) {
    this.#expectWithinLimits(
      entries.filter(({ mediaType }) => isIndex(mediaType)),
      depth
    );
    const flat = entries.map(async (entry) => {
      if (!isIndex(entry.mediaType)) return [entry];
      return this.#open(entry, depth);
    });
    return (await Promise.all(flat)).flat();
  }
  async #open(entry, depth) {
    const fetched = await fetchListed(this.#source, this.#repository, entry);
    this.#found.push(fetched);
    const document = parseDocument(fetched.content, entry.mediaType);
    if (document.kind !== "index") return [];
    return this.flatten(document.entries, depth + 1);
  }
  #expectWithinLimits(indexes, depth) {
    if (depth === DEPTH_LIMIT && indexes.length > 0) {
      throw new PullError("too-deep", `too deep: indexes nested deeper than ${DEPTH_LIMIT}`);
    }
    this.#count += indexes.length;
    if (this.#count > INDEX_COUNT) {
      const found = `expected at most ${INDEX_COUNT}, got ${this.#count}`;
      throw new PullError("too-many", `too many nested indexes: ${found}`);
    }
    this.#bytes += bytesOf(indexes);
    if (this.#bytes > NESTED_BYTES) {
      const found = `expected at most ${NESTED_BYTES} bytes together, got ${this.#bytes}`;
      throw new PullError("too-large", `too large: nested indexes: ${found}`);
    }
  }
};
async function fetchListed(source, repository, { digest, size }) {
  const fetched = await orDangling(
    source.manifest(repository, digest, { size }),
    "manifest",
    digest
  );
  const got = fetched.bytes.length;
  if (got === size) return fetched;
  throw new PullError(
    "size-differs",
    `size differs: ${digest} is listed with ${size} bytes, got ${got}`
  );
}
function claimedType(descriptor, fetched) {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}
async function orDangling(answer, part, digest) {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof PullError ? danglingFrom(error, part, digest) : error;
  }
}
function danglingFrom(error, part, digest) {
  if (error.status !== "not-found") return error;
  const found = `the image lists ${part} ${digest}, but it is not in the registry: ${error.found}`;
  return new PullError(`${part}-missing`, found, { cause: error });
}

export {
  lockedDigest,
  expectLocked,
  lockHint,
  lockVerdict,
  judgeLock,
  asLocked,
  coversAll,
  resolveRoot,
  fetchListed,
  claimedType,
  orDangling,
  danglingFrom
};
