import { type Digest, parseDigest } from "./digest.ts";
import { foundBy, PullError } from "./failure.ts";
import { excerpt } from "./json.ts";

/**
 * Where an image is, as one value. The grammar is Docker's, with its familiar names
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
  /** The repository's path but for its last component; may be empty. */
  readonly collection: string;
  /** The repository's last component. */
  readonly image: string;
  /** `latest` when neither tag nor digest is given; absent when only a digest is. */
  readonly tag: string | undefined;
  /** When present it decides, whatever the tag says. */
  readonly digest: Digest | undefined;
};

// The name's limit is the grammar's; with host, tag and the longest digest no reference is longer than this.
const LENGTH_LIMIT = 255 + 1 + 255 + 1 + 128 + 1 + "sha512:".length + 128;
const REPOSITORY_LIMIT = 255;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
// What stands alone for an image on an engine is no name anywhere: https://github.com/distribution/reference/blob/main/normalize.go
const IMAGE_ID = /^[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])$/;

/** The reference in `text`. Fails as `invalid`: the message names the wrong part and, where one is close, what was meant. */
export function parseReference(text: string): Reference {
  checkCredentials(text);
  if (text.length > LENGTH_LIMIT) throw refuse(`${text.slice(0, 40)}…`, `is longer than ${LENGTH_LIMIT} characters`);
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

/** A password may stand before an @ that is not a digest's, so nothing before it is repeated. */
function checkCredentials(text: string): void {
  const [, ...digests] = text.split("@");
  if (digests.every((digest) => /^sha(?:256|512):[^/]*$/i.test(digest))) return;
  const found = JSON.stringify(`@${excerpt(digests.at(-1) ?? "")}`);
  const problem = `expected name@sha256:… or name@sha512:…, got ${found}`;
  const next = "credentials go into registry-auth";
  throw new PullError("wrong-reference", `reference has an @ without a digest: ${problem}`, { next });
}

function checkWhole(text: string, bare: string): void {
  if (bare === "") throw refuse(text, "is empty", undefined);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(bare);
  if (scheme !== null) {
    const rest = bare.slice(scheme[0].length).replace(/^v2\//, "");
    throw refuse(text, `starts with ${scheme[0]}, which is not part of a reference`, rest);
  }
  if (/\s/.test(bare)) throw refuse(text, "contains white space", bare.replace(/\s+/g, ""));
  if (/[^\x21-\x7e]/.test(bare)) throw refuse(text, "contains a character that is not printable ASCII");
}

function readDigest(text: string, digest: string): Digest {
  try {
    return parseDigest(digest);
  } catch (cause) {
    const lower = digest.toLowerCase();
    const meant = lower !== digest && /^sha256:[0-9a-f]{64}$/.test(lower) ? text.replace(digest, lower) : undefined;
    throw refuse(text, `has a wrong ${foundBy(cause)}`, meant);
  }
}

function cutTag(text: string, name: string): [name: string, tag: string | undefined] {
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  if (colon < 0) return [name, undefined];
  const tag = name.slice(colon + 1);
  if (tag === "") throw refuse(text, "has an empty tag", name.slice(0, colon));
  if (tag.length > 128) throw refuse(text, `has a tag of ${tag.length} characters: expected at most 128`);
  if (!TAG.test(tag)) {
    throw refuse(text, `has a wrong tag ${JSON.stringify(tag)}: expected letters, digits, _ . - and no . or - in front`);
  }
  return [name.slice(0, colon), tag];
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
  if (!hasRegistry) return { registry: "docker.io", repository: slash < 0 ? `library/${name}` : name };
  const registry = readRegistry(text, first);
  // Only docker.io has official images, whose collection is left out: https://docs.docker.com/docker-hub/repos/
  const official = registry === "docker.io" && !repository.includes("/");
  return { registry, repository: official ? `library/${repository}` : repository };
}

function checkRepository(text: string, repository: string): void {
  if (repository.length > REPOSITORY_LIMIT) {
    throw refuse(text, `has a repository of ${repository.length} characters: expected at most ${REPOSITORY_LIMIT}`);
  }
  if (/[A-Z]/.test(repository)) {
    throw refuse(text, "has upper case in its repository: expected lower case", text.replace(repository, repository.toLowerCase()));
  }
  const wrong = repository.split("/").find((component) => !COMPONENT.test(component));
  if (wrong === "") throw refuse(text, "has an empty component in its repository", text.replace(/\/{2,}/g, "/").replace(/\/$/, ""));
  if (wrong !== undefined) {
    throw refuse(text, `has a wrong component ${JSON.stringify(wrong)}: expected a-z and 0-9, joined by . _ __ or -`);
  }
}

function readRegistry(text: string, registry: string): string {
  const [, host = "", , port] = /^(\[[^\]]*\]|[^:]*)(:(.*))?$/.exec(registry) ?? [];
  if (!HOST.test(host)) throw refuse(text, `has a wrong registry ${JSON.stringify(registry)}: expected host or host:port`);
  if (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535)) {
    throw refuse(text, `has a wrong port ${JSON.stringify(port)}: expected 1 to 65535`);
  }
  const lower = registry.toLowerCase();
  checkHost(text, host.toLowerCase());
  return lower === "index.docker.io" ? "docker.io" : lower;
}

/** `0x7f.1` is an address to a URL parser: a host that would be read as another one is refused, not followed. */
function checkHost(text: string, host: string): void {
  const url = `https://${host}`;
  if (!URL.canParse(url) || new URL(url).hostname !== host) {
    const read = URL.canParse(url) ? new URL(url).hostname : undefined;
    throw refuse(text, `has the registry ${JSON.stringify(host)}, which is no host in its usual spelling`, read);
  }
}

/** True for a string that is a tag by the grammar. */
export function isTag(value: unknown): value is string {
  return typeof value === "string" && TAG.test(value);
}

/** The tags of `offered` most like `wanted`, at most `count`: those that start the same for longest, in the order given. */
export function nearestTags(wanted: string, offered: readonly string[], count: number): readonly string[] {
  const shared = (tag: string): number => {
    let length = 0;
    while (length < tag.length && tag[length] === wanted[length]) length++;
    return length;
  };
  return offered.toSorted((one, other) => shared(other) - shared(one)).slice(0, count);
}

/** `registry/repository`, never shortened: `docker.io/library/alpine`. */
export function repositoryName(reference: Pick<Reference, "registry" | "repository">): string {
  return `${reference.registry}/${reference.repository}`;
}

/** The reference in full: `docker.io/library/alpine:3.20@sha256:…`. {@link parseReference} takes it back. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  return `${repositoryName(reference)}${tag}${reference.digest === undefined ? "" : `@${reference.digest}`}`;
}

/** The repository's name as Docker shows it and as Dockerfiles write it: `alpine`, `org/app`, `ghcr.io/org/app`. */
export function familiarName(reference: Reference): string {
  const { registry, repository, collection, image } = reference;
  // Docker Hub's `a.b/c` keeps its registry: without it a.b would be one.
  if (registry !== "docker.io" || isRegistry(repository.split("/")[0] ?? "")) return repositoryName(reference);
  // An image named like an image ID keeps its collection, or its name would be refused.
  return collection === "library" && !IMAGE_ID.test(image) ? image : repository;
}

/** True for a first component that is a registry's name and not a part of a repository's. */
function isRegistry(first: string): boolean {
  return /[.:]/.test(first) || first === "localhost";
}
