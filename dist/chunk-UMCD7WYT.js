import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  parseDigest
} from "./chunk-V4QGKLYV.js";
import {
  excerpt
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy
} from "./chunk-P27XCGGL.js";

// src/oci/tag.ts
function tagIn(name) {
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  return colon < 0 ? void 0 : name.slice(colon + 1);
}

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
function refuse(text, problem, meant) {
  const next = meant === void 0 || meant === "" ? void 0 : `did you mean ${meant}?`;
  return new PullError("wrong-reference", `reference ${JSON.stringify(text)} ${problem}`, { next });
}
function checkCredentials(text) {
  const [, ...digests] = text.split("@");
  if (digests.every((digest) => /^sha(?:256|512):[^/]*$/i.test(digest))) return;
  const found = JSON.stringify(`@${excerpt(digests.at(-1) ?? "")}`);
  const problem = `expected name@sha256:… or name@sha512:…, got ${found}`;
  throw new PullError("wrong-reference", `reference has an @ without a digest: ${problem}`, {
    next: "credentials go into registry-auth"
  });
}
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
function checkHost(text, host) {
  const url = `https://${host}`;
  const read = URL.canParse(url) ? new URL(url).hostname : void 0;
  if (read === host) return;
  const problem = "which is not the usual spelling of a host";
  throw refuse(text, `has the registry ${JSON.stringify(host)}, ${problem}`, read);
}
function isTag(value) {
  return typeof value === "string" && TAG.test(value);
}
function nearestTags(wanted, offered, count) {
  const shared = (tag) => {
    let length = 0;
    while (length < tag.length && tag[length] === wanted[length]) length++;
    return length;
  };
  return offered.toSorted((one, other) => shared(other) - shared(one)).slice(0, count);
}
function repositoryName({ registry, repository }) {
  return `${registry}/${repository}`;
}
function formatReference(reference) {
  const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
  const digest = reference.digest === void 0 ? "" : `@${reference.digest}`;
  return `${repositoryName(reference)}${tag}${digest}`;
}
function familiarName(reference) {
  const { registry, repository, collection, image } = reference;
  if (registry !== "docker.io" || isRegistry(repository.split("/")[0] ?? "")) {
    return repositoryName(reference);
  }
  return collection === "library" && !IMAGE_ID.test(image) ? image : repository;
}
function isRegistry(first) {
  return /[.:]/.test(first) || first === "localhost";
}

export {
  tagIn,
  parseReference,
  isTag,
  nearestTags,
  repositoryName,
  formatReference,
  familiarName
};
