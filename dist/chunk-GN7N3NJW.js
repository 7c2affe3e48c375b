import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  asLocked,
  claimedType,
  coversAll,
  expectLocked,
  fetchListed,
  judgeLock,
  lockHint,
  lockVerdict,
  lockedDigest,
  orDangling,
  resolveRoot
} from "./chunk-NW7VBWHV.js";
import {
  describeDocument,
  isArtifact,
  notAnImageReason,
  parseConfig,
  parseDocument
} from "./chunk-RKAU76CV.js";
import {
  countedPlatforms
} from "./chunk-EA2R6EQY.js";
import {
  asProblem,
  namedPlatforms,
  problem
} from "./chunk-UFHSAQ23.js";
import {
  mentionsOf,
  soughtPlatforms
} from "./chunk-LFD2NK2P.js";
import {
  nearestTags
} from "./chunk-UMCD7WYT.js";
import {
  distinctPlatforms,
  formatPlatform,
  nearest,
  sameBuild,
  sameMachine,
  satisfies
} from "./chunk-GHKMTOL7.js";
import {
  distinctBlobs
} from "./chunk-MUYIHUB2.js";
import {
  algorithmOf
} from "./chunk-V4QGKLYV.js";
import {
  PullError,
  isInterruption,
  isOutage
} from "./chunk-P27XCGGL.js";

// src/gate/verify.ts
var CONFIG_BYTES = 4 * 1024 * 1024;
var Configs = class {
  #read = /* @__PURE__ */ new Map();
  #left = CONFIG_BYTES;
  /** What `read` returns for a config. Fails as `invalid` when the configs are too large. */
  get({ digest, size }, read) {
    const known = this.#read.get(digest) ?? this.#spend(size, read);
    this.#read.set(digest, known);
    return known;
  }
  async #spend(size, read) {
    if (size > CONFIG_BYTES) return read();
    this.#left -= size;
    if (this.#left >= 0) return read();
    const found = `the configs of all platforms have more than ${CONFIG_BYTES} bytes`;
    throw new PullError("too-large", `too large: ${found}`);
  }
};
async function verifyOffer(inspection, offer) {
  const image = await verifyListed(inspection, offer.descriptor);
  const found = image.config.platform;
  const { digest } = offer.descriptor;
  const said = `the config of ${digest} says ${formatPlatform(found)}`;
  const words = `the index lists ${formatPlatform(offer.platform)}, but ${said}`;
  if (!sameMachine(offer.platform, found)) throw new PullError("platform-differs", words);
  if (!sameBuild(offer.platform, found)) throw new PullError("os-version-differs", words);
  const warnings = differsSlightly(offer.platform, found) ? [words] : [];
  return { image: { ...image, platform: offer.platform }, warnings };
}
function differsSlightly(one, other) {
  const bothHaveRevisions = one.osVersion !== "" && other.osVersion !== "";
  const anotherRevision = bothHaveRevisions && one.osVersion !== other.osVersion;
  return one.variant !== other.variant || anotherRevision;
}
async function verifyListed(inspection, descriptor) {
  const fetched = await fetchListed(inspection.source, inspection.repository, descriptor);
  const document = parseDocument(fetched.content, claimedType(descriptor, fetched));
  return verifyImage(inspection, fetched, document);
}
async function verifyImage(inspection, manifest, document) {
  if (document.kind === "schema1") return verifySchema1(inspection, manifest, document);
  if (document.kind !== "image") throw notAnImage(manifest.digest, document);
  const { config: descriptor, layers } = document;
  const [read] = await Promise.all([
    readConfig(inspection, document),
    inspection.depth === "blobs" ? checkBlobs(inspection, "layer", layers) : void 0
  ]);
  return {
    platform: read.config.platform,
    manifest,
    mediaType: document.mediaType,
    config: read.config,
    configDigest: descriptor.digest,
    private: manifest.private || read.private,
    refusal: manifest.refusal ?? read.refusal,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers])
  };
}
async function verifySchema1(inspection, manifest, { schema1, mediaType }) {
  const { layers, config } = schema1;
  return {
    platform: config.platform,
    manifest,
    mediaType,
    config,
    configDigest: void 0,
    private: manifest.private,
    refusal: manifest.refusal,
    layers,
    blobs: await schema1Blobs(inspection, [...new Set(layers)])
  };
}
async function schema1Blobs(inspection, layers) {
  if (inspection.depth === "index") {
    return layers.map((digest) => ({ digest, size: void 0 }));
  }
  const sizes = layers.map((digest) => layerSize(inspection, digest));
  const found = await Promise.all(sizes);
  return layers.map((digest, at) => ({ digest, size: found[at] }));
}
async function layerSize(inspection, digest) {
  const { source, repository, pulled } = inspection;
  const stated = await statedSize(inspection, "layer", digest);
  if (stated !== void 0 || !pulled) return stated;
  return orDangling(source.measure(repository, digest), "layer", digest);
}
function notAnImage(digest, document) {
  const found = `${digest} is ${describeDocument(document)}, not an image`;
  const reason = document.kind === "index" ? "index-listed" : notAnImageReason(document);
  return new PullError(reason, found);
}
async function readConfig({ source, repository, configs }, { config: descriptor, layers }) {
  const read = await configs.get(descriptor, async () => {
    const blob = await orDangling(source.blob(repository, descriptor), "config", descriptor.digest);
    const { bytes, private: isPrivate, refusal } = blob;
    return { config: parseConfig(bytes), private: isPrivate, refusal };
  });
  const { diffIds } = read.config;
  if (diffIds === void 0 || diffIds === layers.length) return read;
  const found = `config ${descriptor.digest} lists ${diffIds} diffIDs`;
  throw new PullError("wrong-diff-ids", `${found}, but the manifest has ${layers.length} layers`);
}
async function checkBlobs(inspection, part, descriptors) {
  const here = descriptors.filter((descriptor) => !descriptor.foreign);
  await Promise.all(here.map((descriptor) => checkBlob(inspection, part, descriptor)));
}
async function checkBlob(inspection, part, { digest, size }) {
  const stated = await statedSize(inspection, part, digest);
  if (stated === void 0 || stated === size) return;
  const found = `${part} ${digest} is listed with ${size} bytes, the registry has ${stated}`;
  throw new PullError("size-differs", `size differs: ${found}`);
}
function statedSize({ source, repository }, part, digest) {
  return orDangling(source.size(repository, digest), part, digest);
}

