import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  readPlatform
} from "./chunk-GHKMTOL7.js";
import {
  sizeClash
} from "./chunk-MUYIHUB2.js";
import {
  digestOf,
  parseDigest
} from "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  asShortList,
  asString,
  asStringMap,
  excerpt,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy
} from "./chunk-P27XCGGL.js";

// src/oci/media-type.ts
var LENGTH_LIMIT = 127 + 1 + 127;
function readMediaType(value, what) {
  const mediaType = asString(value, what);
  if (mediaType.length <= LENGTH_LIMIT) return mediaType;
  const expected = `expected a media type of at most ${LENGTH_LIMIT} characters`;
  throw new PullError("too-large", `${what}: ${expected}, got ${mediaType.length}`);
}
var OCI_INDEX = "application/vnd.oci.image.index.v1+json";
var OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
var OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
var OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
var DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
var DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
var DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
var SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
var SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
var OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
var BUILDKIT_CACHE_CONFIG = "application/vnd.buildkit.cacheconfig.v0";
var ATTESTATION_ARTIFACT = "application/vnd.docker.attestation.manifest.v1+json";
var HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json";
var INDEXES = /* @__PURE__ */ new Set([OCI_INDEX, DOCKER_LIST]);
var MANIFESTS = /* @__PURE__ */ new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
var SCHEMA1S = /* @__PURE__ */ new Set([SCHEMA1, SCHEMA1_SIGNED]);
var LAYERS = [
  "application/vnd.oci.image.layer.",
  "application/vnd.docker.image.rootfs.diff.",
  "application/vnd.docker.image.rootfs.foreign.diff."
];
var ACCEPT = [
  OCI_INDEX,
  DOCKER_LIST,
  OCI_MANIFEST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT,
  SCHEMA1_SIGNED,
  SCHEMA1
].join(", ");
function isIndex(mediaType) {
  return INDEXES.has(mediaType);
}
function isManifest(mediaType) {
  return MANIFESTS.has(mediaType);
}
function isSchema1(mediaType) {
  return SCHEMA1S.has(mediaType);
}
function isSpecific(mediaType) {
  return isIndex(mediaType) || isManifest(mediaType) || isSchema1(mediaType) || mediaType === OCI_ARTIFACT;
}
function isImageConfig(mediaType) {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG;
}
function isLayer(mediaType) {
  return LAYERS.some((prefix) => mediaType.startsWith(prefix));
}

// src/oci/descriptor.ts
var FIELDS = ["mediaType", "digest", "size", "platform", "annotations", "artifactType", "urls"];
function readDescriptor(value, what) {
  const fields = asObject(value, what, FIELDS);
  const listed = fields["platform"];
  const platform = listed == null ? void 0 : readPlatform(listed, `${what} platform`);
  const isUnknown = platform?.os === "unknown" || platform?.architecture === "unknown";
  const annotations = asStringMap(fields["annotations"], `${what} annotations`);
  const artifactType = readMediaType(fields["artifactType"], `${what} artifactType`);
  const isAttested = annotations.get("vnd.docker.reference.type") === "attestation-manifest";
  return {
    mediaType: readMediaType(fields["mediaType"], `${what} mediaType`),
    digest: readDigest(fields["digest"], what),
    size: readSize(fields["size"], what),
    platform: isUnknown ? void 0 : platform,
    attestation: isUnknown || isAttested || artifactType === ATTESTATION_ARTIFACT,
    foreign: asList(fields["urls"], `${what} urls`).length > 0
  };
}
function readDigest(value, what) {
  try {
    return parseDigest(asString(value, `${what} digest`));
  } catch (cause) {
    throw new PullError("wrong-descriptor", `${what}: ${foundBy(cause)}`, { cause });
  }
}
function readSize(value, what) {
  const isWhole = typeof value === "number" && Number.isSafeInteger(value);
  if (isWhole && value >= 0) return value;
  const got = excerpt(JSON.stringify(value) ?? "nothing");
  const problem = `expected a whole number of bytes, got ${got}`;
  throw new PullError("wrong-descriptor", `${what} size: ${problem}`);
}

