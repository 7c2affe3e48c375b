import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  KINDS,
  fileProblem,
  isJson
} from "./chunk-LNXYL2Z5.js";
import {
  CACHE_MODES
} from "./chunk-MJXNX7IE.js";
import {
  buildContexts,
  claimedType,
  fetchListed,
  makeFilesDirectory,
  notPulled,
  orDangling,
  resolveRoot,
  sayFound,
  sayPinned,
  sayResolved,
  writeFiles
} from "./chunk-KW2ZEDKI.js";
import {
  harmlessJson
} from "./chunk-ENCAIYAX.js";
import {
  LINE_LIMIT,
  countOf,
  countedPlatforms,
  existsAll,
  failsStep,
  firstOf,
  pinnedReference,
  problemsOf,
  shownImage,
  statusOf,
  toResults,
  totalSize
} from "./chunk-BJ5MPELV.js";
import {
  asProblem,
  failsOn,
  mentionsOf,
  mentionsOfProblem,
  namedPlatforms,
  problem,
  soughtPlatforms,
  withNote,
  withoutDigest
} from "./chunk-A55C6JR5.js";
import {
  connectRegistry,
  describeDocument,
  isArtifact,
  notAnImageReason,
  parseConfig,
  parseDocument
} from "./chunk-XBXHNNI5.js";
import {
  distinctPlatforms,
  formatPlatform,
  nearest,
  nearestTags,
  parsePlatform,
  parseReference,
  runnerPlatform,
  sameBuild,
  sameMachine,
  satisfies,
  tagIn
} from "./chunk-YHH5PPO5.js";
import {
  distinctBlobs
} from "./chunk-X35PJ2UA.js";
import {
  PullError,
  algorithmOf,
  asList,
  asObject,
  asString,
  encodedOf,
  excerpt,
  foundBy,
  isInterruption,
  kindOf,
  mayPass,
  parseJson
} from "./chunk-CKJU2S6O.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/gate/base-name.ts
var BASE_NAME = "org.opencontainers.image.base.name";
function namedBase(image) {
  try {
    const [name, other] = namesIn(image);
    if (name === void 0) return unknown("", `the image names no base: it has no ${BASE_NAME}`);
    if (other === void 0) return readName(name);
    const names = `${excerpt(name)} and ${excerpt(other)}`;
    return unknown("", `the platforms of the image name different bases: ${names}`);
  } catch (error) {
    return unknown("", `the image names no usable base: ${foundInImage(error)}`);
  }
}
__name(namedBase, "namedBase");
function namesIn(image) {
  const ofIndex = image.root && annotatedName(image.root.fetched);
  const names = countedPlatforms(image).map(({ manifest, config }) => {
    return annotatedName(manifest) || ofIndex || config.labels.get(BASE_NAME) || "";
  });
  const given = names.filter((name) => name !== "");
  return [...new Set(given)];
}
__name(namesIn, "namesIn");
function annotatedName({ content }) {
  const { annotations } = asObject(parseJson(content, "manifest"), "manifest");
  const named = asObject(annotations ?? {}, "manifest annotations")[BASE_NAME];
  return asString(named, `manifest annotations ${BASE_NAME}`);
}
__name(annotatedName, "annotatedName");
function readName(name) {
  try {
    const reference = parseReference(name);
    const written = { written: name, reference };
    return reference.tag === void 0 ? written : withoutDigest(written);
  } catch (error) {
    return unknown(excerpt(name), `the image names no usable base: ${foundInImage(error)}`);
  }
}
__name(readName, "readName");
function foundInImage(error) {
  if (!(error instanceof PullError)) throw error;
  return foundBy(error);
}
__name(foundInImage, "foundInImage");
function unknown(reference, message) {
  return { reference, digest: "", stale: void 0, message };
}
__name(unknown, "unknown");

// src/gate/verify.ts
var CONFIG_BYTES = 4 * 1024 * 1024;
var Configs = class {
  static {
    __name(this, "Configs");
  }
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
__name(verifyOffer, "verifyOffer");
function differsSlightly(one, other) {
  const bothHaveRevisions = one.osVersion !== "" && other.osVersion !== "";
  const anotherRevision = bothHaveRevisions && one.osVersion !== other.osVersion;
  return one.variant !== other.variant || anotherRevision;
}
__name(differsSlightly, "differsSlightly");
async function verifyListed(inspection, descriptor) {
  const fetched = await fetchListed(inspection.source, inspection.repository, descriptor);
  const document = parseDocument(fetched.content, claimedType(descriptor, fetched));
  return verifyImage(inspection, fetched, document);
}
__name(verifyListed, "verifyListed");
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
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers])
  };
}
__name(verifyImage, "verifyImage");
async function verifySchema1(inspection, manifest, { schema1, mediaType }) {
  const { layers, config } = schema1;
  return {
    platform: config.platform,
    manifest,
    mediaType,
    config,
    configDigest: void 0,
    private: manifest.private,
    layers,
    blobs: await schema1Blobs(inspection, [...new Set(layers)])
  };
}
__name(verifySchema1, "verifySchema1");
async function schema1Blobs(inspection, layers) {
  if (inspection.depth === "index") {
    return layers.map((digest) => ({ digest, size: void 0 }));
  }
  const sizes = layers.map((digest) => layerSize(inspection, digest));
  const found = await Promise.all(sizes);
  return layers.map((digest, at) => ({ digest, size: found[at] }));
}
__name(schema1Blobs, "schema1Blobs");
async function layerSize(inspection, digest) {
  const { source, repository, pulled } = inspection;
  const stated = await statedSize(inspection, "layer", digest);
  if (stated !== void 0 || !pulled) return stated;
  return orDangling(source.measure(repository, digest), "layer", digest);
}
__name(layerSize, "layerSize");
function notAnImage(digest, document) {
  const found = `${digest} is ${describeDocument(document)}, not an image`;
  const reason = document.kind === "index" ? "index-listed" : notAnImageReason(document);
  return new PullError(reason, found);
}
__name(notAnImage, "notAnImage");
async function readConfig({ source, repository, configs }, { config: descriptor, layers }) {
  const read = await configs.get(descriptor, async () => {
    const blob = await orDangling(source.blob(repository, descriptor), "config", descriptor.digest);
    return { config: parseConfig(blob.bytes), private: blob.private };
  });
  const { diffIds } = read.config;
  if (diffIds === void 0 || diffIds === layers.length) return read;
  const found = `config ${descriptor.digest} lists ${diffIds} diffIDs`;
  throw new PullError("wrong-diff-ids", `${found}, but the manifest has ${layers.length} layers`);
}
__name(readConfig, "readConfig");
async function checkBlobs(inspection, part, descriptors) {
  const here = descriptors.filter((descriptor) => !descriptor.foreign);
  await Promise.all(here.map((descriptor) => checkBlob(inspection, part, descriptor)));
}
__name(checkBlobs, "checkBlobs");
async function checkBlob(inspection, part, { digest, size }) {
  const stated = await statedSize(inspection, part, digest);
  if (stated === void 0 || stated === size) return;
  const found = `${part} ${digest} is listed with ${size} bytes, the registry has ${stated}`;
  throw new PullError("size-differs", `size differs: ${found}`);
}
__name(checkBlob, "checkBlob");
function statedSize({ source, repository }, part, digest) {
  return orDangling(source.size(repository, digest), part, digest);
}
__name(statedSize, "statedSize");