// src/gate/candidates.ts
async function fromIndex(inquiry) {
  const { offers } = inquiry.root;
  const named = await Promise.all(offers.map((offer) => withBuild(inquiry, offer)));
  const unnamed = await namedByConfig(inquiry, named);
  const candidates = firstOfEach([...named, ...unnamed]).map(toCandidate);
  return select(inquiry, candidates);
}
function toCandidate(offer) {
  return { platform: offer.platform, offer, image: void 0 };
}
async function fromManifest(inquiry) {
  const { root, wanted } = inquiry;
  const image = await verifyImage(inquiry, root.fetched, root.document);
  const asRequired = { ...inquiry, sought: wanted.platforms };
  const { platform } = image;
  return select(asRequired, [{ platform, offer: void 0, image }]);
}
async function withBuild(inquiry, offer) {
  if (offer.platform.osVersion !== "") return offer;
  const isAsked = (required) => required.osVersion !== "" && sameMachine(required, offer.platform);
  if (!platformsAsked(inquiry).some(isAsked)) return offer;
  const found = await platformOf(inquiry, offer.descriptor);
  if (found === void 0) return offer;
  const { osVersion } = found;
  return { ...offer, platform: { ...offer.platform, osVersion } };
}
function platformsAsked({ wanted, sought }) {
  if (sought !== "all") return namedPlatforms(sought);
  const mentions = mentionsOf(wanted);
  return distinctPlatforms(mentions.flatMap(({ platforms }) => namedPlatforms(platforms)));
}
async function namedByConfig(inquiry, named) {
  const { root, sought } = inquiry;
  if (root.unnamed.length === 0 || isFound(sought, named)) return [];
  expectAtMost(EXAMINED_COUNT, root.unnamed.length, "entries without a platform");
  const read = root.unnamed.map(async (descriptor) => {
    const platform = await platformOf(inquiry, descriptor);
    return platform === void 0 ? [] : [{ platform, descriptor }];
  });
  return (await Promise.all(read)).flat();
}
function isFound(sought, offers) {
  if (typeof sought === "string") return sought === "any";
  const isOffered = (required) => offers.some(({ platform }) => satisfies(required, platform));
  return sought.every(isOffered);
}
async function platformOf(inquiry, descriptor) {
  try {
    return (await verifyListed({ ...inquiry, depth: "manifest" }, descriptor)).platform;
  } catch (error) {
    if (asProblem(error, inquiry.wanted.written).status === "not-an-image") return void 0;
    throw error;
  }
}
function firstOfEach(offers) {
  const first = /* @__PURE__ */ new Map();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}
