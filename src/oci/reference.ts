import { type Digest, parseDigest } from "./digest.ts";
import { foundBy, PullError } from "./failure.ts";
import { excerpt } from "./json.ts";
import { tagIn } from "./tag.ts";

/** A named collection of images in a registry: `library/alpine` in `docker.io`. */
export type Repository = { readonly registry: string; readonly repository: string };

/**
 * The place of an image in a registry, as one value. The grammar is Docker's, with its short names
 * (https://github.com/distribution/reference/blob/main/reference.go):
 *
 * ```
 * reference  := ["docker://"] name [":" tag] ["@" digest]
 * name       := [registry "/"] component ["/" component]…
 * registry   := host [":" port]           has a dot or a colon, or is localhost
 * component  := [a-z0-9]+ joined by ".", "_", "__" or any run of "-"
 * tag        := [A-Za-z0-9_][A-Za-z0-9_.-]{0,127}
 * digest     := "sha256:" 64 hex | "sha512:" 128 hex
 * ```
 *
 * `alpine` is `docker.io/library/alpine:latest`.
 */
export type Reference = {
  /** Host, and port where one is given: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** The path within the registry: `library/alpine`. */
  readonly repository: string;
  /** The repository without its last component; may be empty. */
  readonly collection: string;
  /** The last component of the repository. */
  readonly image: string;
  /** `latest` when neither a tag nor a digest is given; undefined when only a digest is. */
  readonly tag: string | undefined;
  /** When given, it identifies the image, and the tag is only checked against it. */
  readonly digest: Digest | undefined;
};

// The grammar's limit for a name.
const REPOSITORY_LIMIT = 255;
const TAG_LIMIT = 128;
// Host, repository, tag and the longest digest, with "/", ":" and "@" between them.
const LENGTH_LIMIT = 255 + 1 + REPOSITORY_LIMIT + 1 + TAG_LIMIT + 1 + "sha512:".length + 512 / 4;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
// Engines accept an image ID in place of a name, so a name must not look like one:
// https://github.com/distribution/reference/blob/main/normalize.go
const IMAGE_ID = /^[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
// A port has 16 bits.
const PORT_LIMIT = 2 ** 16 - 1;
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])$`);

/**
 * The reference in `text`. Fails as `invalid`, naming the wrong part; the message may suggest what
 * was meant.
 */
export function parseReference(text: string): Reference {
  checkCredentials(text);
  if (text.length > LENGTH_LIMIT) {
    throw refuse(`${text.slice(0, 40)}…`, `is longer than ${LENGTH_LIMIT} characters`);
  }
  const bare = text.startsWith("docker://") ? text.slice("docker://".length) : text;
  checkWhole(text, bare);
  const at = bare.indexOf("@");
  const digest = at < 0 ? undefined : readDigest(text, bare.slice(at + 1));
  const [name, tag] = cutTag(text, at < 0 ? bare : bare.slice(0, at));
  const { registry, repository } = readName(text, name);
  const slash = repository.lastIndexOf("/");
  return {
    registry,
    repository,
    collection: repository.slice(0, Math.max(slash, 0)),
    image: repository.slice(slash + 1),
    tag: tag ?? (digest === undefined ? "latest" : undefined),
    digest,
  };
}

function refuse(text: string, problem: string, meant?: string): PullError {
  const next = meant === undefined || meant === "" ? undefined : `did you mean ${meant}?`;
  return new PullError("wrong-reference", `reference ${JSON.stringify(text)} ${problem}`, { next });
}

/** Refuses an `@` without a digest. The text before it may be a password, so it is not repeated. */
function checkCredentials(text: string): void {
  const [, ...digests] = text.split("@");
  if (digests.every((digest) => /^sha(?:256|512):[^/]*$/i.test(digest))) return;
  const found = JSON.stringify(`@${excerpt(digests.at(-1) ?? "")}`);
  const problem = `expected name@sha256:… or name@sha512:…, got ${found}`;
  throw new PullError("wrong-reference", `reference has an @ without a digest: ${problem}`, {
    next: "credentials go into registry-auth",
  });
}

function checkWhole(text: string, bare: string): void {
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

function readDigest(text: string, digest: string): Digest {
  try {
    return parseDigest(digest);
  } catch (cause) {
    const lower = digest.toLowerCase();
    const isMeant = lower !== digest && /^sha256:[0-9a-f]{64}$/.test(lower);
    const meant = isMeant ? text.replace(digest, lower) : undefined;
    throw refuse(text, `has a wrong ${foundBy(cause)}`, meant);
  }
}

function cutTag(text: string, name: string): [name: string, tag: string | undefined] {
  const tag = tagIn(name);
  if (tag === undefined) return [name, undefined];
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

function readName(text: string, name: string): { registry: string; repository: string } {
  if (IMAGE_ID.test(name)) {
    throw refuse(text, "has 64 hex digits as its name, like an image ID", `name@sha256:${name}`);
  }
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const hasRegistry = isRegistry(first);
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  checkRepository(text, repository);
  const registry = hasRegistry ? readRegistry(text, first) : "docker.io";
  // Names of official images, which only docker.io has, omit the collection `library`:
  // https://docs.docker.com/docker-hub/repos/
  const isOfficial = registry === "docker.io" && !repository.includes("/");
  return { registry, repository: isOfficial ? `library/${repository}` : repository };
}

function checkRepository(text: string, repository: string): void {
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
  if (wrong !== undefined) {
    const expected = "a-z and 0-9, joined by . _ __ or -";
    throw refuse(text, `has a wrong component ${JSON.stringify(wrong)}: expected ${expected}`);
  }
}

function readRegistry(text: string, registry: string): string {
  const [, host = "", , port] = /^(\[[^\]]*\]|[^:]*)(:(.*))?$/.exec(registry) ?? [];
  if (!HOST.test(host)) {
    const expected = "host or host:port";
    throw refuse(text, `has a wrong registry ${JSON.stringify(registry)}: expected ${expected}`);
  }
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= PORT_LIMIT);
  if (!isPort) {
    const expected = `1 to ${PORT_LIMIT}`;
    throw refuse(text, `has a wrong port ${JSON.stringify(port)}: expected ${expected}`);
  }
  checkHost(text, host.toLowerCase());
  const lower = registry.toLowerCase();
  return lower === "index.docker.io" ? "docker.io" : lower;
}

/** Refuses a host that a URL parser reads as another one, such as `0x7f.1`, which is 127.0.0.1. */
function checkHost(text: string, host: string): void {
  const url = `https://${host}`;
  const read = URL.canParse(url) ? new URL(url).hostname : undefined;
  if (read === host) return;
  const problem = "which is not the usual spelling of a host";
  throw refuse(text, `has the registry ${JSON.stringify(host)}, ${problem}`, read);
}