// src/gate/candidates.ts
async function fromIndex(inquiry) {
  const { offers } = inquiry.root;
  const named = await Promise.all(offers.map((offer) => withBuild(inquiry, offer)));
  const unnamed = await namedByConfig(inquiry, named);
  const candidates = firstOfEach([...named, ...unnamed]).map(toCandidate);
  return select(inquiry, candidates);
}
__name(fromIndex, "fromIndex");
function toCandidate(offer) {
  return { platform: offer.platform, offer, image: void 0 };
}
__name(toCandidate, "toCandidate");
async function fromManifest(inquiry) {
  const { root, wanted } = inquiry;
  const image = await verifyImage(inquiry, root.fetched, root.document);
  const asRequired = { ...inquiry, sought: wanted.platforms };
  const { platform } = image;
  return select(asRequired, [{ platform, offer: void 0, image }]);
}
__name(fromManifest, "fromManifest");
async function withBuild(inquiry, offer) {
  if (offer.platform.osVersion !== "") return offer;
  const isAsked = /* @__PURE__ */ __name((required) => required.osVersion !== "" && sameMachine(required, offer.platform), "isAsked");
  if (!platformsAsked(inquiry).some(isAsked)) return offer;
  const found = await platformOf(inquiry, offer.descriptor);
  if (found === void 0) return offer;
  const { osVersion } = found;
  return { ...offer, platform: { ...offer.platform, osVersion } };
}
__name(withBuild, "withBuild");
function platformsAsked({ wanted, sought }) {
  if (sought !== "all") return namedPlatforms(sought);
  const mentions = mentionsOf(wanted);
  return distinctPlatforms(mentions.flatMap(({ platforms }) => namedPlatforms(platforms)));
}
__name(platformsAsked, "platformsAsked");
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
__name(namedByConfig, "namedByConfig");
function isFound(sought, offers) {
  if (typeof sought === "string") return sought === "any";
  const isOffered = /* @__PURE__ */ __name((required) => offers.some(({ platform }) => satisfies(required, platform)), "isOffered");
  return sought.every(isOffered);
}
__name(isFound, "isFound");
async function platformOf(inquiry, descriptor) {
  try {
    return (await verifyListed({ ...inquiry, depth: "manifest" }, descriptor)).platform;
  } catch (error) {
    if (asProblem(error, inquiry.wanted.written).status === "not-an-image") return void 0;
    throw error;
  }
}
__name(platformOf, "platformOf");
function firstOfEach(offers) {
  const first = /* @__PURE__ */ new Map();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}