function select(inquiry, candidates) {
  const { wanted, sought } = inquiry;
  const choose = (isChosen) => candidates.map((candidate) => ({ ...candidate, chosen: isChosen(candidate) }));
  if (sought === "any") return { candidates: choose(() => false), missing: [] };
  if (sought === "all" && candidates.length === 0) {
    return { candidates: [], missing: [missingPlatform(wanted, void 0, [])] };
  }
  const asked = platformsAsked(inquiry);
  const found = asked.map(
    (required) => candidates.find(({ platform }) => satisfies(required, platform))
  );
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: choose((candidate) => sought === "all" || found.includes(candidate)),
    missing: asked.filter((_, at) => found[at] === void 0).map((required) => missingPlatform(wanted, required, offered))
  };
}
function missingPlatform(wanted, required, offered) {
  const isAny = wanted.platforms === "any";
  const reason = isAny ? "platform-unnamed" : "platform-missing";
  const near = isAny || required === void 0 ? void 0 : nearest(required, offered);
  const hint = near === void 0 || offered.length === 1 ? "" : `; nearest: ${formatPlatform(near)}`;
  const offers = offered.map(formatPlatform).join(", ") || "no platform";
  const lack = required === void 0 ? "" : `it does not offer ${formatPlatform(required)}; `;
  const found = `${lack}it offers ${offers}${hint}`;
  return {
    platform: required === void 0 ? "all" : formatPlatform(required),
    required: true,
    ...problem(reason, wanted.written, found),
    digest: void 0,
    image: void 0
  };
}
var EXAMINED_COUNT = 64;
var PLATFORM_COUNT = 4 * EXAMINED_COUNT;
function expectAtMost(limit, count, what) {
  if (count <= limit) return;
  throw new PullError("too-many", `too many ${what}: expected at most ${limit}, got ${count}`);
}