// src/oci/config.ts
var FIELDS2 = words(
  "architecture os variant os.version os.features author created config rootfs history",
  "id parent comment container container_config docker_version"
);
var RUN_FIELDS = words(
  "User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal ArgsEscaped",
  "Memory MemorySwap CpuShares Healthcheck OnBuild Shell StopTimeout",
  "Hostname Domainname AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce",
  "Image NetworkDisabled MacAddress"
);
function words(...lines) {
  return lines.flatMap((line) => line.split(" "));
}
function parseConfig(bytes) {
  return readConfig(asObject(parseJson(bytes, "image config"), "image config"));
}
function readConfig(json) {
  asObject(json, "image config", FIELDS2);
  const platform = readPlatform(json, "image config");
  if (platform.os === "" || platform.architecture === "") {
    throw new PullError("wrong-field", "image config names no OS or no architecture");
  }
  const run = asObject(json["config"] ?? {}, "image config.config", RUN_FIELDS);
  return {
    platform,
    created: asString(json["created"], "image config created"),
    labels: asStringMap(run["Labels"], "image config Labels"),
    entrypoint: command(run["Entrypoint"], "Entrypoint"),
    cmd: command(run["Cmd"], "Cmd"),
    user: asString(run["User"], "image config User"),
    workdir: asString(run["WorkingDir"], "image config WorkingDir"),
    exposedPorts: readPorts(run["ExposedPorts"]),
    diffIds: countDiffIds(json["rootfs"]),
    json
  };
}
function command(value, name) {
  const what = `image config ${name}`;
  if (typeof value === "string") return [value];
  return asList(value, what).map((word) => asString(word, what));
}
function readPorts(value) {
  const ports = asObject(value ?? {}, "image config ExposedPorts");
  return Object.keys(ports);
}
function countDiffIds(rootfs) {
  if (rootfs === void 0) return void 0;
  const { diff_ids: diffIds } = asObject(rootfs, "image config rootfs", ["type", "diff_ids"]);
  return asList(diffIds, "image config diff_ids").length;
}