__name(firstOfEach, "firstOfEach");
function select(inquiry, candidates) {
  const { wanted, sought } = inquiry;
  const choose = /* @__PURE__ */ __name((isChosen) => candidates.map((candidate) => ({ ...candidate, chosen: isChosen(candidate) })), "choose");
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
__name(select, "select");
function missingPlatform(wanted, required, offered) {
  const isAny = wanted.platforms === "any";
  const reason = isAny ? "platform-unnamed" : "platform-missing";
  const near = isAny || required === void 0 ? void 0 : nearest(required, offered);
  const hint = near === void 0 ? "" : `; nearest: ${formatPlatform(near)}`;
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
__name(missingPlatform, "missingPlatform");
var EXAMINED_COUNT = 64;
var PLATFORM_COUNT = 4 * EXAMINED_COUNT;
function expectAtMost(limit, count, what) {
  if (count <= limit) return;
  throw new PullError("too-many", `too many ${what}: expected at most ${limit}, got ${count}`);
}
__name(expectAtMost, "expectAtMost");

// src/gate/base.ts
function judgeBases(images, source) {
  const judged = images.map(async (image) => {
    const { base } = image.wanted;
    if (base === void 0 || problemsOf(image).length > 0) return image;
    return { ...image, base: await judgeBase(source, image, base) };
  });
  return Promise.all(judged);
}
__name(judgeBases, "judgeBases");
async function judgeBase(source, image, wanted) {
  const platforms = countedPlatforms(image);
  if (platforms.length === 0) {
    const written = wanted === "auto" ? "" : wanted.written;
    return unknown(written, "no platform of the image was examined, so none can be compared");
  }
  const base = wanted === "auto" ? namedBase(image) : wanted;
  if ("stale" in base) return base;
  try {
    return await compareAll(source, platforms, base);
  } catch (error) {
    return unknown(base.written, unreadable(base.written, error));
  }
}
__name(judgeBase, "judgeBase");
async function compareAll(source, platforms, reference) {
  const base = await readBase(source, platforms, reference);
  const findings = await Promise.all(platforms.map((platform) => compare(platform, base)));
  const { written, inquiry } = base;
  const { digest } = inquiry.root.fetched;
  return { reference: written, digest, ...conclude(written, findings) };
}
__name(compareAll, "compareAll");
async function readBase(source, images, { written, reference }) {
  const platforms = images.map(({ platform }) => platform);
  const wanted = { name: written, written, reference, platforms, optional: true };
  const root = await resolveRoot(source, wanted);
  const inquiry = {
    source,
    repository: reference,
    depth: "manifest",
    pulled: false,
    configs: new Configs(),
    wanted,
    root,
    sought: platforms
  };
  const isIndex = root.document.kind === "index";
  const { candidates } = await (isIndex ? fromIndex(inquiry) : fromManifest(inquiry));
  return { written, inquiry, candidates };
}
__name(readBase, "readBase");
async function compare(image, base) {
  const { written } = base;
  const platform = formatPlatform(image.platform);
  const unclear = /* @__PURE__ */ __name((text) => ({ platform, stale: void 0, text }), "unclear");
  try {
    const now = await imageFor(image.platform, base);
    if (now === void 0) return unclear(`${written} does not offer ${platform}`);
    const [below, own] = [diffIdsOf(now.config), diffIdsOf(image.config)];
    if (below.length === 0) return unclear(`${written} lists no diffIDs for ${platform}`);
    if (own.length === 0) return unclear(`the image lists no diffIDs for ${platform}`);
    const count = below.filter((diffId, at) => diffId !== own[at]).length;
    const text = `${written} was rebuilt: ${count} of ${below.length} base layers differ`;
    return count > 0 ? { platform, stale: true, text } : { platform, stale: false, text: "" };
  } catch (error) {
    return unclear(unreadable(`${written} ${platform}`, error));
  }
}
__name(compare, "compare");
async function imageFor(platform, { inquiry, candidates }) {
  const found = candidates.find((candidate) => satisfies(platform, candidate.platform));
  if (found?.offer === void 0) return found?.image;
  return (await verifyOffer(inquiry, found.offer)).image;
}
__name(imageFor, "imageFor");
function diffIdsOf({ json }) {
  const rootfs = asObject(json["rootfs"] ?? {}, "image config rootfs");
  return asList(rootfs["diff_ids"], "image config diff_ids");
}
__name(diffIdsOf, "diffIdsOf");
function unreadable(what, error) {
  if (!(error instanceof PullError)) throw error;
  return `${what} could not be read: ${error.found}`;
}
__name(unreadable, "unreadable");
function conclude(written, findings) {
  const rebuilt = findings.filter(({ stale }) => stale === true);
  if (rebuilt.length > 0) return { stale: true, message: describe(rebuilt, findings.length) };
  const unclear = findings.find(({ stale }) => stale === void 0);
  if (unclear !== void 0) return { stale: void 0, message: unclear.text };
  return { stale: false, message: `it is built on what ${written} is now` };
}
__name(conclude, "conclude");
function describe(findings, total) {
  const texts = [...new Set(findings.map(({ text }) => text))];
  const parts = texts.map((text) => {
    const alike = findings.filter((finding) => finding.text === text);
    const platforms = alike.map(({ platform }) => platform);
    return alike.length === total ? text : `on ${platforms.join(" and ")} ${text}`;
  });
  return parts.join("; ");
}
__name(describe, "describe");

// src/gate/tags.ts
var HINTED_TAGS = 5;
async function tagHint(source, { reference }, { status }) {
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === void 0 || digest !== void 0) return "";
  const tags = await source.tags(reference).catch((error) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  const nearest2 = nearestTags(tag, tags, HINTED_TAGS).join(", ");
  return `; nearest of its ${tags.length} tags: ${nearest2}`;
}
__name(tagHint, "tagHint");
async function tagWarnings(source, { reference, written }) {
  const { tag, digest } = reference;
  if (tag === void 0 || digest === void 0) return [];
  try {
    const { digest: now } = await source.claim(reference, tag);
    const isComparable = now !== void 0 && algorithmOf(now) === algorithmOf(digest);
    if (!isComparable || now === digest) return [];
    return [`${written}: the tag ${tag} now points at ${now}; the given digest is used`];
  } catch (error) {
    if (asProblem(error, written).status !== "not-found") return [];
    return [`${written}: the tag ${tag} does not exist; the given digest is used`];
  }
}
__name(tagWarnings, "tagWarnings");

// src/gate/judge.ts
async function resolveImage(source, wanted, thoroughness) {
  try {
    return await examine(source, wanted, thoroughness);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { otherwise } = wanted;
    const isAbsent = error.status === "not-found";
    if (otherwise === void 0 || !isAbsent) return unresolved(source, wanted, error, "");
    const { written, reference } = otherwise;
    const other = { ...wanted, written, reference };
    return resolveOther(source, other, thoroughness, { wanted, error });
  }
}
__name(resolveImage, "resolveImage");
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
__name(resolveOther, "resolveOther");
async function unresolved(source, wanted, error, more) {
  const { reason } = error;
  const found = `${error.found}${more}`;
  const next = `${error.next}${await tagHint(source, wanted, error)}`;
  return { ...nothingOf(wanted), problem: problem(reason, wanted.written, found, next) };
}
__name(unresolved, "unresolved");
function nothingOf(wanted) {
  return { wanted, root: void 0, platforms: [], blobs: [], warnings: [] };
}
__name(nothingOf, "nothingOf");
async function examine(source, wanted, thoroughness) {
  const [root, moved] = await Promise.all([
    resolveRoot(source, wanted, thoroughness.pullsFor),
    tagWarnings(source, wanted)
  ]);
  const failed = /* @__PURE__ */ __name((error) => {
    return { ...nothingOf(wanted), root, problem: asProblem(error, wanted.written) };
  }, "failed");
  const inquiry = inquire(source, wanted, thoroughness, root);
  const resolved = await judge(inquiry).catch(failed);
  return { ...resolved, warnings: [...moved, ...resolved.warnings] };
}
__name(examine, "examine");
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
__name(inquire, "inquire");
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
__name(judge, "judge");
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
__name(judgePlatform, "judgePlatform");
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
__name(judgeArtifact, "judgeArtifact");

// src/gate/pins.ts
function judgePin(image) {
  const { wanted, root } = image;
  const forms = new Set(mentionsOf(wanted).flatMap(({ unpinned }) => unpinned ?? []));
  if (forms.size === 0) return image;
  const next = whatToWrite([...forms], wanted.written, root?.fetched.digest);
  return { ...image, pin: problem("not-pinned", wanted.written, "it has no digest", next) };
}
__name(judgePin, "judgePin");
function whatToWrite(forms, written, digest) {
  if (digest === void 0) return void 0;
  const texts = new Set(forms.map((form) => pasted(form, written, digest)));
  const byHand = `write ${[...texts].join(" or ")}`;
  const isByHand = forms.every((form) => form === "by-hand");
  return isByHand ? byHand : `${byHand}, or let pins: write do it`;
}
__name(whatToWrite, "whatToWrite");
function pasted(form, written, digest) {
  if (form === "digest") return `digest: ${digest}`;
  if (form === "sha") return `sha: ${encodedOf(digest)}`;
  const [named = ""] = written.split("@");
  const tag = tagIn(named);
  if (form === "tag") return `tag: ${tag ?? "latest"}@${digest}`;
  return tag === void 0 ? `${named}:latest@${digest}` : `${named}@${digest}`;
}
__name(pasted, "pasted");

// src/gate/wait.ts
async function resolveAll(plan, source, options) {
  const { now, sleep, signal, say } = options;
  const deadline = now() + plan.waitTimeout * 1e3;
  const gate = new Gate(plan, source, options);
  const interval = plan.waitInterval * 1e3;
  let tries = await Promise.all(plan.wanted.map((wanted) => gate.start(wanted)));
  while (tries.some(({ image }) => gate.isPending(image))) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    const waiting = tries.map(({ image }) => image).filter(isWorthRetry);
    say(waitingLine(waiting, left));
    await sleep(Math.min(interval, left), signal).catch(() => void 0);
    if (signal.aborted) break;
    tries = await Promise.all(tries.map((one) => gate.retry(one)));
  }
  return tries.map(({ image }) => gate.giveUp(image));
}
__name(resolveAll, "resolveAll");
var Gate = class {
  static {
    __name(this, "Gate");
  }
  #plan;
  #source;
  #options;
  constructor(plan, source, options) {
    this.#plan = plan;
    this.#source = source;
    this.#options = options;
  }
  /** True for an image that is to be tried again. */
  isPending(image) {
    return this.#plan.waitTimeout > 0 && isWorthRetry(image);
  }
  /** The first try. Its image is final unless it is pending. */
  async start(wanted) {
    const found = await resolveImage(this.#source, wanted, this.#plan);
    return this.#conclude(wanted, found);
  }
  /** The next try of a pending image; a final one stays as it is. */
  async retry(before) {
    if (!this.isPending(before.image)) return before;
    const { wanted } = before;
    const found = await resolveImage(this.#source, wanted, this.#plan);
    return this.#conclude(wanted, wasInterrupted(found) ? before.image : found);
  }
  #conclude(wanted, found) {
    const image = this.isPending(found) ? found : this.#finish(found, "");
    return { wanted, image };
  }
  /** The final result of an image for which no time is left. */
  giveUp(image) {
    if (!this.isPending(image)) return image;
    return this.#finish(image, `still so after waiting ${this.#plan.waitTimeout} s`);
  }
  #finish(image, waited) {
    const { signal, resolved } = this.#options;
    const note = signal.aborted ? foundBy(signal.reason) : waited;
    const isNoted = note !== "" && !wasInterrupted(image);
    const last = judgePin(isNoted ? annotate(image, note) : image);
    resolved(last);
    return last;
  }
};
function isWorthRetry(resolved) {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayPass(status));
}
__name(isWorthRetry, "isWorthRetry");
function wasInterrupted(resolved) {
  return problemsOf(resolved).some(({ reason }) => isInterruption(reason));
}
__name(wasInterrupted, "wasInterrupted");
function annotate(resolved, note) {
  const problem2 = resolved.problem && withNote(resolved.problem, note);
  const platforms = resolved.platforms.map(
    (platform) => platform.reason === "" ? platform : withNote(platform, note)
  );
  return { ...resolved, problem: problem2, platforms };
}
__name(annotate, "annotate");
function waitingLine(images, left) {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1e3)} s left`;
}
__name(waitingLine, "waitingLine");

// src/runner/annotations.ts
var ANNOTATION_LIMIT = 10;
function annotate2(workflow, outcome, failOnMissing) {
  const all = annotationsOf(outcome, failOnMissing);
  const errors = all.filter(({ isError }) => isError);
  const warnings = all.filter(({ isError }) => !isError);
  for (const { title: title2, message, location } of errors.slice(0, ANNOTATION_LIMIT)) {
    workflow.error(title2, message, location);
  }
  for (const warning of warnings.slice(0, ANNOTATION_LIMIT)) {
    workflow.warn(lineOf(warning), warning.location);
  }
  const rest = [...errors.slice(ANNOTATION_LIMIT), ...warnings.slice(ANNOTATION_LIMIT)];
  if (rest.length === 0) return;
  const title = `${countOf(rest.length, "more problem")}, also in the job summary`;
  workflow.group(title, firstOf(rest, LINE_LIMIT, placedLineOf));
}
__name(annotate2, "annotate");
function annotationsOf(outcome, failOnMissing) {
  const { images, files, cacheMiss } = outcome;
  const missed = cacheMiss === "" ? [] : [{ title: "cache miss", message: cacheMiss, isError: true, location: void 0 }];
  return [
    ...missed,
    ...(files?.problems ?? []).map(annotationOfFile),
    ...images.flatMap((image) => annotationsOfImage(image, failOnMissing))
  ];
}
__name(annotationsOf, "annotationsOf");
function annotationOfFile({ where, status, message, optional, location }) {
  return { title: `${where}: ${status}`, message, isError: !optional, location };
}
__name(annotationOfFile, "annotationOfFile");
function annotationsOfImage(image, failOnMissing) {
  const { wanted } = image;
  return problemsOf(image).flatMap(
    (problem2) => mentionsOfProblem(wanted, problem2).map(({ location, optional }) => ({
      title: titleOf(wanted, problem2),
      message: problem2.message,
      isError: failsOn(problem2.status, optional, failOnMissing),
      location
    }))
  );
}
__name(annotationsOfImage, "annotationsOfImage");
function titleOf({ name }, { platform, status }) {
  if (platform === "") return `${name}: ${status}`;
  return `${name} ${platform}: ${status}`;
}
__name(titleOf, "titleOf");
function lineOf({ title, message }) {
  return `${title}: ${message}`;
}
__name(lineOf, "lineOf");
function placedLineOf(annotation) {
  const { location } = annotation;
  const line = lineOf(annotation);
  return location === void 0 ? line : `${location.file}:${location.line}: ${line}`;
}
__name(placedLineOf, "placedLineOf");
function annotateInputs(workflow, problems) {
  for (const problem2 of problems.slice(0, ANNOTATION_LIMIT)) {
    workflow.error("invalid input", problem2);
  }
  const rest = problems.slice(ANNOTATION_LIMIT);
  if (rest.length === 0) return;
  const count = countOf(rest.length, "more invalid input");
  workflow.group(`${count}, also in the job summary`, rest);
}
__name(annotateInputs, "annotateInputs");

// src/runner/list-syntax.ts
function lines(input, text) {
  const items = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const where = `${input}, line ${at + 1}`;
    items.push({ where, text: content });
  }
  return items;
}
__name(lines, "lines");
function listItems(input, text) {
  const items = [];
  for (const line of lines(input, text)) {
    for (const part of line.text.split(",")) {
      const item = part.trim();
      if (item !== "") items.push({ where: line.where, text: item });
    }
  }
  return items;
}
__name(listItems, "listItems");
function readPlatforms(items, complain) {
  const [first] = items;
  if (first === void 0) return void 0;
  if (items.length === 1 && isWord(first.text)) return first.text;
  return distinctPlatforms(items.flatMap((item) => readPlatform(item, complain) ?? []));
}
__name(readPlatforms, "readPlatforms");
function readPlatform({ where, text }, complain) {
  if (isWord(text)) {
    const expected = "expected all, any, or a list of os/arch[/variant]";
    complain(`${where}: ${text} stands alone: ${expected}`);
    return void 0;
  }
  return attempt(() => parsePlatform(text), where, complain);
}
__name(readPlatform, "readPlatform");
function isWord(text) {
  return text === "all" || text === "any";
}
__name(isWord, "isWord");
function attempt(read, where, complain) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    complain(`${where}: ${error.message}`);
    return void 0;
  }
}
__name(attempt, "attempt");
function readOptions(where, options, { keys, expected }, complain) {
  const values = /* @__PURE__ */ new Map();
  for (const option of options) {
    const [, key = "", value = ""] = /^(\w+)=(.+)$/.exec(option) ?? [];
    if (keys.includes(key)) {
      const before = values.get(key) ?? [];
      values.set(key, [...before, value]);
    } else {
      complain(`${where}: unknown option ${JSON.stringify(option)}; ${expected}`);
    }
  }
  return values;
}
__name(readOptions, "readOptions");

// src/runner/file-patterns.ts
var FORM = "expected pattern[,as=kind][,platform=os/arch[/variant]][,optional=true], or !pattern";
var OPTIONS = { keys: ["as", "platform", "optional"], expected: FORM };
function readFilePatterns(text, complain) {
  const included = [];
  const excluded = [];
  for (const item of lines("files", text)) {
    if (item.text.startsWith("!")) {
      const path = readPath(item.text.slice(1), item.where, complain);
      if (path !== void 0) excluded.push(path);
    } else {
      const pattern = readPattern(item, complain);
      if (pattern !== void 0) included.push(pattern);
    }
  }
  if (excluded.length > 0 && included.length === 0) {
    complain(`files: expected a pattern besides those that exclude files; ${FORM}`);
  }
  return { included, excluded };
}
__name(readFilePatterns, "readFilePatterns");
function readPattern({ where, text }, complain) {
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  const pattern = readPath(written, where, complain);
  const values = readOptions(where, options, OPTIONS, complain);
  const platforms = (values.get("platform") ?? []).map((platform) => ({ where, text: platform }));
  const required = readPlatforms(platforms, complain);
  const as = readKind(values.get("as")?.at(-1), where, complain);
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") {
    complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  }
  if (pattern === void 0) return void 0;
  return { where, pattern, as, platforms: required, optional: optional === "true" };
}
__name(readPattern, "readPattern");
function readPath(written, where, complain) {
  const slashed = written.trim().replaceAll("\\", "/");
  const parts = slashed.split("/");
  const path = parts.filter((part) => part !== "." && part !== "").join("/");
  const leadsOut = /^[/~]|^[A-Za-z]:/.test(slashed) || parts.includes("..");
  if (slashed !== "" && !leadsOut) return path || "**";
  const got = JSON.stringify(written);
  complain(`${where}: expected a path or glob below the workspace, got ${got}; ${FORM}`);
  return void 0;
}
__name(readPath, "readPath");
function readKind(text, where, complain) {
  const kind = KINDS.find((one) => one === text);
  if (kind === void 0 && text !== void 0) {
    complain(`${where}: as: expected ${KINDS.join(", ")}, got ${JSON.stringify(text)}`);
  }
  return kind;
}
__name(readKind, "readKind");

// src/runner/image-objects.ts
var FORM2 = 'expected [{"reference": "…", "name": "…", "platform": "…" or ["…"], "optional": true, "base": "…"}, …]';
var FIELDS = /* @__PURE__ */ new Map([
  ["reference", { expected: "a string", fits: isString }],
  ["name", { expected: "a string", fits: orNothing(isString) }],
  ["platform", { expected: "a string or a list of strings", fits: orNothing(isPlatforms) }],
  ["optional", { expected: "true or false", fits: orNothing(isBoolean) }],
  ["base", { expected: "a string", fits: orNothing(isString) }]
]);
function readObjects(text, complain) {
  try {
    const entries = parseJson(Buffer.from(text), "the array");
    return entries.map((entry, at) => {
      const where = `images, entry ${at + 1}`;
      return readObject(entry, where, complain);
    });
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const found = error.reason === "not-json" ? "not JSON, though it starts with [" : error.found;
    complain(`images: ${found}; ${FORM2}`);
    return [];
  }
}
__name(readObjects, "readObjects");
function readObject(entry, where, complain) {
  const problems = problemsOf2(entry);
  for (const problem2 of problems) {
    complain(`${where}: ${problem2}; ${FORM2}`);
  }
  if (problems.length > 0) return void 0;
  const { reference, name, platform = [], optional = false, base } = entry;
  return {
    where,
    written: reference,
    name,
    platforms: [platform].flat(),
    optional,
    base
  };
}
__name(readObject, "readObject");
function problemsOf2(entry) {
  const kind = kindOf(entry);
  if (kind !== "an object") return [`expected an object, got ${kind}`];
  const values = new Map(Object.entries(entry));
  const problems = [];
  for (const [key, { expected, fits }] of FIELDS) {
    const value = values.get(key);
    if (fits(value)) continue;
    problems.push(`${key}: expected ${expected}, got ${kindOf(value)}`);
  }
  for (const key of values.keys()) {
    if (FIELDS.has(key)) continue;
    const shown = JSON.stringify(excerpt(key));
    problems.push(`unknown key ${shown}`);
  }
  return problems;
}
__name(problemsOf2, "problemsOf");
function orNothing(fits) {
  return (value) => value === void 0 || fits(value);
}
__name(orNothing, "orNothing");
function isString(value) {
  return typeof value === "string";
}
__name(isString, "isString");
function isBoolean(value) {
  return typeof value === "boolean";
}
__name(isBoolean, "isBoolean");
function isPlatforms(value) {
  if (Array.isArray(value)) return value.every(isString);
  return isString(value);
}
__name(isPlatforms, "isPlatforms");

// src/runner/images.ts
var OPTIONS2 = "[,name=key][,platform=os/arch[/variant]][,optional=true][,base=reference]";
var IMAGE_FORM = `expected reference${OPTIONS2}`;
var FORM3 = { keys: ["name", "platform", "optional", "base"], expected: IMAGE_FORM };
function readImages(text, platforms, complain) {
  const read = isJson(text) ? readObjects : readLines;
  const names = /* @__PURE__ */ new Set();
  const images = [];
  for (const image of read(text, complain)) {
    if (image === void 0) continue;
    const wanted = toWanted(image, platforms, complain);
    if (wanted === void 0) continue;
    const { name } = wanted;
    if (names.has(name)) {
      complain(`${image.where}: duplicate name ${name}; give this image another name`);
    }
    names.add(name);
    images.push(wanted);
  }
  return images;
}
__name(readImages, "readImages");
function namesImages(text) {
  if (isJson(text)) return !/^\s*\[\s*\]\s*$/.test(text);
  return lines("images", text).length > 0;
}
__name(namesImages, "namesImages");
var NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/;
function toWanted({ where, written, name, platforms, optional, base }, otherwise, complain) {
  const reference = attempt(() => parseReference(written), where, complain);
  if (name !== void 0 && !NAME.test(name)) {
    const expected = "expected letters, digits and _ . : / @ -";
    complain(`${where}: name: ${expected}, got ${JSON.stringify(name)}`);
  }
  const own = platforms.map((text) => ({ where, text }));
  const required = readPlatforms(own, complain) ?? otherwise;
  const onto = base === void 0 ? void 0 : readBase2(base, where, complain);
  if (reference === void 0) return void 0;
  return {
    name: name ?? written,
    written,
    reference,
    platforms: required,
    optional,
    ...onto === void 0 ? {} : { base: onto }
  };
}
__name(toWanted, "toWanted");
function readBase2(written, where, complain) {
  if (written === "auto") return "auto";
  const reference = attempt(() => parseReference(written), `${where}: base`, complain);
  return reference && { written, reference };
}
__name(readBase2, "readBase");
function readLines(text, complain) {
  return lines("images", text).map((item) => readLine(item, complain));
}
__name(readLines, "readLines");
function readLine({ where, text }, complain) {
  const meant = likelyMeaning(text);
  if (meant !== void 0) {
    const found = `${JSON.stringify(text)} is not a reference`;
    complain(`${where}: ${found}; did you mean ${meant}? ${IMAGE_FORM}`);
    return void 0;
  }
  const parts = text.split(",").map((part) => part.trim());
  const [written = "", ...options] = parts;
  if (options.some(isRestOfLogin)) {
    const expected = "expected a reference before the first comma";
    complain(`${where}: ${expected}; credentials go into registry-auth; ${IMAGE_FORM}`);
    return void 0;
  }
  const values = readOptions(where, options, FORM3, complain);
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") {
    complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  }
  return {
    where,
    written,
    name: values.get("name")?.at(-1),
    platforms: values.get("platform") ?? [],
    optional: optional === "true",
    base: values.get("base")?.at(-1)
  };
}
__name(readLine, "readLine");
function isRestOfLogin(option) {
  return option.includes("@") && !/^(?:name|base)=/.test(option);
}
__name(isRestOfLogin, "isRestOfLogin");
function likelyMeaning(text) {
  const [, item] = /^-\s+(\S.*)$/.exec(text) ?? [];
  if (item !== void 0) return likelyMeaning(item) ?? item;
  const spaced = /^([^\s,]+)\s+((?:name|platform|optional|base)=.*)$/.exec(text);
  const [, reference, options = ""] = spaced ?? [];
  if (reference === void 0) return void 0;
  return `${reference},${options.replace(/\s+(?=(name|platform|optional|base)=)/g, ",")}`;
}
__name(likelyMeaning, "likelyMeaning");

// src/runner/input-values.ts
var UNITS = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30
};
var BOOLEAN = /^(true|True|TRUE|false|False|FALSE)$/;
var SIZE = /^(\d+) ?([kmg]i?)?b?$/i;
var HOST = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/;
var InputValues = class {
  static {
    __name(this, "InputValues");
  }
  /** Every problem so far: each names the input, the line if there is one, and what it expected. */
  problems = [];
  #environment;
  #defaults;
  constructor(environment, defaults) {
    this.#environment = environment;
    this.#defaults = defaults;
  }
  /** Adds a problem. */
  complain = /* @__PURE__ */ __name((problem2) => {
    this.problems.push(problem2);
  }, "complain");
  /**
   * An input as it was written, or its default when it is empty. It keeps blank lines at the start,
   * so that problems name the lines that the user sees.
   */
  lines(name) {
    const variable = `INPUT_${name.toUpperCase()}`;
    return this.#environment[variable] || this.#defaults[name];
  }
  /** An input without white space around it, or its default when nothing is left. */
  text(name) {
    return this.lines(name).trim() || this.#defaults[name];
  }
  /** The items of an input that is a list of lines or commas. */
  items(name) {
    return listItems(name, this.lines(name));
  }
  /** The text of an input that must match a pattern; `expected` describes the pattern. */
  matching(name, pattern, expected) {
    const text = this.text(name);
    if (!pattern.test(text)) this.#refuse(name, expected, text);
    return text;
  }
  /** A whole number within bounds, both included. */
  number(name, least, most) {
    const text = this.text(name);
    const isWhole = /^\d{1,9}$/.test(text);
    const value = isWhole ? Number(text) : Number.NaN;
    const isWithin = value >= least && value <= most;
    if (!isWithin) {
      const expected = `a whole number from ${least} to ${most}`;
      this.#refuse(name, expected, text);
    }
    return value;
  }
  /** A boolean in YAML 1.2's spellings: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
  boolean(name) {
    const text = this.matching(name, BOOLEAN, "true or false");
    return text.toLowerCase() === "true";
  }
  /** One of some words. */
  choice(name, choices) {
    const text = this.text(name);
    const choice = choices.find((one) => one === text);
    if (choice !== void 0) return choice;
    this.#refuse(name, choices.join(", "), text);
    return choices[0];
  }
  /** A size in bytes, written with or without a unit: `500kB`, `1MiB`. */
  size(name) {
    const text = this.text(name);
    const [, digits = "", unit = ""] = SIZE.exec(text) ?? [];
    if (digits === "") {
      this.#refuse(name, "a size like 500kB, 1MiB or 2GiB", text);
    }
    const factor = UNITS[unit.toLowerCase()] ?? 1;
    const bytes = Number(digits) * factor;
    return Math.min(bytes, Number.MAX_SAFE_INTEGER);
  }
  /** A list of hosts in lower case, each with its port if it has one. */
  hosts(name) {
    const hosts = /* @__PURE__ */ new Set();
    for (const { where, text } of this.items(name)) {
      const host = text.toLowerCase();
      if (!HOST.test(host)) this.#refuse(where, "host or host:port", host);
      hosts.add(host);
    }
    return hosts;
  }
  #refuse(where, expected, text) {
    const got = JSON.stringify(text);
    this.complain(`${where}: expected ${expected}, got ${got}`);
  }
};

// src/runner/inputs.ts
var DEFAULTS = {
  images: "",
  files: "",
  pins: "none",
  platforms: "",
  verify: "manifest",
  "fail-on-missing": "true",
  "wait-timeout": "0",
  "wait-interval": "15",
  pull: "none",
  path: "",
  "cache-mode": "auto",
  "cache-min-size": "1MiB",
  "cache-max-size": "2GiB",
  "cache-private": "false",
  "cache-key-prefix": "registry-pull-v1",
  "fail-on-cache-miss": "false",
  "registry-auth": "",
  "github-token": "",
  "insecure-registries": "",
  "trusted-realms": "",
  concurrency: "6",
  timeout: "1800",
  "job-summary": "always"
};
async function readInputs(environment, runner) {
  const values = new InputValues(environment, DEFAULTS);
  const inputs = await readAll(values, runner);
  const { problems } = values;
  if (problems.length === 0) return inputs;
  const { jobSummary } = inputs;
  return { problems, jobSummary };
}
__name(readInputs, "readInputs");
async function readAll(values, runner) {
  const written = values.items("platforms");
  const platforms = readPlatforms(written, values.complain) ?? [runner];
  const pull = values.choice("pull", ["none", "layout", "docker", "podman"]);
  const pullsFor = pull === "none" ? void 0 : runner;
  const files = readFilePatterns(values.lines("files"), values.complain);
  const pins = values.choice("pins", ["none", "require", "write"]);
  checkSubjects(values, files, pins);
  return {
    plan: readPlan(values, platforms, pullsFor),
    files,
    pins,
    platforms,
    pull,
    path: readPath2(values),
    cache: readCache(values),
    runner,
    failOnMissing: values.boolean("fail-on-missing"),
    registryAuth: await readLogins(values),
    githubToken: values.text("github-token"),
    insecureRegistries: values.hosts("insecure-registries"),
    trustedRealms: values.hosts("trusted-realms"),
    concurrency: values.number("concurrency", 1, 64),
    timeout: values.number("timeout", 1, 21600),
    jobSummary: values.choice("job-summary", ["always", "on-failure", "never"])
  };
}
__name(readAll, "readAll");
function checkSubjects(values, { included, excluded }, pins) {
  const hasFiles = included.length > 0;
  const isEmpty = !hasFiles && excluded.length === 0 && !namesImages(values.lines("images"));
  const isRefused = values.problems.some((problem2) => problem2.startsWith("files"));
  if (isEmpty && !isRefused) {
    const found = "expected at least one reference, got none";
    values.complain(`images: ${found}, and files names no files; ${IMAGE_FORM}`);
  }
  if (pins !== "none" && !hasFiles && !isRefused) {
    values.complain(`pins: expected none, because files names no files, got ${pins}`);
  }
}
__name(checkSubjects, "checkSubjects");
function readPlan(values, platforms, pullsFor) {
  return {
    wanted: readImages(values.lines("images"), platforms, values.complain),
    verify: values.choice("verify", ["index", "manifest", "blobs"]),
    pullsFor,
    waitTimeout: values.number("wait-timeout", 0, 86400),
    waitInterval: values.number("wait-interval", 1, 3600)
  };
}
__name(readPlan, "readPlan");
function readPath2(values) {
  return values.matching("path", new RegExp("^\\P{Cc}*$", "u"), "a path without control characters");
}
__name(readPath2, "readPath");
function readCache(values) {
  return {
    mode: values.choice("cache-mode", CACHE_MODES),
    minSize: values.size("cache-min-size"),
    maxSize: values.size("cache-max-size"),
    savePrivate: values.boolean("cache-private"),
    keyPrefix: readKeyPrefix(values),
    failOnMiss: values.boolean("fail-on-cache-miss")
  };
}
__name(readCache, "readCache");
function readKeyPrefix(values) {
  const expected = "at most 100 letters, digits and . _ -";
  return values.matching("cache-key-prefix", /^[A-Za-z0-9._-]{1,100}$/, expected);
}
__name(readKeyPrefix, "readKeyPrefix");
async function readLogins(values) {
  const text = values.text("registry-auth");
  if (text === "") return [];
  const { readRegistryAuth } = await import("./registry-auth-APNLABEY.js");
  return readRegistryAuth(text, values.complain);
}
__name(readLogins, "readLogins");

// src/runner/bounds.ts
var JSON_LIMIT = 256 * 1024;
var KEPT = ["reference", "digest", "pinned", "status"];
var FIRST_TO_GO = ["labels", "locations", "exposedPorts", "entrypoint", "cmd", "user", "workdir"];
var NEXT_TO_GO = ["platforms", "base"];
var isFirstToGo = /* @__PURE__ */ __name((field) => FIRST_TO_GO.includes(field), "isFirstToGo");
var isNextToGo = /* @__PURE__ */ __name((field) => NEXT_TO_GO.includes(field), "isNextToGo");
var isNotKept = /* @__PURE__ */ __name((field) => !KEPT.includes(field), "isNotKept");
function boundedImages(results) {
  const all = results.map(([name, fields]) => new Shrinking(name, fields));
  const excess = shrink(all);
  const images = all.slice(0, countFitting(all, excess));
  const lost = all.length - images.length;
  const truncated = lost === 0 ? "" : `"truncated":${lost},`;
  const members = images.map(String).join(",");
  return `{"schema":1,${truncated}"images":{${members}}}`;
}
__name(boundedImages, "boundedImages");
var FRAME_SIZE = `{"schema":1,"truncated":${Number.MAX_SAFE_INTEGER},"images":{}}`.length;
function shrink(images) {
  let excess = FRAME_SIZE - JSON_LIMIT;
  for (const image of images) excess += image.size;
  for (const isDue of [isFirstToGo, isNextToGo, isNotKept]) {
    excess = dropFields(images, excess, isDue);
  }
  if (excess <= 0) return excess;
  for (const image of images) excess -= image.strip();
  return excess;
}
__name(shrink, "shrink");
function dropFields(images, excess, isDue) {
  if (excess <= 0) return excess;
  let rest = excess;
  for (const { image, field } of largestFirst(images, isDue)) {
    if (rest <= 0) break;
    rest -= image.drop(field);
  }
  return rest;
}
__name(dropFields, "dropFields");
function largestFirst(images, isDue) {
  const parts = [];
  for (const image of images) {
    for (const [field, size] of image.fields) {
      if (isDue(field)) parts.push({ image, field, size });
    }
  }
  return parts.toSorted((one, other) => other.size - one.size);
}
__name(largestFirst, "largestFirst");
function countFitting(images, excess) {
  let rest = excess;
  let count = images.length;
  while (rest > 0 && count > 0) {
    count -= 1;
    rest -= images[count]?.size ?? 0;
  }
  return count;
}
__name(countFitting, "countFitting");
var TRUNCATED_COST = '"truncated":[],,'.length;
var Shrinking = class {
  static {
    __name(this, "Shrinking");
  }
  #name;
  /** `"field":value`, by field. */
  #fields = /* @__PURE__ */ new Map();
  #lost = [];
  constructor(name, fields) {
    this.#name = harmlessJson(name);
    for (const [field, value] of Object.entries(fields)) {
      const object = harmlessJson({ [field]: value });
      const withoutBraces = object.slice(1, -1);
      this.#fields.set(field, withoutBraces);
    }
  }
  /**
   * The fields that it still has and that are longer than a note of their loss, with their bytes.
   */
  get fields() {
    const fields = [];
    for (const [field, { length }] of this.#fields) {
      const noteLength = JSON.stringify(field).length + TRUNCATED_COST;
      if (length > noteLength) fields.push([field, length]);
    }
    return fields;
  }
  /** Its bytes, and the comma after it. */
  get size() {
    return this.toString().length + 1;
  }
  /** Drops a field, and notes its name. Returns the bytes that this saves. */
  drop(field) {
    const before = this.size;
    this.#fields.delete(field);
    this.#lost = [...this.#lost, field];
    return before - this.size;
  }
  /** Drops all fields that need not be kept. Returns the bytes that this saves. */
  strip() {
    const before = this.size;
    for (const field of this.#fields.keys()) {
      if (isNotKept(field)) this.#fields.delete(field);
    }
    this.#lost = ["*"];
    return before - this.size;
  }
  toString() {
    const members = [...this.#fields.values()];
    if (this.#lost.length > 0) {
      const lost = JSON.stringify(this.#lost);
      members.push(`"truncated":${lost}`);
    }
    return `${this.#name}:{${members.join(",")}}`;
  }
};
var SHORT_MESSAGE = 300;
function boundedList(entries) {
  const json = harmlessJson(entries);
  if (Buffer.byteLength(json) <= JSON_LIMIT) return json;
  const short = entries.map((entry) => {
    const message = cut(entry.message);
    return { ...entry, message };
  });
  const count = Math.max(countOfFirst(short, "[]"), 1);
  return harmlessJson(short.slice(0, count));
}
__name(boundedList, "boundedList");
function countOfFirst(rows, around) {
  let size = around.length;
  for (const [at, row] of rows.entries()) {
    size += harmlessJson(row).length + 1;
    if (size > JSON_LIMIT) return at;
  }
  return rows.length;
}
__name(countOfFirst, "countOfFirst");
function cut(message) {
  if (message.length <= SHORT_MESSAGE) return message;
  return `${message.slice(0, SHORT_MESSAGE)}…`;
}
__name(cut, "cut");
function boundedRows(rows) {
  const json = harmlessJson(rows);
  if (json.length <= JSON_LIMIT) return json;
  const count = countOfFirst(rows, `[{"truncated":${rows.length}}]`);
  return harmlessJson([...rows.slice(0, count), { truncated: rows.length - count }]);
}
__name(boundedRows, "boundedRows");

