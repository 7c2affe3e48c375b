import { type Descriptor, readDescriptor } from "./descriptor.ts";
import { PullError } from "./failure.ts";
import { asObject, asShortList, excerpt, type Json, type JsonObject, parseJson } from "./json.ts";
import {
  BUILDKIT_CACHE_CONFIG,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  isImageConfig,
  isIndex,
  isLayer,
  isManifest,
  isSchema1,
  isSpecific,
  OCI_ARTIFACT,
  OCI_INDEX,
  OCI_MANIFEST,
  readMediaType,
  SCHEMA1,
} from "./media-type.ts";
import { readSchema1, type Schema1 } from "./schema1.ts";

/** What a document is to a user, in the words of the action's contract. */
export type Kind = "index" | "image" | "schema1" | "artifact" | "buildkit-cache";

/** Any document stored under `/manifests/`, read. Configs and layers are what it points at under `/blobs/`. */
export type Document =
  | { readonly kind: "index"; readonly mediaType: string; readonly entries: readonly Descriptor[] }
  | { readonly kind: "image"; readonly mediaType: string; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly kind: "schema1"; readonly mediaType: string; readonly schema1: Schema1 }
  | {
      readonly kind: "artifact" | "buildkit-cache";
      readonly mediaType: string;
      /** What the config's type, or the document itself, says the artifact is; may be empty. */
      readonly artifactType: string;
      readonly config: Descriptor | undefined;
      readonly layers: readonly Descriptor[];
    };

/**
 * The most bytes a manifest or config may have. The specification asks registries to take manifests
 * of at least 4 MiB, and most take no more:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 */
export const DOCUMENT_BYTES = 4 * 1024 * 1024;

const FIELDS = [
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
  "architecture",
];

/**
 * The document in `bytes`, whose digest was already checked.
 * `claimed` is what the pointing descriptor or the Content-Type says it is: a specific claim must agree with the body
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests), a generic or missing one is ignored.
 * Fails as `invalid` when the body is malformed, ambiguous or too large in number, as `unsupported` when it is no known form.
 */
export function parseDocument(bytes: Uint8Array, claimed: string): Document {
  if (claimed === "text/html") {
    throw new PullError("web-page", "expected a manifest, got a web page (text/html)");
  }
  const json = asObject(parseJson(bytes, "manifest"), "manifest", FIELDS);
  const mediaType = typeOf(json, claimed);
  refuseAmbiguous(json, mediaType);
  if (isSpecific(claimed) && !agree(mediaType, claimed)) {
    throw new PullError("media-type-differs", `mediaType differs: the manifest is ${mediaType}, but it was announced as ${claimed}`);
  }
  return readDocument(json, mediaType);
}

/** A signed manifest that says it is `v1+json` in one place is the same form, as is the reverse. */
function agree(mediaType: string, claimed: string): boolean {
  return mediaType === claimed || (isSchema1(mediaType) && isSchema1(claimed));
}

function typeOf(json: JsonObject, claimed: string): string {
  const own = readMediaType(json["mediaType"], "manifest mediaType");
  if (own !== "") return own;
  if (json["schemaVersion"] === 1) return isSchema1(claimed) ? claimed : SCHEMA1;
  // OCI documents may leave their own mediaType out; then what announced them decides, and last their shape.
  if (isSpecific(claimed)) return claimed;
  if (json["manifests"] !== undefined) return OCI_INDEX;
  if (json["config"] !== undefined || json["layers"] !== undefined) return OCI_MANIFEST;
  return "";
}

/** One body, two meanings: https://github.com/advisories/GHSA-mc8v-mgrf-8f4m */
function refuseAmbiguous(json: JsonObject, mediaType: string): void {
  if (!isSpecific(mediaType)) return;
  const foreign = PARTS.filter((part) => json[part] !== undefined && !partsOf(mediaType).includes(part));
  if (foreign.length > 0) {
    throw new PullError("ambiguous", `ambiguous manifest: ${mediaType} with ${foreign.join(" and ")} can be read in two ways`);
  }
}

const PARTS = ["config", "layers", "manifests", "fsLayers", "blobs"];

function partsOf(mediaType: string): readonly string[] {
  if (isIndex(mediaType)) return ["manifests"];
  if (isSchema1(mediaType)) return ["fsLayers"];
  return mediaType === OCI_ARTIFACT ? ["blobs"] : ["config", "layers"];
}

function readDocument(json: JsonObject, mediaType: string): Document {
  if (isIndex(mediaType)) return readIndex(json, mediaType);
  if (isManifest(mediaType)) return readManifest(json, mediaType);
  if (isSchema1(mediaType)) return { kind: "schema1", mediaType, schema1: readSchema1(json) };
  if (mediaType === OCI_ARTIFACT) {
    const artifactType = readMediaType(json["artifactType"], "manifest artifactType");
    return { kind: "artifact", mediaType, artifactType, config: undefined, layers: descriptors(json["blobs"], "blobs") };
  }
  const fields = excerpt(Object.keys(json).slice(0, 8).join(", ")) || "none";
  const found = mediaType === "" ? `fields ${fields}` : `mediaType ${mediaType}`;
  throw new PullError(
    "form-unknown",
    `expected an image manifest or index (${[OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(", ")}), got ${found}`,
  );
}

function readIndex(json: JsonObject, mediaType: string): Document {
  if (json["manifests"] === undefined) throw new PullError("wrong-field", "index has no manifests");
  const entries = descriptors(json["manifests"], "manifests");
  // The first form of BuildKit's registry cache: an index whose entries are layers, found under /blobs/.
  const config = entries.find((entry) => entry.mediaType === BUILDKIT_CACHE_CONFIG);
  const layers = entries.filter((entry) => isLayer(entry.mediaType));
  if (config === undefined && (layers.length === 0 || layers.length < entries.length)) return { kind: "index", mediaType, entries };
  return { kind: "buildkit-cache", mediaType, artifactType: BUILDKIT_CACHE_CONFIG, config, layers };
}

function readManifest(json: JsonObject, mediaType: string): Document {
  if (json["config"] === undefined) throw new PullError("wrong-field", "manifest has no config");
  const config = readDescriptor(json["config"], "descriptor config");
  const layers = descriptors(json["layers"], "layers");
  refuseTwoSizes([config, ...layers]);
  const named = readMediaType(json["artifactType"], "manifest artifactType");
  if (named === "" && isImageConfig(config.mediaType)) return { kind: "image", mediaType, config, layers };
  const kind = config.mediaType === BUILDKIT_CACHE_CONFIG ? "buildkit-cache" : "artifact";
  return { kind, mediaType, artifactType: named || config.mediaType, config, layers };
}

/** A blob has one size; where two are listed, what was checked would depend on which of them is believed. */
function refuseTwoSizes(descriptors: readonly Descriptor[]): void {
  const sizes = new Map<string, number>();
  for (const { digest, size } of descriptors) {
    const before = sizes.get(digest) ?? size;
    if (before !== size) throw new PullError("ambiguous", `ambiguous manifest: ${digest} is listed with ${before} and with ${size} bytes`);
    sizes.set(digest, size);
  }
}

function descriptors(value: Json | undefined, field: string): readonly Descriptor[] {
  return asShortList(value, field).map((entry, at) => readDescriptor(entry, `descriptor ${field}[${at}]`));
}