/** True for a string that the grammar allows as a tag. */
export function isTag(value: unknown): value is string {
  return typeof value === "string" && TAG.test(value);
}

/**
 * At most `count` tags of `offered`: those that share the longest prefix with `wanted`, the longest
 * first, else in the given order.
 */
export function nearestTags(
  wanted: string,
  offered: readonly string[],
  count: number,
): readonly string[] {
  const shared = (tag: string): number => {
    let length = 0;
    while (length < tag.length && tag[length] === wanted[length]) length++;
    return length;
  };
  return offered.toSorted((one, other) => shared(other) - shared(one)).slice(0, count);
}

/** The full name of a repository: `docker.io/library/alpine`. */
export function repositoryName({ registry, repository }: Repository): string {
  return `${registry}/${repository}`;
}

/**
 * The full form of a reference: `docker.io/library/alpine:3.20@sha256:…`. {@link parseReference}
 * reads it back.
 */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${repositoryName(reference)}${tag}${digest}`;
}

/**
 * The short name of a repository, as Docker and Dockerfiles write it: `alpine`, `org/app`,
 * `ghcr.io/org/app`.
 */
export function familiarName(reference: Reference): string {
  const { registry, repository, collection, image } = reference;
  // On Docker Hub, `a.b/c` keeps its registry: without it, a.b would be read as a registry.
  if (registry !== "docker.io" || isRegistry(repository.split("/")[0] ?? "")) {
    return repositoryName(reference);
  }
  // A name like an image ID keeps its collection: without it, parseReference would refuse it.
  return collection === "library" && !IMAGE_ID.test(image) ? image : repository;
}

/** True when the first component of a name is a registry and not a part of the repository. */
function isRegistry(first: string): boolean {
  return /[.:]/.test(first) || first === "localhost";
}