// src/runner/outputs.ts
var OUTPUTS = [
  "exists",
  "digest",
  "digests",
  "image",
  "images",
  "platforms",
  "config",
  "labels",
  "size",
  "missing",
  "json",
  "metadata-file",
  "build-contexts",
  "bake-file",
  "oci-layout",
  "cache-hit",
  "bytes-restored",
  "bytes-downloaded",
  "stale",
  "references",
  "changed-files"
];
var EMPTY_VALUES = OUTPUTS.map((name) => [name, ""]);
var EMPTY = Object.fromEntries(EMPTY_VALUES);
function toOutputs(outcome, made) {
  const { images, pulled } = outcome;
  const pinned = images.map(pinnedReference);
  const digests = images.map(({ root }) => root?.fetched.digest ?? "");
  const contexts = made.contexts.map(([name, context]) => `${name}=${context}`);
  return {
    exists: existsOf(images, made.found),
    ...outputsOfFirst(images[0], made.runner),
    digests: JSON.stringify(digests),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    size: String(totalSize(images)),
    missing: boundedList([...images.flatMap(missingEntries), ...missingFiles(made.found)]),
    json: boundedImages(made.results),
    "metadata-file": made.files.metadata,
    "build-contexts": contexts.join("\n"),
    "bake-file": made.files.bake,
    ...outputsOfPull(pulled),
    stale: staleOf(images),
    references: made.found === void 0 ? "" : boundedRows(made.references),
    "changed-files": made.found?.changed.join("\n") ?? ""
  };
}
__name(toOutputs, "toOutputs");
var OF_PINS = ["file-changed", "not-written"];
function existsOf(images, found) {
  const exists = existsAll(images);
  const unread = found?.problems.filter(({ reason }) => !OF_PINS.includes(reason)) ?? [];
  const isComplete = unread.every(({ optional }) => optional);
  if (exists === void 0 || exists && !isComplete) return "";
  return String(exists);
}
__name(existsOf, "existsOf");
function staleOf(images) {
  if (images.every(({ wanted }) => wanted.base === void 0)) return "";
  const stale = images.filter(({ base }) => base?.stale === true);
  return JSON.stringify(stale.map(({ wanted }) => wanted.name));
}
__name(staleOf, "staleOf");
function missingFiles(found) {
  return (found?.problems ?? []).map(({ where, status, reason, message }) => {
    return { name: where, reference: "", platform: "", status, reason, message };
  });
}
__name(missingFiles, "missingFiles");
function outputsOfFirst(first, runner) {
  const platforms = first === void 0 ? [] : offeredPlatforms(first);
  const config = first && shownImage(first, runner)?.config;
  const labels = config && Object.fromEntries(config.labels);
  return {
    digest: first?.root?.fetched.digest ?? "",
    platforms: bounded(platforms),
    config: bounded(config?.json),
    labels: bounded(labels)
  };
}
__name(outputsOfFirst, "outputsOfFirst");
function outputsOfPull(pulled) {
  return {
    "oci-layout": pulled?.layout ?? "",
    "cache-hit": String(pulled?.hit ?? ""),
    "bytes-restored": String(pulled?.restored ?? ""),
    "bytes-downloaded": String(pulled?.downloaded ?? "")
  };
}
__name(outputsOfPull, "outputsOfPull");
function bounded(value) {
  if (value === void 0) return "";
  const json = harmlessJson(value);
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}
__name(bounded, "bounded");
var BOUNDED = ["config", "labels", "platforms"];
function leftOut(outputs, { images }) {
  const [first] = images;
  if (first === void 0 || countedPlatforms(first).length === 0) return [];
  const names = BOUNDED.filter((name) => outputs[name] === "");
  const file = outputs["metadata-file"];
  const why = `it would have ${JSON_LIMIT} bytes or more; ${file} has it`;
  return names.map((name) => `the output ${name} is empty: ${why}`);
}
__name(leftOut, "leftOut");
function offeredPlatforms({ platforms }) {
  const offered = platforms.filter(({ digest }) => digest !== void 0);
  return offered.map(({ platform }) => platform);
}
__name(offeredPlatforms, "offeredPlatforms");
function missingEntries(resolved) {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map((problem2) => ({
    name,
    reference: written,
    platform: problem2.platform,
    status: problem2.status,
    reason: problem2.reason,
    message: problem2.message
  }));
}
__name(missingEntries, "missingEntries");

