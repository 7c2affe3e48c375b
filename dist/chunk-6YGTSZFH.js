import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  asObject,
  asString,
  excerpt,
  parseDigest
} from "./chunk-ZUT5BRUG.js";
import {
  PullError,
  foundBy
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/oci/platform.ts
var ARCHITECTURES = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"]
};
var VARIANTS = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" }
};
function normalise(os, architecture, variant = "", osVersion = "") {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  const variants = own(VARIANTS, normal) ?? {};
  const system = os.toLowerCase();
  return {
    os: system === "macos" ? "darwin" : system,
    architecture: normal,
    variant: own(variants, implied) ?? implied,
    osVersion
  };
}
__name(normalise, "normalise");
function own(table, key) {
  return Object.hasOwn(table, key) ? table[key] : void 0;
}
__name(own, "own");
var PART = /^[A-Za-z0-9_.-]{1,64}$/;
var OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;
function parsePlatform(text) {
  const parts = text.split("/");
  const [system = "", architecture = "", variant = ""] = parts;
  const [, os = system, osVersion = ""] = OS_WITH_VERSION.exec(system) ?? [];
  const given = [os, architecture, ...parts.slice(2)];
  if (os !== system) given.push(osVersion);
  const isComplete = parts.length === 2 || parts.length === 3;
  if (isComplete && given.every((part) => PART.test(part))) {
    return normalise(os, architecture, variant, osVersion);
  }
  const found = `platform ${JSON.stringify(text)}: expected os/arch[/variant]`;
  throw new PullError("wrong-platform", found, { next: suggest(text) });
}
__name(parsePlatform, "parsePlatform");
var KNOWN_ARCHITECTURE = /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/;
function suggest(text) {
  const lower = text.trim().toLowerCase();
  if (!KNOWN_ARCHITECTURE.test(lower)) return void 0;
  return `did you mean ${formatPlatform(normalise("linux", lower))}?`;
}
__name(suggest, "suggest");
function asPlatform(text) {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return void 0;
  }
}
__name(asPlatform, "asPlatform");
function readPlatform(value, what) {
  const fields = asObject(value, what, ["os", "architecture", "variant", "os.version"]);
  const text = /* @__PURE__ */ __name((name) => readPart(fields[name], `${what} ${name}`), "text");
  const os = text("os");
  const architecture = text("architecture");
  const variant = text("variant");
  const osVersion = text("os.version");
  return normalise(os, architecture, variant, osVersion);
}
__name(readPlatform, "readPlatform");
var PART_LIMIT = 64;
function readPart(value, what) {
  const text = asString(value, what);
  if (text.length <= PART_LIMIT) return text;
  const expected = `expected at most ${PART_LIMIT} characters`;
  throw new PullError("too-large", `${what}: ${expected}, got ${text.length}`);
}
__name(readPart, "readPart");
function formatPlatform(platform) {
  const { os, architecture, variant, osVersion } = platform;
  return [
    osVersion === "" ? os : `${os}(${osVersion})`,
    architecture,
    ...variant === "" ? [] : [variant]
  ].join("/");
}
__name(formatPlatform, "formatPlatform");
function satisfies(required, offered) {
  if (!sameMachine(required, offered)) return false;
  if (required.variant !== offered.variant) return false;
  if (required.osVersion === "") return true;
  return offered.osVersion !== "" && sameBuild(required, offered);
}
__name(satisfies, "satisfies");
function sameBuild(one, other) {
  if (one.osVersion === "" || other.osVersion === "") return true;
  return buildOf(one).join(".") === buildOf(other).join(".");
}
__name(sameBuild, "sameBuild");
var BUILD_PARTS = 3;
function buildOf({ osVersion }) {
  return osVersion.split(".").slice(0, BUILD_PARTS);
}
__name(buildOf, "buildOf");
function sameMachine(one, other) {
  return one.os === other.os && one.architecture === other.architecture;
}
__name(sameMachine, "sameMachine");
function nearest(required, offered) {
  const scores = offered.map((platform) => likeness(required, platform));
  const best = Math.max(0, ...scores);
  if (best === 0) return void 0;
  const alike = offered.filter((_, at) => scores[at] === best);
  const sorted = alike.toSorted(
    (one, other) => compareNumbers(distance(required, one), distance(required, other))
  );
  return sorted[0];
}
__name(nearest, "nearest");
function likeness(one, other) {
  if (one.os !== other.os) return 0;
  if (one.architecture === other.architecture) return 3;
  const isSameFamily = family(one.architecture) === family(other.architecture);
  return isSameFamily ? 2 : 1;
}
__name(likeness, "likeness");
function distance(one, other) {
  const ours = one.osVersion.split(".").map(Number);
  const theirs = other.osVersion.split(".").map(Number);
  return ours.map((number, at) => {
    const difference = number - (theirs[at] ?? 0);
    return Math.abs(difference) || 0;
  });
}
__name(distance, "distance");
function compareNumbers(one, other) {
  const at = one.findIndex((number, place) => number !== other[place]);
  if (at < 0) return 0;
  return (one[at] ?? 0) - (other[at] ?? 0);
}
__name(compareNumbers, "compareNumbers");
function family(architecture) {
  if (architecture === "386" || architecture === "amd64") return "x86";
  if (architecture.startsWith("arm")) return "arm";
  return architecture.replace(/le$/, "").replace(/64$/, "");
}
__name(family, "family");
var GO_ARCHITECTURES = {
  x64: "amd64",
  ia32: "386",
  ppc64: "ppc64le",
  mipsel: "mipsle"
};
function runnerPlatform(platform, architecture) {
  const os = platform === "win32" ? "windows" : "linux";
  return normalise(os, own(GO_ARCHITECTURES, architecture) ?? architecture);
}
__name(runnerPlatform, "runnerPlatform");
function distinctPlatforms(platforms) {
  const distinct = /* @__PURE__ */ new Map();
  for (const platform of platforms) distinct.set(formatPlatform(platform), platform);
  return [...distinct.values()];
}
__name(distinctPlatforms, "distinctPlatforms");