// src/oci/schema1.ts
var EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";
var LAYER_FIELDS = /* @__PURE__ */ new Set([
  "id",
  "parent",
  "parent_id",
  "layer_id",
  "throwaway",
  "Size",
  "parent_config"
]);
function readSchema1(json) {
  const fsLayers = asShortList(json["fsLayers"], "schema 1 fsLayers").map(readBlobSum);
  const history = asShortList(json["history"], "schema 1 history").map(readHistory);
  const [count, entries] = [fsLayers.length, history.length];
  if (count === 0) throw new PullError("wrong-schema1", "schema 1 manifest lists no layer");
  if (count !== entries) {
    const found = `schema 1 manifest has ${count} fsLayers but ${entries} history entries`;
    throw new PullError("wrong-schema1", found);
  }
  const isEmpty = fsLayers.map((digest, at) => {
    const isThrowaway = history[at]?.["throwaway"] === true;
    return isThrowaway || digest === EMPTY_LAYER;
  });
  const layers = fsLayers.filter((_, at) => !isEmpty[at]).toReversed();
  return { layers, config: synthesise(json, history, isEmpty) };
}
function readBlobSum(value, at) {
  const what = `schema 1 fsLayers[${at}]`;
  const { blobSum } = asObject(value, what, ["blobSum"]);
  return readDigest(blobSum, what);
}
function readHistory(value, at) {
  const what = `schema 1 history[${at}].v1Compatibility`;
  const { v1Compatibility } = asObject(value, what, ["v1Compatibility"]);
  const text = asString(v1Compatibility, what);
  const bytes = new TextEncoder().encode(text);
  return asObject(parseJson(bytes, what), what);
}
function synthesise(manifest, history, isEmpty) {
  const newest = Object.entries(history[0] ?? {});
  const imageFields = newest.filter(([key]) => !LAYER_FIELDS.has(key));
  const entries = history.map((layer, at) => historyEntry(layer, isEmpty[at] === true));
  return readConfig({
    architecture: manifest["architecture"] ?? "amd64",
    os: "linux",
    ...Object.fromEntries(imageFields),
    history: entries.toReversed()
  });
}
function historyEntry(layer, isEmpty) {
  const container = asObject(layer["container_config"] ?? {}, "container_config");
  const words2 = asList(container["Cmd"], "container_config Cmd");
  const command2 = words2.map((word) => asString(word, "container_config Cmd"));
  const { created } = layer;
  return {
    ...created === void 0 ? {} : { created },
    ...command2.length === 0 ? {} : { created_by: command2.join(" ") },
    ...isEmpty ? { empty_layer: true } : {}
  };
}
function documentContent(bytes) {
  const isSigned = bytes.includes('"fsLayers"') && bytes.includes('"signatures"');
  if (!isSigned) return bytes;
  const what = "schema 1 manifest";
  const { signatures } = asObject(parseJson(bytes, what), what);
  const list = asShortList(signatures, "signatures");
  const payloads = list.map((signature) => readPayload(bytes, signature));
  const [first, ...others] = payloads;
  if (first === void 0) return bytes;
  const isAgreed = others.every(({ length, tail: tail2 }) => {
    return length === first.length && tail2 === first.tail;
  });
  if (!isAgreed) {
    throw new PullError("wrong-schema1", "schema 1 signatures disagree about what was signed");
  }
  const start = bytes.subarray(0, first.length);
  const tail = Buffer.from(first.tail, "base64url");
  return Buffer.concat([start, tail]);
}
function readPayload(raw, signature) {
  const what = "schema 1 signature protected";
  const encoded = asString(asObject(signature, "schema 1 signature")["protected"], what);
  const header = Buffer.from(encoded, "base64url");
  const fields = asObject(parseJson(header, what), what);
  const { formatLength: length, formatTail: tail } = fields;
  const isLength = typeof length === "number" && Number.isSafeInteger(length);
  if (isLength && length >= 0 && length <= raw.length) {
    return { length, tail: asString(tail, "schema 1 signature formatTail") };
  }
  const found = "formatLength is not a length within the manifest";
  throw new PullError("wrong-schema1", `schema 1 signature: ${found}`);
}
function toOciImage(schema1, layers) {
  const diffIds = layers.map(({ diffId }) => diffId);
  const rootfs = { type: "layers", diff_ids: diffIds };
  const config = made(OCI_CONFIG, { ...schema1.config.json, rootfs });
  const manifest = made(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: {
      mediaType: OCI_CONFIG,
      digest: config.digest,
      size: config.bytes.length
    },
    layers: layers.map(({ digest, size }) => ({
      mediaType: OCI_LAYER,
      digest,
      size
    }))
  });
  return { config, manifest };
}
function made(mediaType, value) {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes), mediaType };
}

