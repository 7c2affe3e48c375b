import { type ImageConfig, readConfig } from "./config.ts";
import { readDigest } from "./descriptor.ts";
import { type Digest, digestOf } from "./digest.ts";
import { PullError } from "./failure.ts";
import {
  asList,
  asObject,
  asShortList,
  asString,
  type Json,
  type JsonObject,
  parseJson,
} from "./json.ts";
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from "./media-type.ts";

/**
 * Docker's first manifest format, which old registries still serve and current clients refuse:
 * https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-1.md
 */
export type Schema1 = {
  /** Base layer first, as in every other format. Layers that change nothing are left out. */
  readonly layers: readonly Digest[];
  readonly config: ImageConfig;
};

/** The 32 bytes that Docker stored for a layer that changes nothing. */
const EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

/** Fields of `v1Compatibility` that describe the layer and not the image. */
const LAYER_FIELDS = new Set([
  "id",
  "parent",
  "parent_id",
  "layer_id",
  "throwaway",
  "Size",
  "parent_config",
]);

/**
 * The layers and the config of a schema 1 manifest. Fails as `invalid` when the numbers of layers
 * and history entries differ, or when a field is malformed.
 */
export function readSchema1(json: JsonObject): Schema1 {
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

function readBlobSum(value: Json, at: number): Digest {
  const what = `schema 1 fsLayers[${at}]`;
  const { blobSum } = asObject(value, what, ["blobSum"]);
  return readDigest(blobSum, what);
}

function readHistory(value: Json, at: number): JsonObject {
  const what = `schema 1 history[${at}].v1Compatibility`;
  const { v1Compatibility } = asObject(value, what, ["v1Compatibility"]);
  const text = asString(v1Compatibility, what);
  const bytes = new TextEncoder().encode(text);
  return asObject(parseJson(bytes, what), what);
}

/**
 * A config for a schema 1 image, from the fields of its newest entry and the history of all. It has
 * no `rootfs`, because diffIDs are digests of uncompressed layers, which are not downloaded yet.
 */
function synthesise(
  manifest: JsonObject,
  history: readonly JsonObject[],
  isEmpty: readonly boolean[],
): ImageConfig {
  const newest = Object.entries(history[0] ?? {});
  const imageFields = newest.filter(([key]) => !LAYER_FIELDS.has(key));
  const entries = history.map((layer, at) => historyEntry(layer, isEmpty[at] === true));
  return readConfig({
    architecture: manifest["architecture"] ?? "amd64",
    os: "linux",
    ...Object.fromEntries(imageFields),
    history: entries.toReversed(),
  });
}

function historyEntry(layer: JsonObject, isEmpty: boolean): JsonObject {
  const container = asObject(layer["container_config"] ?? {}, "container_config");
  const words = asList(container["Cmd"], "container_config Cmd");
  const command = words.map((word) => asString(word, "container_config Cmd"));
  const { created } = layer;
  return {
    ...(created === undefined ? {} : { created }),
    ...(command.length === 0 ? {} : { created_by: command.join(" ") }),
    ...(isEmpty ? { empty_layer: true } : {}),
  };
}

/**
 * The part of a document that is hashed, and that alone may be parsed: all bytes or, of a signed
 * schema 1 manifest, the signed payload. Fails as `invalid` when the signatures describe no
 * payload.
 */
export function documentContent(bytes: Buffer): Buffer {
  // Every signed manifest contains both names, so other documents need not be parsed here.
  const isSigned = bytes.includes('"fsLayers"') && bytes.includes('"signatures"');
  if (!isSigned) return bytes;
  const what = "schema 1 manifest";
  const { signatures } = asObject(parseJson(bytes, what), what);
  const list = asShortList(signatures, "signatures");
  const payloads = list.map((signature) => readPayload(bytes, signature));
  const [first, ...others] = payloads;
  if (first === undefined) return bytes;
  // Compared before they are decoded: a thousand payloads would be a thousand copies of the
  // document.
  const isAgreed = others.every(({ length, tail }) => {
    return length === first.length && tail === first.tail;
  });
  if (!isAgreed) {
    throw new PullError("wrong-schema1", "schema 1 signatures disagree about what was signed");
  }
  const start = bytes.subarray(0, first.length);
  const tail = Buffer.from(first.tail, "base64url");
  return Buffer.concat([start, tail]);
}

/** A signed payload: the first `length` bytes of the manifest, then `tail`, in base64url. */
type Payload = {
  readonly length: number;
  readonly tail: string;
};

/**
 * https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-1.md#signed-manifests
 */
function readPayload(raw: Buffer, signature: Json): Payload {
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

/** A layer of the converted image: its digest and size as stored, and its diffID. */
export type ConvertedLayer = {
  readonly digest: Digest;
  readonly size: number;
  readonly diffId: Digest;
};

/** A document written by this action, and the fields of a descriptor that points at it. */
export type Made = {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly mediaType: string;
};

/** The OCI image that a schema 1 image becomes. */
export type OciImage = { readonly config: Made; readonly manifest: Made };

/**
 * Converts a schema 1 image with known layers to an OCI image: a config with diffIDs, and a
 * manifest with another digest. The same image always gives the same bytes.
 */
export function toOciImage(schema1: Schema1, layers: readonly ConvertedLayer[]): OciImage {
  const diffIds = layers.map(({ diffId }) => diffId);
  const rootfs = { type: "layers", diff_ids: diffIds };
  const config = made(OCI_CONFIG, { ...schema1.config.json, rootfs });
  const manifest = made(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: {
      mediaType: OCI_CONFIG,
      digest: config.digest,
      size: config.bytes.length,
    },
    layers: layers.map(({ digest, size }) => ({
      mediaType: OCI_LAYER,
      digest,
      size,
    })),
  });
  return { config, manifest };
}

function made(mediaType: string, value: unknown): Made {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes), mediaType };
}