// src/oci/tag.ts
function tagIn(name) {
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  return colon < 0 ? void 0 : name.slice(colon + 1);
}
__name(tagIn, "tagIn");

// src/oci/reference.ts
var REPOSITORY_LIMIT = 255;
var TAG_LIMIT = 128;
var LENGTH_LIMIT = 255 + 1 + REPOSITORY_LIMIT + 1 + TAG_LIMIT + 1 + "sha512:".length + 512 / 4;
var COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
var IMAGE_ID = /^[0-9a-f]{64}$/;
var TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
var PORT_LIMIT = 2 ** 16 - 1;
var LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
var HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])$`);
function parseReference(text) {
  checkCredentials(text);
  if (text.length > LENGTH_LIMIT) {
    throw refuse(`${text.slice(0, 40)}…`, `is longer than ${LENGTH_LIMIT} characters`);
  }
  const bare = text.startsWith("docker://") ? text.slice("docker://".length) : text;
  checkWhole(text, bare);
  const at = bare.indexOf("@");
  const digest = at < 0 ? void 0 : readDigest(text, bare.slice(at + 1));
  const [name, tag] = cutTag(text, at < 0 ? bare : bare.slice(0, at));
  const { registry, repository } = readName(text, name);
  const slash = repository.lastIndexOf("/");
  return {
    registry,
    repository,
    collection: repository.slice(0, Math.max(slash, 0)),
    image: repository.slice(slash + 1),
    tag: tag ?? (digest === void 0 ? "latest" : void 0),
    digest
  };
}
__name(parseReference, "parseReference");
function refuse(text, problem, meant) {
  const next = meant === void 0 || meant === "" ? void 0 : `did you mean ${meant}?`;
  return new PullError("wrong-reference", `reference ${JSON.stringify(text)} ${problem}`, { next });
}
__name(refuse, "refuse");
function checkCredentials(text) {
  const [, ...digests] = text.split("@");
  if (digests.every((digest) => /^sha(?:256|512):[^/]*$/i.test(digest))) return;
  const found = JSON.stringify(`@${excerpt(digests.at(-1) ?? "")}`);
  const problem = `expected name@sha256:… or name@sha512:…, got ${found}`;
  throw new PullError("wrong-reference", `reference has an @ without a digest: ${problem}`, {
    next: "credentials go into registry-auth"
  });
}
__name(checkCredentials, "checkCredentials");
function checkWhole(text, bare) {
  if (bare === "") throw refuse(text, "is empty");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(bare);
  if (scheme !== null) {
    const rest = bare.slice(scheme[0].length).replace(/^v2\//, "");
    throw refuse(text, `starts with ${scheme[0]}, which is not part of a reference`, rest);
  }
  if (/\s/.test(bare)) throw refuse(text, "contains white space", bare.replace(/\s+/g, ""));
  if (/[^\x21-\x7e]/.test(bare)) {
    throw refuse(text, "contains a character that is not printable ASCII");
  }
}
__name(checkWhole, "checkWhole");
function readDigest(text, digest) {
  try {
    return parseDigest(digest);
  } catch (cause) {
    const lower = digest.toLowerCase();
    const isMeant = lower !== digest && /^sha256:[0-9a-f]{64}$/.test(lower);
    const meant = isMeant ? text.replace(digest, lower) : void 0;
    throw refuse(text, `has a wrong ${foundBy(cause)}`, meant);
  }
}
__name(readDigest, "readDigest");
function cutTag(text, name) {
  const tag = tagIn(name);
  if (tag === void 0) return [name, void 0];
  const untagged = name.slice(0, -(tag.length + 1));
  if (tag === "") throw refuse(text, "has an empty tag", untagged);
  if (tag.length > TAG_LIMIT) {
    throw refuse(text, `has a tag of ${tag.length} characters: expected at most ${TAG_LIMIT}`);
  }
  if (!TAG.test(tag)) {
    const expected = "letters, digits, _ . - and no . or - at the start";
    throw refuse(text, `has a wrong tag ${JSON.stringify(tag)}: expected ${expected}`);
  }
  return [untagged, tag];
}
__name(cutTag, "cutTag");
function readName(text, name) {
  if (IMAGE_ID.test(name)) {
    throw refuse(text, "has 64 hex digits as its name, like an image ID", `name@sha256:${name}`);
  }
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const hasRegistry = isRegistry(first);
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  checkRepository(text, repository);
  const registry = hasRegistry ? readRegistry(text, first) : "docker.io";
  const isOfficial = registry === "docker.io" && !repository.includes("/");
  return { registry, repository: isOfficial ? `library/${repository}` : repository };
}
__name(readName, "readName");
function checkRepository(text, repository) {
  if (repository.length > REPOSITORY_LIMIT) {
    const problem = `has a repository of ${repository.length} characters`;
    throw refuse(text, `${problem}: expected at most ${REPOSITORY_LIMIT}`);
  }
  if (/[A-Z]/.test(repository)) {
    const meant = text.replace(repository, repository.toLowerCase());
    throw refuse(text, "has upper case in its repository: expected lower case", meant);
  }
  const wrong = repository.split("/").find((component) => !COMPONENT.test(component));
  if (wrong === "") {
    const meant = text.replace(/\/{2,}/g, "/").replace(/\/$/, "");
    throw refuse(text, "has an empty component in its repository", meant);
  }
  if (wrong !== void 0) {
    const expected = "a-z and 0-9, joined by . _ __ or -";
    throw refuse(text, `has a wrong component ${JSON.stringify(wrong)}: expected ${expected}`);
  }
}
__name(checkRepository, "checkRepository");
function readRegistry(text, registry) {
  const [, host = "", , port] = /^(\[[^\]]*\]|[^:]*)(:(.*))?$/.exec(registry) ?? [];
  if (!HOST.test(host)) {
    const expected = "host or host:port";
    throw refuse(text, `has a wrong registry ${JSON.stringify(registry)}: expected ${expected}`);
  }
  const isPort = port === void 0 || /^[1-9]\d{0,4}$/.test(port) && Number(port) <= PORT_LIMIT;
  if (!isPort) {
    const expected = `1 to ${PORT_LIMIT}`;
    throw refuse(text, `has a wrong port ${JSON.stringify(port)}: expected ${expected}`);
  }
  checkHost(text, host.toLowerCase());
  const lower = registry.toLowerCase();
  return lower === "index.docker.io" ? "docker.io" : lower;
}
__name(readRegistry, "readRegistry");
function checkHost(text, host) {
  const url = `https://${host}`;
  const read = URL.canParse(url) ? new URL(url).hostname : void 0;
  if (read === host) return;
  const problem = "which is not the usual spelling of a host";
  throw refuse(text, `has the registry ${JSON.stringify(host)}, ${problem}`, read);
}
__name(checkHost, "checkHost");
function isTag(value) {
  return typeof value === "string" && TAG.test(value);
}
__name(isTag, "isTag");
function nearestTags(wanted, offered, count) {
  const shared = /* @__PURE__ */ __name((tag) => {
    let length = 0;
    while (length < tag.length && tag[length] === wanted[length]) length++;
    return length;
  }, "shared");
  return offered.toSorted((one, other) => shared(other) - shared(one)).slice(0, count);
}
__name(nearestTags, "nearestTags");
function repositoryName({ registry, repository }) {
  return `${registry}/${repository}`;
}
__name(repositoryName, "repositoryName");
function formatReference(reference) {
  const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
  const digest = reference.digest === void 0 ? "" : `@${reference.digest}`;
  return `${repositoryName(reference)}${tag}${digest}`;
}
__name(formatReference, "formatReference");
function familiarName(reference) {
  const { registry, repository, collection, image } = reference;
  if (registry !== "docker.io" || isRegistry(repository.split("/")[0] ?? "")) {
    return repositoryName(reference);
  }
  return collection === "library" && !IMAGE_ID.test(image) ? image : repository;
}
__name(familiarName, "familiarName");
function isRegistry(first) {
  return /[.:]/.test(first) || first === "localhost";
}
__name(isRegistry, "isRegistry");

export {
  parsePlatform,
  asPlatform,
  readPlatform,
  formatPlatform,
  satisfies,
  sameBuild,
  sameMachine,
  nearest,
  runnerPlatform,
  distinctPlatforms,
  tagIn,
  parseReference,
  isTag,
  nearestTags,
  repositoryName,
  formatReference,
  familiarName
};
