import { printedByHelm } from "./helm-scalar.ts";
import { type Part, partAt } from "./part.ts";
import type { YamlValue } from "./yaml-value.ts";

/** An image that a mapping in the values of a chart names. A part can be empty. */
export type HelmImage = {
  /** The mapping. */
  readonly value: YamlValue;
  /** Where the image stands. */
  readonly repository: Part;
  /** True for a repository that the chart may put behind a registry of its own. */
  readonly isName: boolean;
  readonly registry: Part | undefined;
  readonly tag: Part | undefined;
  /** The digest, if the chart has a key for one and uses it. */
  readonly digest: Part | undefined;
  /** True when the digest leaves out the algorithm. */
  readonly isHex: boolean;
  /** False when the tag has other uses, or the chart puts a digest of its own behind it. */
  readonly mayPinTag: boolean;
};

const DIGEST_KEYS = ["digest", "imageDigest"];
// What `repository` also means: a path, a Git repository, a chart repository.
const NO_IMAGE = /:\/\/|^[@/.]|^git@|\.git$/;

/** True for a key whose value is an image: `image`, `initImage`. */
export function isImageKey(key: string): boolean {
  return /[iI]mage$/.test(key);
}

/** True for a text that is a reference with a tag or a digest. */
export function isVersioned(text: string): boolean {
  const [named = "", digest] = text.split("@");
  if (text.includes("://") || !/^[\w./:-]+$/.test(named)) return false;
  return digest === undefined ? /:[\w.-]+$/.test(named) : /^sha(?:256|512):/.test(digest);
}

/** The image that a mapping names, which is the value of `key`; undefined when it names none. */
export function imageIn(value: YamlValue, key: string): HelmImage | undefined {
  const tag = firstOf(value, ["tag", "imageTag"]);
  const digest = firstOf(value, [...DIGEST_KEYS, "sha"]);
  const version = filled(firstOf(value, ["version"]));
  const known = { hasTag: (tag ?? digest) !== undefined, hasVersion: version !== undefined };
  const repository = repositoryIn(value, isImageKey(key), known);
  if (repository === undefined) return undefined;
  const useDigest = value.get("useDigest").string;
  return {
    value,
    ...repository,
    registry: filled(firstOf(value, ["registry", "imageRegistry", "hub", "defaultRegistry"])),
    tag: tag ?? version,
    digest: useDigest === "false" ? undefined : digest,
    isHex: digest !== undefined && isHex(digest, firstOf(value, DIGEST_KEYS)),
    mayPinTag: tag !== undefined && (digest !== undefined || useDigest !== "true"),
  };
}

/** True for an image whose repository is a whole reference, and has all of its parts. */
export function isComplete({ repository, tag, digest }: HelmImage): boolean {
  const hasPart = [tag, digest].some((part) => filled(part) !== undefined);
  return !hasPart && isVersioned(repository.value);
}

type Known = { readonly hasTag: boolean; readonly hasVersion: boolean };

function repositoryIn(
  value: YamlValue,
  isImage: boolean,
  { hasTag, hasVersion }: Known,
): Pick<HelmImage, "repository" | "isName"> | undefined {
  const repository = firstOf(value, isImage ? ["repository", "repo"] : ["repository"]);
  if (repository !== undefined && repository.value !== "") {
    const isOne = (isImage || hasTag) && !NO_IMAGE.test(repository.value);
    return isOne ? { repository, isName: false } : undefined;
  }
  if (!hasTag && !hasVersion && !(isImage && repository !== undefined)) return undefined;
  const image = filled(firstOf(value, ["image", "imageName"]));
  const isName = image === undefined || value.get("hub").exists;
  const named = image ?? (isImage ? filled(firstOf(value, ["name"])) : undefined);
  if (named === undefined || isVersioned(named.value)) return undefined;
  return { repository: named, isName };
}

/** True for hex digits, and for a `sha` that is to be filled. */
function isHex({ value }: Part, digest: Part | undefined): boolean {
  return value === "" ? digest === undefined : /^[0-9a-f]{64}$/.test(value);
}

/** The first part with a value at these keys, or else the first one. */
function firstOf(value: YamlValue, keys: readonly string[]): Part | undefined {
  const parts = keys.flatMap((key) => helmPartAt(value, key) ?? []);
  return parts.find((part) => filled(part) !== undefined) ?? parts[0];
}

function helmPartAt(map: YamlValue, key: string): Part | undefined {
  const part = partAt(map, key);
  return part && { ...part, value: printedByHelm(map.get(key)) };
}

function filled(part: Part | undefined): Part | undefined {
  return part?.value === "" ? undefined : part;
}