// src/runner/redaction.ts
function redact(outcome, withhold) {
  const images = outcome.images.map((image) => redactResult(image, withhold));
  return { ...outcome, images };
}
__name(redact, "redact");
function redactFiles(report2, withhold) {
  const unknown2 = report2.unknown.map((one) => ({ ...one, text: withhold(one.text) }));
  const problems = report2.problems.map((problem2) => redactProblem(problem2, withhold));
  return { ...report2, unknown: unknown2, problems };
}
__name(redactFiles, "redactFiles");
function redactResult(result, withhold) {
  const { root, problem: problem2, platforms, pin: pin2, base } = result;
  return {
    ...result,
    ...pin2 === void 0 ? {} : { pin: redactProblem(pin2, withhold) },
    ...base === void 0 ? {} : { base: redactBase(base, withhold) },
    root: root && redactRoot(root, withhold),
    problem: problem2 && redactProblem(problem2, withhold),
    platforms: platforms.map((platform) => redactPlatform(platform, withhold))
  };
}
__name(redactResult, "redactResult");
function redactRoot(root, withhold) {
  const { document, fetched } = root;
  const mediaType = withhold(document.mediaType);
  return {
    ...root,
    document: { ...document, mediaType },
    fetched: redactFetched(fetched, withhold)
  };
}
__name(redactRoot, "redactRoot");
function redactBase(base, withhold) {
  const reference = withhold(base.reference);
  return { ...base, reference, message: withhold(base.message) };
}
__name(redactBase, "redactBase");
function redactProblem(problem2, withhold) {
  const message = withhold(problem2.message);
  return { ...problem2, message };
}
__name(redactProblem, "redactProblem");
function redactPlatform(outcome, withhold) {
  const image = outcome.image && redactImage(outcome.image, withhold);
  return {
    ...outcome,
    platform: withhold(outcome.platform),
    message: withhold(outcome.message),
    image
  };
}
__name(redactPlatform, "redactPlatform");
function redactImage(image, withhold) {
  return {
    ...image,
    manifest: redactFetched(image.manifest, withhold),
    config: redactConfig(image.config, withhold)
  };
}
__name(redactImage, "redactImage");
function redactConfig(config, withhold) {
  return {
    ...config,
    created: withhold(config.created),
    labels: redactLabels(config.labels, withhold),
    entrypoint: config.entrypoint.map(withhold),
    cmd: config.cmd.map(withhold),
    user: withhold(config.user),
    workdir: withhold(config.workdir),
    exposedPorts: config.exposedPorts.map(withhold),
    json: redactObject(config.json, withhold)
  };
}
__name(redactConfig, "redactConfig");
function redactLabels(labels, withhold) {
  const redacted = /* @__PURE__ */ new Map();
  for (const [name, value] of labels) {
    redacted.set(withhold(name), withhold(value));
  }
  return redacted;
}
__name(redactLabels, "redactLabels");
function redactFetched(fetched, withhold) {
  const text = fetched.content.toString();
  const hasEscapes = text.includes("\\");
  if (!hasEscapes && withhold(text) === text) return fetched;
  const document = JSON.parse(text);
  const redacted = JSON.stringify(redactJson(document, withhold));
  return { ...fetched, content: Buffer.from(redacted) };
}
__name(redactFetched, "redactFetched");
function redactJson(value, withhold) {
  if (typeof value === "string") return withhold(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((inner) => redactJson(inner, withhold));
  return redactObject(value, withhold);
}
__name(redactJson, "redactJson");
function redactObject(object, withhold) {
  const redacted = /* @__PURE__ */ new Map();
  for (const [key, value] of Object.entries(object)) {
    redacted.set(withhold(key), redactJson(value, withhold));
  }
  return Object.fromEntries(redacted);
}
__name(redactObject, "redactObject");
function isList(value) {
  return Array.isArray(value);
}
__name(isList, "isList");

// src/runner/references.ts
function toReferenceRows({ references, unknown: unknown2 }, images) {
  const digests = new Map(images.map(({ wanted, root }) => [wanted.name, root?.fetched.digest]));
  const known = references.map((reference) => {
    return rowOf(reference, digests.get(reference.name) ?? "");
  });
  return [...known, ...unknown2.map(unknownRow)];
}
__name(toReferenceRows, "toReferenceRows");
function rowOf({ file, kind, found, name }, digest) {
  const { place, reference, platform = "" } = found;
  const { line, column, endColumn } = place;
  return { file, line, column, endColumn, as: kind, reference, platform, name, digest };
}
__name(rowOf, "rowOf");
function unknownRow({ file, place, text, why }) {
  return { file, line: place.line, text, why };
}
__name(unknownRow, "unknownRow");

// src/action/pins.ts
function writePins(files, outcome) {
  const { references, workspace, digests } = files;
  const changed = [];
  const problems = [];
  for (const [file, edits] of editsOf(references, outcome)) {
    const before = digests.get(file);
    if (before === void 0) continue;
    try {
      if (workspace.pin(file, before, edits)) changed.push(file);
    } catch (error) {
      problems.push(unwritten(error, file));
    }
  }
  return { changed, problems };
}
__name(writePins, "writePins");
function unwritten(error, file) {
  const location = { file, line: 1, column: 1, endColumn: 1 };
  const isChanged = error instanceof PullError && error.reason === "file-changed";
  return fileProblem(error, file, { optional: isChanged, location });
}
__name(unwritten, "unwritten");
function editsOf(references, { images }) {
  const resolved = images.filter((image) => statusOf(image) === "ok");
  const roots = new Map(resolved.map(({ wanted, root }) => [wanted.name, root]));
  const files = /* @__PURE__ */ new Map();
  for (const { file, name, found } of references) {
    const digest = roots.get(name)?.fetched.digest;
    if (found.pin === void 0 || digest === void 0) continue;
    const edits = files.get(file) ?? [];
    edits.push({ pin: found.pin, digest });
    files.set(file, edits);
  }
  return files;
}
__name(editsOf, "editsOf");

// src/action/conclude.ts
async function conclude2({ outcome, files }, inputs, workflow, directory) {
  const cacheMiss = inputs.cache.failOnMiss ? missedBy(outcome) : "";
  const isRefused = cacheMiss !== "" || hasFailed({ outcome, files }, inputs);
  const report2 = files && pin(files, outcome, isRefused, inputs, workflow);
  const isFailed = isRefused || hasProblem(report2);
  const redacted = redact(outcome, workflow.withhold);
  const found = report2 && redactFiles(report2, workflow.withhold);
  const judged = { ...redacted, cacheMiss, files: found };
  annotate2(workflow, judged, inputs.failOnMissing);
  await handOn(judged, inputs, workflow, directory);
  const { jobSummary } = inputs;
  const isSummarised = jobSummary === "always" || jobSummary === "on-failure" && isFailed;
  if (isSummarised) await workflow.summary(judged);
  return isFailed ? 1 : 0;
}
__name(conclude2, "conclude");
function hasFailed({ outcome, files }, { failOnMissing }) {
  return hasProblem(files) || outcome.images.some((image) => failsStep(image, failOnMissing));
}
__name(hasFailed, "hasFailed");
function hasProblem(files) {
  return files?.problems.some(({ optional }) => !optional) ?? false;
}
__name(hasProblem, "hasProblem");
function pin(files, outcome, isRefused, { pins }, workflow) {
  if (pins !== "write") return { ...files, changed: [] };
  if (isRefused) {
    workflow.say("no digest is written into the files, because the step failed");
    return { ...files, changed: [] };
  }
  const { changed, problems } = writePins(files, outcome);
  sayPinned(workflow, changed);
  return { ...files, changed, problems: [...files.problems, ...problems] };
}
__name(pin, "pin");
async function handOn(judged, { runner }, workflow, directory) {
  const { images, files: found } = judged;
  const results = toResults(judged, runner);
  const contexts = buildContexts(judged);
  const references = found === void 0 ? [] : toReferenceRows(found, images);
  const files = await writeFiles({ outcome: judged, results, contexts, references }, directory);
  const outputs = toOutputs(judged, { results, contexts, files, runner, found, references });
  writeOutputs(workflow, outputs);
  for (const line of leftOut(outputs, judged)) workflow.say(line);
}
__name(handOn, "handOn");
function writeOutputs(workflow, outputs) {
  for (const name of OUTPUTS) workflow.output(name, outputs[name]);
}
__name(writeOutputs, "writeOutputs");
function missedBy({ pulled }) {
  const missed = pulled?.missed ?? [];
  const [first] = missed;
  if (first === void 0) return "";
  const blobs = missed.length === 1 ? "1 blob" : `${missed.length} blobs`;
  const found = `${blobs} did not come from the cache, the first is ${first.digest}`;
  const next = "run a job that saves them, or leave fail-on-cache-miss out";
  return `${found}, and fail-on-cache-miss is set; ${next}`;
}
__name(missedBy, "missedBy");

// src/action/step.ts
async function step(machine, workflow) {
  try {
    return await run(machine, workflow);
  } catch (error) {
    report(workflow, error);
    writeEmptyOutputs(workflow);
    return 1;
  }
}
__name(step, "step");
function writeEmptyOutputs(workflow) {
  try {
    writeOutputs(workflow, EMPTY);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
  }
}
__name(writeEmptyOutputs, "writeEmptyOutputs");
function report(workflow, error) {
  if (error instanceof PullError) {
    return workflow.error("registry-pull cannot work on this runner", error.message);
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  const { message, stack = "" } = bug;
  const next = "please report it with the stack trace below";
  workflow.error("internal error in registry-pull", `${message}; ${next}`);
  const frames = stack.split("\n").slice(1);
  workflow.group("stack trace", frames);
}
__name(report, "report");
async function run(machine, workflow) {
  const runner = runnerPlatform(machine.platform, machine.architecture);
  const inputs = await readInputs(machine.environment, runner);
  if ("problems" in inputs) {
    const { problems, jobSummary } = inputs;
    annotateInputs(workflow, problems);
    writeOutputs(workflow, EMPTY);
    if (jobSummary !== "never") await workflow.summary({ invalid: problems });
    return 1;
  }
  workflow.mask(inputs.githubToken);
  for (const { password } of inputs.registryAuth) workflow.mask(password);
  const directory = await makeFilesDirectory(machine.temporary);
  const done = await withDeadline(inputs, machine, workflow, work);
  return conclude2(done, inputs, workflow, directory);
}
__name(run, "run");
async function withDeadline(inputs, machine, workflow, work2) {
  const { clock, cancelled } = machine;
  const overdue = `the step's timeout of ${inputs.timeout} s has passed`;
  const stop = new AbortController();
  const cancelTimeout = clock.after(
    inputs.timeout * 1e3,
    () => stop.abort(new PullError("timeout", overdue))
  );
  const signal = AbortSignal.any([stop.signal, cancelled]);
  try {
    const started = clock.now();
    return await work2({ inputs, machine, workflow, signal, started });
  } finally {
    cancelTimeout();
  }
}
__name(withDeadline, "withDeadline");
async function work(step2) {
  const { inputs, workflow } = step2;
  if (inputs.files.included.length === 0) {
    return { outcome: await check(step2, void 0), files: void 0 };
  }
  const { readFiles } = await import("./files-ANXEGIN6.js");
  const files = await readFiles(step2);
  sayFound(workflow, files);
  const plan = { ...inputs.plan, wanted: files.wanted };
  const outcome = await check({ ...step2, inputs: { ...inputs, plan } }, files);
  return { outcome, files };
}
__name(work, "work");
async function check(step2, files) {
  const { inputs, machine, workflow, signal } = step2;
  const connected = connectRegistry(inputs, { machine, voice: workflow, signal });
  try {
    if (inputs.pull === "none") {
      const images2 = await ask(connected.registry, connected, step2);
      return notPulled(images2);
    }
    const [{ openCache }, { pullAndLoad }] = await Promise.all([
      import("./cache-ZBY3QNE2.js"),
      import("./pull-KRVYBGDF.js")
    ]);
    const cached = await openCache(connected, step2);
    const images = await ask(cached.registry, connected, step2);
    const resolved = notPulled(images);
    if (hasFailed({ outcome: resolved, files }, inputs)) return resolved;
    return await pullAndLoad(images, cached, step2);
  } finally {
    connected.http.close();
  }
}
__name(check, "check");
async function ask(source, { api }, { inputs, machine, workflow, signal }) {
  const images = await resolveAll(inputs.plan, source, {
    now: machine.clock.now,
    sleep: machine.clock.sleep,
    signal,
    say: workflow.say,
    resolved: /* @__PURE__ */ __name((image) => sayResolved(workflow, image), "resolved")
  });
  const judged = await judgeBases(images, source);
  for (const { wanted, base } of judged) {
    if (base !== void 0) workflow.say(`base of ${wanted.name}: ${base.message}`);
  }
  for (const [registry, remaining] of api.remainingPulls) {
    workflow.say(`${registry}: ${remaining}`);
  }
  return judged;
}
__name(ask, "ask");

export {
  DEFAULTS,
  step
};