// src/oci/document.ts
var DOCUMENT_BYTES = 4 * 1024 * 1024;
var FIELDS3 = [
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
    throw new PullError("web-page", "expected a manifest, got a web page (text/html)");
  }
  const json = asObject(parseJson(bytes, "manifest"), "manifest", FIELDS3);
  const mediaType = typeOf(json, claimed);
  refuseAmbiguous(json, mediaType);
  if (isSpecific(claimed) && !agree(mediaType, claimed)) {
    const found = `the manifest is ${mediaType}, but it was announced as ${claimed}`;
    throw new PullError("media-type-differs", `mediaType differs: ${found}`);
  }
  return readDocument(json, mediaType);
}
function agree(mediaType, claimed) {
  return mediaType === claimed || isSchema1(mediaType) && isSchema1(claimed);
}
function typeOf(json, claimed) {
  const own = readMediaType(json["mediaType"], "manifest mediaType");
  if (own !== "") return own;
  if (json["schemaVersion"] === 1) return isSchema1(claimed) ? claimed : SCHEMA1;
  if (isSpecific(claimed)) return claimed;
  if (json["manifests"] !== void 0) return OCI_INDEX;
  if (json["config"] !== void 0) return OCI_MANIFEST;
  return json["layers"] === void 0 ? "" : OCI_MANIFEST;
}
function refuseAmbiguous(json, mediaType) {
  if (!isSpecific(mediaType)) return;
  const own = partsOf(mediaType);
  const given = PARTS.filter((part) => json[part] !== void 0);
  const foreign = given.filter((part) => !own.includes(part));
  if (foreign.length > 0) {
    const found = `${mediaType} with ${foreign.join(" and ")} can be read in two ways`;
    throw new PullError("ambiguous", `ambiguous manifest: ${found}`);
  }
}
var PARTS = ["config", "layers", "manifests", "fsLayers", "blobs"];
function partsOf(mediaType) {
  if (isIndex(mediaType)) return ["manifests"];
  if (isSchema1(mediaType)) return ["fsLayers"];
  return mediaType === OCI_ARTIFACT ? ["blobs"] : ["config", "layers"];
}
function readDocument(json, mediaType) {
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
function readIndex(json, mediaType) {
  if (json["manifests"] === void 0) throw new PullError("wrong-field", "index has no manifests");
  const entries = descriptors(json["manifests"], "manifests");
  const config = entries.find((entry) => entry.mediaType === BUILDKIT_CACHE_CONFIG);
  const layers = entries.filter((entry) => isLayer(entry.mediaType));
  const areLayers = layers.length > 0 && layers.length === entries.length;
  const isCache = config !== void 0 || areLayers;
  if (!isCache) return { kind: "index", mediaType, entries };
  return {
    kind: "buildkit-cache",
    mediaType,
    artifactType: BUILDKIT_CACHE_CONFIG,
    config,
    layers
  };
}
function readManifest(json, mediaType) {
  if (json["config"] === void 0) throw new PullError("wrong-field", "manifest has no config");
  const config = readDescriptor(json["config"], "descriptor config");
  const layers = descriptors(json["layers"], "layers");
  const clash = sizeClash([config, ...layers]);
  if (clash !== void 0) throw new PullError("ambiguous", `ambiguous manifest: ${clash}`);
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
    layers
  };
}
function readOciArtifact(json, mediaType) {
  return {
    kind: "artifact",
    mediaType,
    artifactType: readMediaType(json["artifactType"], "manifest artifactType"),
    config: void 0,
    layers: descriptors(json["blobs"], "blobs")
  };
}
function descriptors(value, field) {
  return asShortList(value, field).map(
    (entry, at) => readDescriptor(entry, `descriptor ${field}[${at}]`)
  );
}
function isArtifact(document) {
  return document.kind === "artifact" || document.kind === "buildkit-cache";
}
function notAnImageReason({ kind }) {
  return kind === "buildkit-cache" ? kind : "artifact";
}
function describeDocument(document) {
  if (document.kind === "index") return "an index";
  if (document.kind === "buildkit-cache") return "a BuildKit cache";
  if (document.kind !== "artifact") return "an image";
  const { artifactType } = document;
  if (artifactType === HELM_CONFIG) return "a Helm chart";
  return artifactType === "" ? "an artifact" : `an artifact of type ${artifactType}`;
}

export {
  parseConfig,
  OCI_INDEX,
  ACCEPT,
  isIndex,
  isManifest,
  isSchema1,
  isSpecific,
  readDescriptor,
  readDigest,
  readSize,
  documentContent,
  toOciImage,
  DOCUMENT_BYTES,
  parseDocument,
  isArtifact,
  notAnImageReason,
  describeDocument
};