// src/gate/tags.ts
var HINTED_TAGS = 5;
async function tagHint(source, wanted, { status }) {
  const { reference } = wanted;
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === void 0 || digest !== void 0) return "";
  if (lockedDigest(wanted) !== void 0) return lockHint(wanted);
  const tags = await source.tags(reference).catch((error) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  const nearest2 = nearestTags(tag, tags, HINTED_TAGS).join(", ");
  if (tags.length === 1) return `; its only tag: ${nearest2}`;
  return `; nearest of its ${tags.length} tags: ${nearest2}`;
}
var UNKNOWN_TAG = { state: "", warning: "", refusal: void 0 };
async function checkTag(source, wanted) {
  const { reference } = wanted;
  const { tag, registry } = reference;
  const digest = reference.digest ?? lockedDigest(wanted);
  if (tag === void 0 || digest === void 0) return UNKNOWN_TAG;
  try {
    const { digest: now } = await source.claim(reference, tag, { brief: true });
    if (now === void 0) return UNKNOWN_TAG;
    const state = compare(digest, now);
    const warning = state === "moved" ? movedWarning(wanted, digest, now) : "";
    return { ...UNKNOWN_TAG, state, warning };
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { status, reason, found } = error;
    if (isInterruption(reason)) return UNKNOWN_TAG;
    if (status !== "not-found") return { ...UNKNOWN_TAG, refusal: { registry, status, found } };
    return { ...UNKNOWN_TAG, state: "gone", warning: goneWarning(wanted) };
  }
}
function compare(before, now) {
  if (algorithmOf(before) !== algorithmOf(now)) return "";
  return before === now ? "same" : "moved";
}
function movedWarning({ written, reference, lock }, digest, now) {
  const moved = `${written}: the tag ${reference.tag} now points at ${now}`;
  if (lock?.mode === "update") {
    const locked2 = `the digest that the job used is locked, ${digest}`;
    return `${moved}; ${locked2}; run the job again to use the new one`;
  }
  if (lock?.entry === void 0) return `${moved}; the given digest is used`;
  const locked = `the digest that ${lock.file} locked on ${lock.entry.day} is used, ${digest}`;
  return `${moved}; ${locked}; run lock: update to take the new one`;
}
function goneWarning({ written, reference, lock, used }) {
  const gone = `${written}: the tag ${reference.tag} does not exist`;
  if (lock?.mode === "update") {
    const locked2 = `the digest that the job used is locked, ${used}`;
    return `${gone} any more; ${locked2}; replace the image, or push it to a registry of yours`;
  }
  if (lock?.entry === void 0) {
    return `${gone}; the given digest is used; remove the tag, or name one that exists`;
  }
  const { digest, day } = lock.entry;
  const locked = `the digest that ${lock.file} locked on ${day} is used, ${digest}`;
  return `${gone} any more; ${locked}; replace the image, or push it to a registry of yours`;
}
function withTag(resolved, digest, tag) {
  const { wanted, warnings } = resolved;
  const refused = refusalIn(resolved);
  const isGone = refused !== void 0 && !isOutage(refused.status);
  const isWarned = tag.warning !== "" && !isGone;
  return {
    ...resolved,
    warnings: isWarned ? [tag.warning, ...warnings] : warnings,
    lock: lockVerdict(wanted, tagState(wanted, digest, tag)),
    refusal: refused,
    tagRefusal: tag.refusal
  };
}
function refusalIn(resolved) {
  const { root } = resolved;
  const documents = [root?.fetched, ...root?.nested ?? [], ...countedPlatforms(resolved)];
  const refusals = documents.flatMap((document) => document?.refusal ?? []);
  return refusals.find(({ status }) => !isOutage(status)) ?? refusals[0];
}
function tagState({ lock }, digest, { state }) {
  if (lock?.mode !== "update") return state;
  if (lock.entry === void 0) return "";
  return compare(lock.entry.digest, digest);
}

