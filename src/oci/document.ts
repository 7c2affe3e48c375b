import { sizeClash } from "./blob.ts";
import { type Descriptor, readDescriptor } from "./descriptor.ts";
import { PullError } from "./failure.ts";
import { asObject, asShortList, excerpt, type Json, type JsonObject, parseJson } from "./json.ts";
import {
  BUILDKIT_CACHE_CONFIG,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  HELM_CONFIG,
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

/** A document that a registry stores under `/manifests/`. Its configs and layers are blobs. */
export type Document =
  | {
      readonly kind: "index";
      readonly mediaType: string;
      readonly entries: readonly Descriptor[];
    }
  | {
      readonly kind: "image";
      readonly mediaType: string;
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
    }
  | {
      readonly kind: "schema1";
      readonly mediaType: string;
      readonly schema1: Schema1;
    }
  | {
      readonly kind: "artifact" | "buildkit-cache";
      readonly mediaType: string;
      /** The type that the document states, else the media type of its config; may be empty. */
      readonly artifactType: string;
      readonly config: Descriptor | undefined;
      readonly layers: readonly Descriptor[];
    };

/**
 * The most bytes that a manifest or config may have. The specification asks registries to accept
 * manifests of at least 4 MiB, and most accept no more:
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
 * The document in `bytes`, whose digest is already verified. `claimed` is the media type in the
 * descriptor or in the Content-Type. A specific one must agree with the body
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests); a
 * generic or empty one is ignored. Fails as `invalid` when the document is malformed, ambiguous or
 * has too many entries, and as `unsupported` when its form is unknown.
 */
export function parseDocument(bytes: Uint8Array, claimed: string): Document {
  if (claimed === "text/html") {
    throw new PullError("web-page", "expected a manifest, got a web page (text/html)");
  }
  const json = asObject(parseJson(bytes, "manifest"), "manifest", FIELDS);
  const mediaType = typeOf(json, claimed);
  refuseAmbiguous(json, mediaType);
  if (isSpecific(claimed) && !agree(mediaType, claimed)) {
    const found = `the manifest is ${mediaType}, but it was announced as ${claimed}`;
    throw new PullError("media-type-differs", `mediaType differs: ${found}`);
  }
  return readDocument(json, mediaType);
}

/** True for equal types, and for the two types of schema 1, which are one form. */
function agree(mediaType: string, claimed: string): boolean {
  return mediaType === claimed || (isSchema1(mediaType) && isSchema1(claimed));
}

function typeOf(json: JsonObject, claimed: string): string {
  const own = readMediaType(json["mediaType"], "manifest mediaType");
  if (own !== "") return own;
  if (json["schemaVersion"] === 1) return isSchema1(claimed) ? claimed : SCHEMA1;
  // OCI documents may omit their mediaType: then the announced type decides, and last their fields.
  if (isSpecific(claimed)) return claimed;
  if (json["manifests"] !== undefined) return OCI_INDEX;
  if (json["config"] !== undefined) return OCI_MANIFEST;
  return json["layers"] === undefined ? "" : OCI_MANIFEST;
}

/** Refuses a body with two meanings: https://github.com/advisories/GHSA-mc8v-mgrf-8f4m */
function refuseAmbiguous(json: JsonObject, mediaType: string): void {
  if (!isSpecific(mediaType)) return;
  const own = partsOf(mediaType);
  const given = PARTS.filter((part) => json[part] !== undefined);
  const foreign = given.filter((part) => !own.includes(part));
  if (foreign.length > 0) {
    const found = `${mediaType} with ${foreign.join(" and ")} can be read in two ways`;
    throw new PullError("ambiguous", `ambiguous manifest: ${found}`);
  }
}

/** The fields that point at content. Each form of document has some of them and no other. */
const PARTS = ["config", "layers", "manifests", "fsLayers", "blobs"];

function partsOf(mediaType: string): readonly string[] {
  if (isIndex(mediaType)) return ["manifests"];
  if (isSchema1(mediaType)) return ["fsLayers"];
  return mediaType === OCI_ARTIFACT ? ["blobs"] : ["config", "layers"];
}

function readDocument(json: JsonObject, mediaType: string): Document {
  if (isIndex(mediaType)) return readIndex(json, mediaType);
  if (isManifest(mediaType)) return readManifest(json, mediaType);
  if (isSchema1(mediaType)) {
    const schema1 = readSchema1(json);
    return { kind: "schema1", mediaType, schema1 };
  }
  if (mediaType === OCI_ARTIFACT) return readOciArtifact(json, mediaType);
  const names = Object.keys(json).slice(0, 8).join(", ");
  const fields = excerpt(names) || "none";
  const found = mediaType === "" ? `fields ${fields}` : `mediaType ${mediaType}`;
  const forms = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(", ");
  const expected = `expected an image manifest or index (${forms})`;
  throw new PullError("form-unknown", `${expected}, got ${found}`);
}

function readIndex(json: JsonObject, mediaType: string): Document {
  if (json["manifests"] === undefined) throw new PullError("wrong-field", "index has no manifests");
  const entries = descriptors(json["manifests"], "manifests");
  // The older form of BuildKit's registry cache: an index whose entries are layers, stored as
  // blobs.
  const config = entries.find((entry) => entry.mediaType === BUILDKIT_CACHE_CONFIG);
  const layers = entries.filter((entry) => isLayer(entry.mediaType));
  const areLayers = layers.length > 0 && layers.length === entries.length;
  const isCache = config !== undefined || areLayers;
  if (!isCache) return { kind: "index", mediaType, entries };
  return {
    kind: "buildkit-cache",
    mediaType,
    artifactType: BUILDKIT_CACHE_CONFIG,
    config,
    layers,
  };
}

function readManifest(json: JsonObject, mediaType: string): Document {
  if (json["config"] === undefined) throw new PullError("wrong-field", "manifest has no config");
  const config = readDescriptor(json["config"], "descriptor config");
  const layers = descriptors(json["layers"], "layers");
  const clash = sizeClash([config, ...layers]);
  if (clash !== undefined) throw new PullError("ambiguous", `ambiguous manifest: ${clash}`);
  const named = readMediaType(json["artifactType"], "manifest artifactType");
  if (named === "" && isImageConfig(config.mediaType)) {
    return { kind: "image", mediaType, config, layers };
  }
  const isCache = config.mediaType === BUILDKIT_CACHE_CONFIG;
  return {
    kind: isCache ? "buildkit-cache" : "artifact",
    mediaType,
    artifactType: named || config.mediaType,
    config,
    layers,
  };
}

function readOciArtifact(json: JsonObject, mediaType: string): Document {
  return {
    kind: "artifact",
    mediaType,
    artifactType: readMediaType(json["artifactType"], "manifest artifactType"),
    config: undefined,
    layers: descriptors(json["blobs"], "blobs"),
  };
}

function descriptors(value: Json | undefined, field: string): readonly Descriptor[] {
  return asShortList(value, field).map((entry, at) =>
    readDescriptor(entry, `descriptor ${field}[${at}]`),
  );
}

/** A document that is neither an image nor an index of images. */
export type Artifact = Extract<Document, { kind: "artifact" | "buildkit-cache" }>;

/** True for an artifact and for a BuildKit cache, which have no platform. */
export function isArtifact(document: Document): document is Artifact {
  return document.kind === "artifact" || document.kind === "buildkit-cache";
}

/** The reason for refusing a document that is neither an image nor an index. */
export function notAnImageReason({ kind }: Document): "artifact" | "buildkit-cache" {
  return kind === "buildkit-cache" ? kind : "artifact";
}

/** A document in words, for a message: `an index`, `a Helm chart`, `an artifact of type …`. */
export function describeDocument(document: Document): string {
  if (document.kind === "index") return "an index";
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  if (document.kind !== "artifact") return "an image";
  const { artifactType } = document;
  if (artifactType === HELM_CONFIG) return "a Helm chart";
  return artifactType === "" ? "an artifact" : `an artifact of type ${artifactType}`;
}
