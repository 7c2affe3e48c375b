import { type Digest, parseDigest } from "./digest.ts";
import { foundBy, PullError } from "./failure.ts";
import { asList, asObject, asString, asStringMap, excerpt, type Json } from "./json.ts";
import { ATTESTATION_ARTIFACT, readMediaType } from "./media-type.ts";
import { type Platform, readPlatform } from "./platform.ts";

/**
 * How a document points at content:
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md
 */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Undefined when the entry has none, or `unknown/unknown`, as BuildKit's attestations have. */
  readonly platform: Platform | undefined;
  /** True for an entry of an index that holds an attestation and no image. */
  readonly attestation: boolean;
  /** True when the bytes may be stored outside the registry, as those of foreign layers are. */
  readonly foreign: boolean;
};

const FIELDS = ["mediaType", "digest", "size", "platform", "annotations", "artifactType", "urls"];

/**
 * The descriptor in `value`. Fails as `invalid`, naming `what` and the field, when the digest or
 * the size is missing or malformed, or when a field has the wrong type.
 */
export function readDescriptor(value: Json | undefined, what: string): Descriptor {
  const fields = asObject(value, what, FIELDS);
  const listed = fields["platform"];
  const platform = listed == null ? undefined : readPlatform(listed, `${what} platform`);
  const isUnknown = platform?.os === "unknown" || platform?.architecture === "unknown";
  const annotations = asStringMap(fields["annotations"], `${what} annotations`);
  const artifactType = readMediaType(fields["artifactType"], `${what} artifactType`);
  const isAttested = annotations.get("vnd.docker.reference.type") === "attestation-manifest";
  return {
    mediaType: readMediaType(fields["mediaType"], `${what} mediaType`),
    digest: readDigest(fields["digest"], what),
    size: readSize(fields["size"], what),
    platform: isUnknown ? undefined : platform,
    attestation: isUnknown || isAttested || artifactType === ATTESTATION_ARTIFACT,
    foreign: asList(fields["urls"], `${what} urls`).length > 0,
  };
}

/** The digest in `value`. Fails as `invalid`, naming `what`, when it is missing or malformed. */
export function readDigest(value: Json | undefined, what: string): Digest {
  try {
    return parseDigest(asString(value, `${what} digest`));
  } catch (cause) {
    throw new PullError("wrong-descriptor", `${what}: ${foundBy(cause)}`, { cause });
  }
}

/** The size in `value`, in bytes. Fails as `invalid`, naming `what`, on anything else. */
export function readSize(value: Json | undefined, what: string): number {
  // `JSON.parse` rounds integers above 2^53, so a larger size would silently become another one.
  const isWhole = typeof value === "number" && Number.isSafeInteger(value);
  if (isWhole && value >= 0) return value;
  const got = excerpt(JSON.stringify(value) ?? "nothing");
  const problem = `expected a whole number of bytes, got ${got}`;
  throw new PullError("wrong-descriptor", `${what} size: ${problem}`);
}