// src/gate/judge.ts
async function resolveImage(source, wanted, thoroughness) {
  try {
    return await examine(source, wanted, thoroughness);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { otherwise } = wanted;
    const isAbsent = error.status === "not-found" && lockedDigest(wanted) === void 0;
    if (otherwise === void 0 || !isAbsent) return unresolved(source, wanted, error, "");
    const { written, reference } = otherwise;
    const other = { ...wanted, written, reference };
    return resolveOther(source, other, thoroughness, { wanted, error });
  }
}
async function resolveOther(source, wanted, thoroughness, first) {
  try {
    return await examine(source, wanted, thoroughness);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    if (error.status !== "not-found") {
      return unresolved(source, wanted, error, `, and ${first.wanted.written} does not exist`);
    }
    const neither = `, and ${wanted.written} does not exist either`;
    return unresolved(source, first.wanted, first.error, neither);
  }
}
async function unresolved(source, wanted, error, more) {
  const { reason } = error;
  const found = `${error.found}${more}`;
  const next = `${error.next}${await tagHint(source, wanted, error)}`;
  return { ...nothingOf(wanted), problem: problem(reason, wanted.written, found, next) };
}
function nothingOf(wanted) {
  const lock = lockVerdict(wanted, "");
  return { wanted, root: void 0, platforms: [], blobs: [], warnings: [], lock };
}
async function examine(source, wanted, thoroughness) {
  expectLocked(wanted);
  const entry = await unmovedEntry(source, wanted, thoroughness);
  if (entry !== void 0) {
    return { ...asLocked(wanted, entry), lock: lockVerdict(wanted, "same") };
  }
  const [root, tag] = await Promise.all([
    resolveRoot(source, wanted, thoroughness.pullsFor),
    thoroughness.checksTags ? checkTag(source, wanted) : UNKNOWN_TAG
  ]);
  const failed = (error) => {
    return { ...nothingOf(wanted), root, problem: asProblem(error, wanted.written) };
  };
  const inquiry = inquire(source, wanted, thoroughness, root);
  const resolved = judgeLock(await judge(inquiry).catch(failed));
  return withTag(resolved, root.fetched.digest, tag);
}
async function unmovedEntry(source, wanted, { verify, pullsFor }) {
  const { lock, reference, platforms, base, used } = wanted;
  const isRead = verify === "blobs" || pullsFor !== void 0 || base !== void 0;
  const { entry } = lock ?? {};
  if (lock?.mode !== "update" || entry === void 0 || isRead) return void 0;
  if (!coversAll(platforms, entry)) return void 0;
  if (used !== void 0) {
    const isSame = used === entry.digest && (await checkTag(source, wanted)).state === "same";
    return isSame ? entry : void 0;
  }
  const { digest } = await source.claim(reference, reference.tag ?? "latest");
  return digest === entry.digest ? entry : void 0;
}
function inquire(source, wanted, { verify, pullsFor }, root) {
  const pulled = pullsFor !== void 0;
  const needsConfigs = pulled || wanted.base !== void 0;
  return {
    source,
    repository: wanted.reference,
    depth: needsConfigs && verify === "index" ? "manifest" : verify,
    pulled,
    configs: new Configs(),
    wanted,
    root,
    sought: soughtPlatforms(wanted, pullsFor)
  };
}
async function judge(inquiry) {
  const { wanted, root } = inquiry;
  const { document } = root;
  if (isArtifact(document)) return judgeArtifact(inquiry, document);
  const isIndex = document.kind === "index";
  const { candidates, missing } = await (isIndex ? fromIndex(inquiry) : fromManifest(inquiry));
  const chosen = candidates.filter((candidate) => candidate.chosen);
  if (inquiry.depth !== "index") expectAtMost(EXAMINED_COUNT, chosen.length, "platforms");
  expectAtMost(PLATFORM_COUNT, candidates.length, "platforms");
  const judged = await Promise.all(
    candidates.map((candidate) => judgePlatform(inquiry, candidate))
  );
  const outcomes = judged.map(({ outcome }) => outcome);
  return {
    wanted,
    root,
    platforms: [...outcomes, ...missing],
    problem: void 0,
    blobs: [],
    warnings: judged.flatMap(({ warnings }) => warnings)
  };
}
async function judgePlatform(inquiry, candidate) {
  const { wanted, depth } = inquiry;
  const { offer, image, chosen } = candidate;
  const outcome = {
    platform: formatPlatform(candidate.platform),
    required: chosen && wanted.platforms !== "any",
    status: chosen || image !== void 0 ? "ok" : "listed",
    reason: "",
    message: "",
    digest: offer?.descriptor.digest ?? image?.manifest.digest,
    image
  };
  const isExamined = chosen && depth !== "index";
  if (!isExamined || offer === void 0) return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(inquiry, offer);
    const warnings = verified.warnings.map((text) => `${wanted.written}: ${text}`);
    return { outcome: { ...outcome, image: verified.image }, warnings };
  } catch (error) {
    const found = asProblem(error, `${wanted.written} ${outcome.platform}`);
    return { outcome: { ...outcome, ...found }, warnings: [] };
  }
}
async function judgeArtifact(inquiry, document) {
  const { wanted, root, depth } = inquiry;
  const config = document.config === void 0 ? [] : [document.config];
  const blobs = distinctBlobs([...config, ...document.layers]);
  const result = { wanted, root, platforms: [], blobs, warnings: [] };
  if (wanted.platforms !== "any") {
    const found = `it is ${describeDocument(document)} and has no platform`;
    return { ...result, problem: problem(document.kind, wanted.written, found) };
  }
  await Promise.all([
    depth === "index" ? void 0 : checkBlobs(inquiry, "config", config),
    depth === "blobs" ? checkBlobs(inquiry, "layer", document.layers) : void 0
  ]);
  return { ...result, problem: void 0 };
}

export {
  Configs,
  verifyOffer,
  fromIndex,
  fromManifest,
  resolveImage
};
