import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  harmlessJson
} from "./chunk-37L7G2KK.js";
import {
  CACHE_MODES
} from "./chunk-2CUFTCI4.js";
import {
  BUILDKIT_CACHE_CONFIG,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT,
  OCI_INDEX,
  OCI_MANIFEST,
  SCHEMA1,
  annotate,
  asObject,
  asShortList,
  asString,
  connectRegistries,
  familiarName,
  formatPlatform,
  isImageConfig,
  isIndex,
  isLayer,
  isManifest,
  isSchema1,
  isSpecific,
  nearest,
  nearestTags,
  openHttp,
  parseConfig,
  parseJson,
  parsePlatform,
  parseReference,
  pinnedReference,
  problemsOf,
  readDescriptor,
  readSchema1,
  repositoryName,
  runnerPlatform,
  sameMachine,
  satisfies,
  sayResolved,
  shownImage,
  statusOf,
  toEntries,
  totalSize
} from "./chunk-3S3BTVFU.js";
import {
  PullError,
  algorithmOf,
  inContext,
  mayHeal
} from "./chunk-2JVBJPTP.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/lists.ts
function lines(text) {
  return text.split("\n").map((line, at) => ({ line: at + 1, text: line.replace(/(^|\s)#.*$/, "").trim() })).filter(({ text: text2 }) => text2 !== "");
}
__name(lines, "lines");
function readPlatforms(where, text, complain) {
  const items = listItems(text);
  if (items.length === 0) return void 0;
  if (items.length === 1 && (items[0] === "all" || items[0] === "any")) return items[0];
  const platforms = items.map((item) => {
    if (item !== "all" && item !== "any") return attempt(() => parsePlatform(item), where, complain);
    complain(`${where}: ${item} stands alone: expected all, any, or a list of os/arch[/variant]`);
    return void 0;
  });
  return platforms.filter((platform) => platform !== void 0);
}
__name(readPlatforms, "readPlatforms");
function listItems(text) {
  return lines(text).flatMap(
    (line) => line.text.split(",").map((item) => item.trim()).filter((item) => item !== "")
  );
}
__name(listItems, "listItems");
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

// src/runner/images.ts
var FORM = "expected reference[,name=key][,platform=os/arch[/variant]][,optional=true]";
function readImages(text, platforms, complain) {
  const found = lines(text);
  if (found.length === 0) complain(`images: expected at least one reference, got none; ${FORM}`);
  const images = found.map(({ line, text: text2 }) => readImage(`images, line ${line}`, text2, platforms, complain));
  const seen = /* @__PURE__ */ new Set();
  images.forEach((image, at) => {
    if (image === void 0) return;
    if (seen.has(image.name)) complain(`images, line ${found[at]?.line}: the name ${image.name} is taken by an earlier line; add name=`);
    seen.add(image.name);
  });
  return images.filter((image) => image !== void 0);
}
__name(readImages, "readImages");
function readImage(where, text, platforms, complain) {
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  const reference = attempt(() => parseReference(written), where, complain);
  const values = readOptions(where, options, complain);
  const own = values.get("platform");
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  const name = values.get("name")?.at(-1) ?? written;
  if (values.has("name") && !/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/.test(name)) {
    complain(`${where}: name: expected letters, digits and _ . : / @ -, got ${JSON.stringify(name)}`);
  }
  if (reference === void 0) return void 0;
  return {
    name,
    written,
    reference,
    platforms: (own && readPlatforms(`${where}: platform`, own.join("\n"), complain)) ?? platforms,
    optional: optional === "true"
  };
}
__name(readImage, "readImage");
function readOptions(where, options, complain) {
  const values = /* @__PURE__ */ new Map();
  for (const option of options) {
    const [, key, value] = /^(name|platform|optional)=(.+)$/.exec(option) ?? [];
    if (key === void 0 || value === void 0) complain(`${where}: ${JSON.stringify(option)} is no option; ${FORM}`);
    else values.set(key, [...values.get(key) ?? [], value]);
  }
  return values;
}
__name(readOptions, "readOptions");

// src/runner/inputs.ts
var DEFAULTS = {
  images: "",
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
  const problems = [];
  const complain = /* @__PURE__ */ __name((problem) => problems.push(problem), "complain");
  const text = /* @__PURE__ */ __name((name) => environment[`INPUT_${name.toUpperCase()}`]?.trim() || DEFAULTS[name], "text");
  const number = /* @__PURE__ */ __name((name, least, most) => readNumber(name, text(name), least, most, complain), "number");
  const boolean = /* @__PURE__ */ __name((name) => readBoolean(name, text(name), complain), "boolean");
  const platforms = readPlatforms("platforms", text("platforms"), complain) ?? [runner];
  const inputs = {
    plan: {
      wanted: readImages(text("images"), platforms, complain),
      verify: readChoice("verify", text("verify"), ["index", "manifest", "blobs"], complain),
      waitTimeout: number("wait-timeout", 0, 86400),
      waitInterval: number("wait-interval", 1, 3600)
    },
    pull: readChoice("pull", text("pull"), ["none", "layout", "docker", "podman"], complain),
    path: readPath(text("path"), complain),
    cache: {
      mode: readChoice("cache-mode", text("cache-mode"), CACHE_MODES, complain),
      minSize: readSize("cache-min-size", text("cache-min-size"), complain),
      maxSize: readSize("cache-max-size", text("cache-max-size"), complain),
      savePrivate: boolean("cache-private"),
      keyPrefix: readKeyPrefix(text("cache-key-prefix"), complain),
      failOnMiss: boolean("fail-on-cache-miss")
    },
    runner,
    failOnMissing: boolean("fail-on-missing"),
    registryAuth: await readLogins(text("registry-auth"), complain),
    githubToken: text("github-token"),
    insecureRegistries: readHosts("insecure-registries", text("insecure-registries"), complain),
    trustedRealms: readHosts("trusted-realms", text("trusted-realms"), complain),
    concurrency: number("concurrency", 1, 64),
    timeout: number("timeout", 1, 21600),
    jobSummary: readChoice("job-summary", text("job-summary"), ["always", "on-failure", "never"], complain)
  };
  return problems.length > 0 ? { problems } : inputs;
}
__name(readInputs, "readInputs");
async function readLogins(text, complain) {
  if (text === "") return [];
  const { readRegistryAuth } = await import("./registry-auth-3QA6KHFG.js");
  return readRegistryAuth(text, complain);
}
__name(readLogins, "readLogins");
function readNumber(name, text, least, most, complain) {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    complain(`${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  return value;
}
__name(readNumber, "readNumber");
function readBoolean(name, text, complain) {
  if (!/^(true|True|TRUE|false|False|FALSE)$/.test(text)) complain(`${name}: expected true or false, got ${JSON.stringify(text)}`);
  return text.toLowerCase() === "true";
}
__name(readBoolean, "readBoolean");
function readChoice(name, text, choices, complain) {
  const choice = choices.find((one) => one === text);
  if (choice === void 0) complain(`${name}: expected ${choices.join(", ")}, got ${JSON.stringify(text)}`);
  return choice ?? choices[0];
}
__name(readChoice, "readChoice");
function readPath(text, complain) {
  if (new RegExp("\\p{Cc}", "u").test(text)) complain(`path: expected a path without control characters, got ${JSON.stringify(text)}`);
  return text;
}
__name(readPath, "readPath");
var UNITS = { "": 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 };
function readSize(name, text, complain) {
  const [, number = "", unit = ""] = /^(\d{1,9}) ?([kmg]i?)?b?$/i.exec(text) ?? [];
  if (number === "") complain(`${name}: expected a size like 500kB, 1MiB or 2GiB, got ${JSON.stringify(text)}`);
  return Number(number) * (UNITS[unit.toLowerCase()] ?? 1);
}
__name(readSize, "readSize");
function readKeyPrefix(text, complain) {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(text))
    complain(`cache-key-prefix: expected at most 100 letters, digits and . _ -, got ${JSON.stringify(text)}`);
  return text;
}
__name(readKeyPrefix, "readKeyPrefix");
function readHosts(name, text, complain) {
  const hosts = listItems(text).map((item) => item.toLowerCase());
  for (const host of hosts) {
    if (!/^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/.test(host))
      complain(`${name}: expected host or host:port, got ${JSON.stringify(host)}`);
  }
  return new Set(hosts);
}
__name(readHosts, "readHosts");

// src/oci/document.ts
var FIELDS = [
  "schemaVersion",
  "mediaType",
  "artifactType",
  "config",
  "layers",
  "manifests",
  "blobs",
  "subject",
  "annotations",
  "fsLayers",
  "history",
  "signatures",
  "architecture"
];
function parseDocument(bytes, claimed) {
  if (claimed === "text/html") {
    throw new PullError("invalid", "expected a manifest, got a web page (text/html): a login page or a proxy answered instead");
  }
  const json = asObject(parseJson(bytes, "manifest"), "manifest", FIELDS);
  const mediaType = typeOf(json, claimed);
  refuseAmbiguous(json, mediaType);
  if (isSpecific(claimed) && !agree(mediaType, claimed)) {
    throw new PullError("invalid", `mediaType differs: the manifest is ${mediaType}, but it was announced as ${claimed}`);
  }
  return readDocument(json, mediaType);
}
__name(parseDocument, "parseDocument");
function agree(mediaType, claimed) {
  return mediaType === claimed || isSchema1(mediaType) && isSchema1(claimed);
}
__name(agree, "agree");
function typeOf(json, claimed) {
  const own = asString(json["mediaType"], "manifest mediaType");
  if (own !== "") return own;
  if (json["schemaVersion"] === 1) return isSchema1(claimed) ? claimed : SCHEMA1;
  if (isSpecific(claimed)) return claimed;
  if (json["manifests"] !== void 0) return OCI_INDEX;
  if (json["config"] !== void 0 || json["layers"] !== void 0) return OCI_MANIFEST;
  return "";
}
__name(typeOf, "typeOf");
function refuseAmbiguous(json, mediaType) {
  if (!isSpecific(mediaType)) return;
  const foreign = PARTS.filter((part) => json[part] !== void 0 && !partsOf(mediaType).includes(part));
  if (foreign.length > 0) {
    throw new PullError("invalid", `ambiguous manifest: ${mediaType} with ${foreign.join(" and ")} can be read in two ways`);
  }
}
__name(refuseAmbiguous, "refuseAmbiguous");
var PARTS = ["config", "layers", "manifests", "fsLayers", "blobs"];
function partsOf(mediaType) {
  if (isIndex(mediaType)) return ["manifests"];
  if (isSchema1(mediaType)) return ["fsLayers"];
  return mediaType === OCI_ARTIFACT ? ["blobs"] : ["config", "layers"];
}
__name(partsOf, "partsOf");
function readDocument(json, mediaType) {
  if (isIndex(mediaType)) return readIndex(json, mediaType);
  if (isManifest(mediaType)) return readManifest(json, mediaType);
  if (isSchema1(mediaType)) return { kind: "schema1", mediaType, schema1: readSchema1(json) };
  if (mediaType === OCI_ARTIFACT) {
    const artifactType = asString(json["artifactType"], "manifest artifactType");
    return { kind: "artifact", mediaType, artifactType, config: void 0, layers: descriptors(json["blobs"], "blobs") };
  }
  const found = mediaType === "" ? `fields ${Object.keys(json).slice(0, 8).join(", ") || "none"}` : `mediaType ${mediaType}`;
  throw new PullError(
    "unsupported",
    `expected an image manifest or index (${[OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(", ")}), got ${found}`
  );
}
__name(readDocument, "readDocument");
function readIndex(json, mediaType) {
  if (json["manifests"] === void 0) throw new PullError("invalid", "index has no manifests");
  const entries = descriptors(json["manifests"], "manifests");
  const config = entries.find((entry) => entry.mediaType === BUILDKIT_CACHE_CONFIG);
  const layers = entries.filter((entry) => isLayer(entry.mediaType));
  if (config === void 0 && (layers.length === 0 || layers.length < entries.length)) return { kind: "index", mediaType, entries };
  return { kind: "buildkit-cache", mediaType, artifactType: BUILDKIT_CACHE_CONFIG, config, layers };
}
__name(readIndex, "readIndex");
function readManifest(json, mediaType) {
  if (json["config"] === void 0) throw new PullError("invalid", "manifest has no config");
  const config = readDescriptor(json["config"], "descriptor config");
  const layers = descriptors(json["layers"], "layers");
  refuseTwoSizes([config, ...layers]);
  const named = asString(json["artifactType"], "manifest artifactType");
  if (named === "" && isImageConfig(config.mediaType)) return { kind: "image", mediaType, config, layers };
  const kind = config.mediaType === BUILDKIT_CACHE_CONFIG ? "buildkit-cache" : "artifact";
  return { kind, mediaType, artifactType: named || config.mediaType, config, layers };
}
__name(readManifest, "readManifest");
function refuseTwoSizes(descriptors2) {
  const sizes = /* @__PURE__ */ new Map();
  for (const { digest, size } of descriptors2) {
    const before = sizes.get(digest) ?? size;
    if (before !== size) throw new PullError("invalid", `ambiguous manifest: ${digest} is listed with ${before} and with ${size} bytes`);
    sizes.set(digest, size);
  }
}
__name(refuseTwoSizes, "refuseTwoSizes");
function descriptors(value, field) {
  return asShortList(value, field).map((entry, at) => readDescriptor(entry, `descriptor ${field}[${at}]`));
}
__name(descriptors, "descriptors");

// src/pull/resolve.ts
var DEPTH_LIMIT = 3;
var INDEX_LIMIT = 64;
var MANIFEST_LIMIT = 64;
async function resolveRoot(source, reference) {
  const fetched = await source.manifest(reference, reference.digest ?? reference.tag ?? "latest");
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") return { fetched, document, offers: [], unnamed: [], attestations: 0, nested: [] };
  const nested = { asked: 0, found: [] };
  const entries = await flatten(source, reference, document.entries, nested, 1);
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
__name(resolveRoot, "resolveRoot");
function isImageEntry(entry) {
  return isManifest(entry.mediaType) || isSchema1(entry.mediaType);
}
__name(isImageEntry, "isImageEntry");
function hasPlatform(entry) {
  return entry.platform !== void 0;
}
__name(hasPlatform, "hasPlatform");
async function flatten(source, image, entries, nested, depth) {
  const indexes = entries.filter(({ mediaType }) => isIndex(mediaType));
  if (depth === DEPTH_LIMIT && indexes.length > 0) throw new PullError("invalid", `too deep: indexes nested deeper than ${DEPTH_LIMIT}`);
  nested.asked += indexes.length;
  if (nested.asked > INDEX_LIMIT) {
    throw new PullError("invalid", `too many nested indexes: expected at most ${INDEX_LIMIT}, got ${nested.asked}`);
  }
  const flat = entries.map(async (entry) => {
    if (!isIndex(entry.mediaType)) return [entry];
    const fetched = await fetchListed(source, image, entry);
    nested.found.push(fetched);
    const document = parseDocument(fetched.content, entry.mediaType);
    return document.kind === "index" ? flatten(source, image, document.entries, nested, depth + 1) : [];
  });
  return (await Promise.all(flat)).flat();
}
__name(flatten, "flatten");
async function fetchListed(source, image, descriptor) {
  const fetched = await orDangling(source.manifest(image, descriptor.digest), `manifest ${descriptor.digest}`);
  if (fetched.bytes.length === descriptor.size) return fetched;
  throw new PullError("invalid", `size differs: ${descriptor.digest} is listed with ${descriptor.size} bytes, got ${fetched.bytes.length}`);
}
__name(fetchListed, "fetchListed");
function claimedType(descriptor, fetched) {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}
__name(claimedType, "claimedType");
async function orDangling(fetch, what) {
  try {
    return await fetch;
  } catch (error) {
    if (!(error instanceof PullError) || error.status !== "not-found") throw error;
    throw inContext(error, `${what} is listed by the image but is not in the registry; push the image again`, "dangling");
  }
}
__name(orDangling, "orDangling");

// src/pull/verify.ts
async function verifyOffer(source, image, offer, depth) {
  const verified = await verifyListed(source, image, offer.descriptor, depth);
  const { platform } = verified.config;
  const claimed = formatPlatform(offer.platform);
  const found = formatPlatform(platform);
  if (!sameMachine(offer.platform, platform)) {
    throw new PullError(
      "platform-mismatch",
      `the index says ${claimed}, but the config of ${offer.descriptor.digest} says ${found}; build and push that platform again`
    );
  }
  const differs = offer.platform.variant !== platform.variant;
  const warnings = differs ? [`the index says ${claimed}, the config of ${offer.descriptor.digest} says ${found}`] : [];
  return { image: verified, warnings };
}
__name(verifyOffer, "verifyOffer");
async function verifyListed(source, image, descriptor, depth) {
  const fetched = await fetchListed(source, image, descriptor);
  return verifyImage(source, image, fetched, parseDocument(fetched.content, claimedType(descriptor, fetched)), depth);
}
__name(verifyListed, "verifyListed");
async function verifyImage(source, image, manifest, document, depth) {
  if (document.kind === "schema1") {
    const { layers: layers2, config: config2 } = document.schema1;
    const distinct2 = [...new Set(layers2)];
    const sizes = depth === "index" ? [] : await Promise.all(distinct2.map((digest) => presentSize(source, image, "layer", digest)));
    const blobs = distinct2.map((digest, at) => ({ digest, size: sizes[at] }));
    return { manifest, config: config2, configDigest: void 0, layers: layers2, blobs };
  }
  if (document.kind !== "image") {
    throw new PullError(
      "not-an-image",
      `${manifest.digest} is ${document.kind === "index" ? "an index" : describeArtifact(document)}, not an image`
    );
  }
  const [config] = await Promise.all([
    readConfigBlob(source, image, document),
    depth === "blobs" ? checkBlobs(source, image, "layer", document.layers) : void 0
  ]);
  const { config: descriptor, layers } = document;
  return {
    manifest,
    config,
    configDigest: descriptor.digest,
    layers: layers.map(({ digest }) => digest),
    blobs: distinctBlobs([descriptor, ...layers])
  };
}
__name(verifyImage, "verifyImage");
async function readConfigBlob(source, image, { config: descriptor, layers }) {
  const config = parseConfig(await orDangling(source.blob(image, descriptor), `config ${descriptor.digest}`));
  if (config.diffIds === void 0 || config.diffIds === layers.length) return config;
  throw new PullError(
    "invalid",
    `config ${descriptor.digest} lists ${config.diffIds} diffIDs, but the manifest has ${layers.length} layers`
  );
}
__name(readConfigBlob, "readConfigBlob");
async function checkBlobs(source, image, use, descriptors2) {
  const here = descriptors2.filter((descriptor) => !descriptor.foreign);
  await Promise.all(
    here.map(async ({ digest, size }) => {
      const stated = await presentSize(source, image, use, digest);
      if (stated === void 0 || stated === size) return;
      throw new PullError("invalid", `size differs: ${use} ${digest} is listed with ${size} bytes, the registry has ${stated}`);
    })
  );
}
__name(checkBlobs, "checkBlobs");
function presentSize(source, image, use, digest) {
  return orDangling(source.blobSize(image, digest), `${use} ${digest}`);
}
__name(presentSize, "presentSize");
function distinctBlobs(descriptors2) {
  return [...new Map(descriptors2.map(({ digest, size }) => [digest, { digest, size }])).values()];
}
__name(distinctBlobs, "distinctBlobs");
function describeArtifact(document) {
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  const type = document.kind === "artifact" ? document.artifactType : "";
  if (type === "application/vnd.cncf.helm.config.v1+json") return "a Helm chart";
  return type === "" ? "an artifact" : `an artifact of type ${type}`;
}
__name(describeArtifact, "describeArtifact");

// src/pull/gate.ts
async function resolveImage(source, wanted, depth) {
  const nothing = { wanted, root: void 0, platforms: [], blobs: [], warnings: [] };
  try {
    const [root, moved] = await Promise.all([resolveRoot(source, wanted.reference), tagWarnings(source, wanted)]);
    const failed = /* @__PURE__ */ __name((error) => ({ ...nothing, root, problem: asProblem(error, wanted.written) }), "failed");
    const resolved = await judge({ source, wanted, depth, root }).catch(failed);
    return { ...resolved, warnings: [...moved, ...resolved.warnings] };
  } catch (error) {
    const problem = asProblem(error, wanted.written);
    return { ...nothing, problem: { ...problem, message: `${problem.message}${await tagHint(source, wanted, problem)}` } };
  }
}
__name(resolveImage, "resolveImage");
var HINTED_TAGS = 5;
async function tagHint(source, { reference }, { status }) {
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === void 0 || digest !== void 0) return "";
  const tags = await source.tags(reference).catch((error) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  return `; nearest of its ${tags.length} tags: ${nearestTags(tag, tags, HINTED_TAGS).join(", ")}`;
}
__name(tagHint, "tagHint");
function asProblem(error, asked) {
  if (!(error instanceof PullError)) throw error;
  return { status: error.status, message: `${asked}: ${error.message}` };
}
__name(asProblem, "asProblem");
async function tagWarnings(source, { reference, written }) {
  const { tag, digest } = reference;
  if (tag === void 0 || digest === void 0) return [];
  try {
    const { digest: now } = await source.claim(reference, tag);
    if (now === void 0 || algorithmOf(now) !== algorithmOf(digest)) return [];
    return now === digest ? [] : [`${written}: the tag ${tag} now points at ${now}; the digest given decides`];
  } catch (error) {
    const { status } = asProblem(error, written);
    return status === "not-found" ? [`${written}: the tag ${tag} does not exist (any more); the digest given decides`] : [];
  }
}
__name(tagWarnings, "tagWarnings");
async function judge(inquiry) {
  const { wanted, root } = inquiry;
  if (root.document.kind === "artifact" || root.document.kind === "buildkit-cache") return judgeArtifact(inquiry, root.document);
  const { candidates, missing } = root.document.kind === "index" ? await fromIndex(inquiry) : await fromManifest(inquiry);
  if (inquiry.depth !== "index") refuseMany("platforms", candidates.filter(({ required }) => required).length);
  const judged = await Promise.all(candidates.map((candidate) => judgePlatform(inquiry, candidate)));
  const platforms = [...judged.map(({ outcome }) => outcome), ...missing];
  return { wanted, root, platforms, problem: void 0, blobs: [], warnings: judged.flatMap(({ warnings }) => warnings) };
}
__name(judge, "judge");
function refuseMany(what, count) {
  if (count > MANIFEST_LIMIT) throw new PullError("invalid", `too many ${what}: expected at most ${MANIFEST_LIMIT}, got ${count}`);
}
__name(refuseMany, "refuseMany");
async function fromIndex(inquiry) {
  const offers = distinct([...inquiry.root.offers, ...await namedByConfig(inquiry)]);
  const candidates = offers.map((offer) => ({ platform: offer.platform, offer, image: void 0 }));
  return select(inquiry.wanted, candidates);
}
__name(fromIndex, "fromIndex");
async function fromManifest({ source, wanted, depth, root }) {
  const image = await verifyImage(source, wanted.reference, root.fetched, root.document, depth);
  return select(wanted, [{ platform: image.config.platform, offer: void 0, image }]);
}
__name(fromManifest, "fromManifest");
async function namedByConfig({ source, wanted, root }) {
  const { platforms, reference } = wanted;
  if (platforms === "any" || root.unnamed.length === 0) return [];
  const missing = platforms === "all" || platforms.some((required) => !root.offers.some((offer) => satisfies(required, offer.platform)));
  if (!missing) return [];
  refuseMany("entries without a platform", root.unnamed.length);
  const looked = root.unnamed.map(async (descriptor) => {
    try {
      const { config } = await verifyListed(source, reference, descriptor, "manifest");
      return [{ platform: config.platform, descriptor }];
    } catch (error) {
      if (asProblem(error, wanted.written).status === "not-an-image") return [];
      throw error;
    }
  });
  return (await Promise.all(looked)).flat();
}
__name(namedByConfig, "namedByConfig");
function distinct(offers) {
  const first = /* @__PURE__ */ new Map();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}
__name(distinct, "distinct");
function select(wanted, candidates) {
  const { platforms } = wanted;
  if (platforms === "any") return { candidates: candidates.map((candidate) => ({ ...candidate, required: false })), missing: [] };
  if (platforms === "all") {
    const missing = candidates.length === 0 ? [missingPlatform(wanted, void 0, [])] : [];
    return { candidates: candidates.map((candidate) => ({ ...candidate, required: true })), missing };
  }
  const chosen = platforms.map((required) => candidates.find(({ platform }) => satisfies(required, platform)));
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: candidates.map((candidate) => ({ ...candidate, required: chosen.includes(candidate) })),
    missing: platforms.filter((_, at) => chosen[at] === void 0).map((required) => missingPlatform(wanted, required, offered))
  };
}
__name(select, "select");
function missingPlatform(wanted, required, offered) {
  const near = required && nearest(required, offered);
  const offers = offered.length === 0 ? "no platform at all" : offered.map(formatPlatform).join(", ");
  const hint = near === void 0 ? "" : `; nearest: ${formatPlatform(near)}`;
  const platform = required === void 0 ? "all" : formatPlatform(required);
  const message = `${wanted.written} does not offer ${required === void 0 ? "a platform" : platform}; it offers ${offers}${hint}`;
  return { platform, required: true, status: "platform-missing", message, digest: void 0, image: void 0 };
}
__name(missingPlatform, "missingPlatform");
async function judgePlatform({ source, wanted, depth }, candidate) {
  const { offer, image, required } = candidate;
  const platform = formatPlatform(candidate.platform);
  const digest = offer?.descriptor.digest ?? image?.manifest.digest;
  const outcome = { platform, required, status: "ok", message: "", digest, image };
  if (!required || offer === void 0 || depth === "index") return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(source, wanted.reference, offer, depth);
    return { outcome: { ...outcome, image: verified.image }, warnings: verified.warnings.map((text) => `${wanted.written}: ${text}`) };
  } catch (error) {
    return { outcome: { ...outcome, ...asProblem(error, `${wanted.written} ${platform}`) }, warnings: [] };
  }
}
__name(judgePlatform, "judgePlatform");
async function judgeArtifact({ source, wanted, depth, root }, document) {
  const config = document.config === void 0 ? [] : [document.config];
  const result = { wanted, root, platforms: [], blobs: distinctBlobs([...config, ...document.layers]), warnings: [] };
  if (wanted.platforms !== "any") {
    const message = `${wanted.written} is ${describeArtifact(document)} and has no platform; ask for it with platforms: any`;
    return { ...result, problem: { status: "not-an-image", message } };
  }
  await Promise.all([
    depth === "index" ? void 0 : checkBlobs(source, wanted.reference, "config", config),
    depth === "blobs" ? checkBlobs(source, wanted.reference, "layer", document.layers) : void 0
  ]);
  return { ...result, problem: void 0 };
}
__name(judgeArtifact, "judgeArtifact");

// src/pull/run.ts
async function run(plan, source, surroundings) {
  const { now, sleep, signal, say, resolved } = surroundings;
  const deadline = now() + plan.waitTimeout * 1e3;
  const patient = plan.waitTimeout > 0;
  const resolve = /* @__PURE__ */ __name(async (wanted) => {
    const image = await resolveImage(source, wanted, plan.verify);
    if (!patient || !canHeal(image)) resolved(image);
    return image;
  }, "resolve");
  let images = await Promise.all(plan.wanted.map(resolve));
  while (images.some((image) => canHeal(image) && !image.wanted.optional)) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    say(waitingLine(images.filter(canHeal), left));
    await sleep(Math.min(plan.waitInterval * 1e3, left), signal).catch(() => void 0);
    images = await Promise.all(images.map((image) => canHeal(image) ? resolve(image.wanted) : image));
  }
  if (patient) images.filter(canHeal).forEach(resolved);
  return images;
}
__name(run, "run");
function canHeal(resolved) {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayHeal(status));
}
__name(canHeal, "canHeal");
function waitingLine(images, left) {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1e3)} s left`;
}
__name(waitingLine, "waitingLine");

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
async function writeFiles(outcome, runner, parent) {
  const directory = await mkdtemp(join(parent, "registry-pull-"));
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, JSON.stringify(toMetadata(outcome, runner), void 0, 2));
  await writeFile(bake, JSON.stringify(toBake(outcome), void 0, 2));
  return { metadata, bake };
}
__name(writeFiles, "writeFiles");
function toMetadata(outcome, runner) {
  const entries = toEntries(outcome, runner).map(([name, entry], at) => [name, { ...entry, ...documentsOf(outcome.images[at]) }]);
  return { schema: 1, images: Object.fromEntries(entries) };
}
__name(toMetadata, "toMetadata");
function documentsOf(resolved) {
  const images = resolved?.platforms.flatMap(({ platform, image }) => image === void 0 ? [] : [[platform, image]]) ?? [];
  return {
    document: resolved?.root && JSON.parse(resolved.root.fetched.content.toString()),
    manifests: Object.fromEntries(images.map(([platform, image]) => [platform, JSON.parse(image.manifest.content.toString())])),
    configs: Object.fromEntries(images.map(([platform, image]) => [platform, image.config.json]))
  };
}
__name(documentsOf, "documentsOf");
function toBake(outcome) {
  return { target: { "registry-pull": { contexts: Object.fromEntries(buildContexts(outcome)) } } };
}
__name(toBake, "toBake");

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
  "bytes-downloaded"
];
var JSON_LIMIT = 256 * 1024;
var EMPTY = Object.fromEntries(OUTPUTS.map((name) => [name, ""]));
function toOutputs(outcome, runner, files) {
  const [first] = outcome.images;
  const image = first && shownImage(first, runner);
  const pinned = outcome.images.map(pinnedReference);
  return {
    exists: String(outcome.images.every((resolved) => resolved.wanted.optional || statusOf(resolved) === "ok")),
    digest: first?.root?.fetched.digest ?? "",
    digests: JSON.stringify(outcome.images.map((resolved) => resolved.root?.fetched.digest ?? "")),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    platforms: harmlessJson(first === void 0 ? [] : offeredPlatforms(first)),
    config: bounded(image === void 0 ? "" : harmlessJson(image.config.json)),
    labels: bounded(image === void 0 ? "" : harmlessJson(Object.fromEntries(image.config.labels))),
    size: String(totalSize(outcome.images)),
    missing: bounded(harmlessJson(outcome.images.flatMap(missingEntries))),
    json: boundedJson(outcome, runner),
    "metadata-file": files.metadata,
    "build-contexts": buildContexts(outcome).map(([name, context]) => `${name}=${context}`).join("\n"),
    "bake-file": files.bake,
    "oci-layout": outcome.pulled?.layout ?? "",
    "cache-hit": outcome.pulled === void 0 ? "" : String(outcome.pulled.missed.length === 0),
    "bytes-restored": String(outcome.pulled?.restored ?? ""),
    "bytes-downloaded": String(outcome.pulled?.downloaded ?? "")
  };
}
__name(toOutputs, "toOutputs");
function bounded(json) {
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}
__name(bounded, "bounded");
function offeredPlatforms(resolved) {
  return resolved.platforms.filter(({ digest }) => digest !== void 0).map(({ platform }) => platform);
}
__name(offeredPlatforms, "offeredPlatforms");
function missingEntries(resolved) {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map(({ platform, status, message }) => ({ name, reference: written, platform, status, message }));
}
__name(missingEntries, "missingEntries");
var REDUCTIONS = [
  [],
  ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir"],
  ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir", "platforms", "message"]
];
function boundedJson(outcome, runner) {
  const entries = toEntries(outcome, runner);
  for (const left of REDUCTIONS) {
    const images = entries.map(
      ([name, entry]) => [name, Object.fromEntries(Object.entries(entry).filter(([key]) => !left.includes(key)))]
    );
    const json = harmlessJson({ schema: 1, ...left.length === 0 ? {} : { truncated: true }, images: Object.fromEntries(images) });
    if (Buffer.byteLength(json) < JSON_LIMIT) return json;
  }
  return "";
}
__name(boundedJson, "boundedJson");

// src/step.ts
async function step(machine, workflow) {
  try {
    return await whole(machine, workflow);
  } catch (error) {
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    workflow.fail("registry-pull has a mistake in it", `${message}; please report it, with the lines below "where" in the log`);
    workflow.group("where", stack.split("\n").slice(1));
    writeOutputs(workflow, EMPTY);
    return 1;
  }
}
__name(step, "step");
async function whole(machine, workflow) {
  const inputs = await readInputs(machine.environment, runnerPlatform(machine.platform, machine.architecture));
  if ("problems" in inputs) {
    for (const problem of inputs.problems) workflow.fail("invalid input", problem);
    writeOutputs(workflow, EMPTY);
    return 1;
  }
  for (const secret of [inputs.githubToken, ...inputs.registryAuth.map(({ password }) => password)]) workflow.mask(secret);
  const outcome = discreet(await work(inputs, machine, workflow), workflow.withhold);
  const failed = outcome.images.some(isRequiredProblem);
  annotate(workflow, outcome, inputs.failOnMissing);
  const missed = inputs.cache.failOnMiss ? outcome.pulled?.missed ?? [] : [];
  for (const { digest } of missed.slice(0, 1)) {
    workflow.fail("cache miss", `${missed.length} blobs did not come from the cache, ${digest} first, and fail-on-cache-miss is set`);
  }
  writeOutputs(workflow, toOutputs(outcome, inputs.runner, await writeFiles(outcome, inputs.runner, machine.temporary)));
  const summary = inputs.jobSummary === "always" || inputs.jobSummary === "on-failure" && failed;
  if (summary) await workflow.summary(outcome);
  return failed && inputs.failOnMissing || missed.length > 0 ? 1 : 0;
}
__name(whole, "whole");
function discreet(outcome, withhold) {
  const quiet = /* @__PURE__ */ __name((problem) => ({ ...problem, message: withhold(problem.message) }), "quiet");
  const images = outcome.images.map((image) => ({
    ...image,
    problem: image.problem && quiet(image.problem),
    platforms: image.platforms.map(quiet)
  }));
  return { ...outcome, images };
}
__name(discreet, "discreet");
function writeOutputs(workflow, outputs) {
  for (const [name, value] of Object.entries(outputs)) workflow.output(name, value);
}
__name(writeOutputs, "writeOutputs");
function isRequiredProblem(resolved) {
  return !resolved.wanted.optional && statusOf(resolved) !== "ok";
}
__name(isRequiredProblem, "isRequiredProblem");
async function work(inputs, machine, workflow) {
  const overdue = new PullError("unreachable", `the step's timeout of ${inputs.timeout} s has passed`);
  const { environment, clock, cancelled } = machine;
  const stop = new AbortController();
  const cancelTimeout = clock.after(inputs.timeout * 1e3, () => stop.abort(overdue));
  const signal = AbortSignal.any([stop.signal, cancelled]);
  const context = { voice: workflow, clock, signal };
  const http = openHttp(inputs.concurrency, context);
  const step2 = { inputs, machine, workflow, http, signal };
  const registries = connectRegistries(http, inputs, environment, context);
  const gate = /* @__PURE__ */ __name(async (source) => {
    const images = await run(inputs.plan, source, {
      ...clock,
      signal,
      say: workflow.say,
      resolved: /* @__PURE__ */ __name((image) => sayResolved(workflow, image), "resolved")
    });
    for (const [registry, remaining] of registries.api.remainingPulls) workflow.say(`${registry}: ${remaining}`);
    return images;
  }, "gate");
  try {
    if (inputs.pull === "none") return { images: await gate(registries.source), pulled: void 0 };
    const { openCache, pullAndLoad } = await import("./pulling-KWS2FHB3.js");
    const caching = await openCache(registries, step2);
    const images = await gate(caching.source);
    if (inputs.failOnMissing && images.some(isRequiredProblem)) return { images, pulled: void 0 };
    return await pullAndLoad(images, caching, step2);
  } finally {
    cancelTimeout();
    http.close();
  }
}
__name(work, "work");

export {
  DEFAULTS,
  step
};
