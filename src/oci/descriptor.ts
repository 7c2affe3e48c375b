import { type Digest, parseDigest } from "./digest.ts";
import { foundBy, PullError } from "./failure.ts";
import { asList, asObject, asString, asStringMap, excerpt, type Json } from "./json.ts";
import { ATTESTATION_ARTIFACT, readMediaType } from "./media-type.ts";
import { type Platform, readPlatform } from "./platform.ts";

/** How one document points at content: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Absent when the entry names none, or `unknown/unknown`. */
  readonly platform: Platform | undefined;
  readonly attestation: boolean;
  /** True when the bytes may live outside the registry, as for foreign layers. */
  readonly foreign: boolean;
};

const FIELDS = ["mediaType", "digest", "size", "platform", "annotations", "artifactType", "urls"];

/** The descriptor in `value`. Fails as `invalid`, naming `what` and the field, when a required field is absent or unsafe. */
export function readDescriptor(value: Json | undefined, what: string): Descriptor {
  const fields = asObject(value, what, FIELDS);
  const platform = fields["platform"] == null ? undefined : readPlatform(fields["platform"], `${what} platform`);
  const unknown = platform !== undefined && (platform.os === "unknown" || platform.architecture === "unknown");
  const annotations = asStringMap(fields["annotations"], `${what} annotations`);
  const artifactType = readMediaType(fields["artifactType"], `${what} artifactType`);
  const attested = annotations.get("vnd.docker.reference.type") === "attestation-manifest";
  return {
    mediaType: readMediaType(fields["mediaType"], `${what} mediaType`),
    digest: readDigest(fields["digest"], what),
    size: readSize(fields["size"], what),
    platform: unknown ? undefined : platform,
    attestation: unknown || attested || artifactType === ATTESTATION_ARTIFACT,
    foreign: asList(fields["urls"], `${what} urls`).length > 0,
  };
}

/** The digest in `value`, which belongs to `what`. Fails as `invalid`. */
export function readDigest(value: Json | undefined, what: string): Digest {
  try {
    return parseDigest(asString(value, `${what} digest`));
  } catch (cause) {
    throw new PullError("wrong-descriptor", `${what}: ${foundBy(cause)}`, { cause });
  }
}

/** The size in bytes in `value`, which belongs to `what`. Fails as `invalid`. */
export function readSize(value: Json | undefined, what: string): number {
  // JSON numbers beyond 2^53 are silently another number in JavaScript, so they are refused with the negative ones.
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const found = excerpt(JSON.stringify(value) ?? "nothing");
  throw new PullError("wrong-descriptor", `${what} size: expected a whole number of bytes, got ${found}`);
}
