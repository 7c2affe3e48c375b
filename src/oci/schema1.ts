import { type ImageConfig, readConfig } from "./config.ts";
import { readDigest } from "./descriptor.ts";
import { type Digest, digestOf } from "./digest.ts";
import { PullError } from "./failure.ts";
import { asList, asObject, asShortList, asString, type Json, type JsonObject, parseJson } from "./json.ts";
import { OCI_CONFIG, OCI_MANIFEST } from "./media-type.ts";

/**
 * Docker's first manifest format, which old registries still serve and the other current clients refuse:
 * https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-1.md
 */
export type Schema1 = {
  /** Base layer first, as every other format has them; layers that change nothing are left out. */
  readonly layers: readonly Digest[];
  readonly config: ImageConfig;
};

/** The 32 bytes Docker stored for a layer that changes nothing. */
const EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";

/** Fields of `v1Compatibility` that belong to the layer and not to the image. */
const LAYER_FIELDS = new Set(["id", "parent", "parent_id", "layer_id", "throwaway", "Size", "parent_config"]);

/** What the schema 1 manifest says. Fails as `invalid` when layers and history disagree or a field is not as specified. */
export function readSchema1(json: JsonObject): Schema1 {
  const fsLayers = asShortList(json["fsLayers"], "schema 1 fsLayers").map(readBlobSum);
  const history = asShortList(json["history"], "schema 1 history").map(readHistory);
  if (fsLayers.length === 0) throw new PullError("wrong-schema1", "schema 1 manifest lists no layer");
  if (fsLayers.length !== history.length) {
    throw new PullError("wrong-schema1", `schema 1 manifest has ${fsLayers.length} fsLayers but ${history.length} history entries`);
  }
  const empty = fsLayers.map((digest, at) => digest === EMPTY_LAYER || history[at]?.["throwaway"] === true);
  const layers = fsLayers.filter((_, at) => !empty[at]);
  return { layers: layers.reverse(), config: synthesise(json, history, empty) };
}

function readBlobSum(value: Json, at: number): Digest {
  const what = `schema 1 fsLayers[${at}]`;
  return readDigest(asObject(value, what, ["blobSum"])["blobSum"], what);
}

function readHistory(value: Json, at: number): JsonObject {
  const what = `schema 1 history[${at}].v1Compatibility`;
  const text = asString(asObject(value, what, ["v1Compatibility"])["v1Compatibility"], what);
  return asObject(parseJson(new TextEncoder().encode(text), what), what);
}

/**
 * The config a schema 1 image would have: the newest entry's own fields and the history of all.
 * It has no `rootfs`: diffIDs are digests of uncompressed layers, which nobody has seen yet.
 */
function synthesise(manifest: JsonObject, history: readonly JsonObject[], empty: readonly boolean[]): ImageConfig {
  const newest = Object.entries(history[0] ?? {}).filter(([key]) => !LAYER_FIELDS.has(key));
  return readConfig({
    architecture: manifest["architecture"] ?? "amd64",
    os: "linux",
    ...Object.fromEntries(newest),
    history: history.map((layer, at) => historyEntry(layer, empty[at] === true)).reverse(),
  });
}

function historyEntry(layer: JsonObject, empty: boolean): JsonObject {
  const container = layer["container_config"] == null ? {} : asObject(layer["container_config"], "container_config");
  const command = asList(container["Cmd"], "container_config Cmd").map((word) => asString(word, "container_config Cmd"));
  return {
    ...(layer["created"] === undefined ? {} : { created: layer["created"] }),
    ...(command.length === 0 ? {} : { created_by: command.join(" ") }),
    ...(empty ? { empty_layer: true } : {}),
  };
}

/**
 * The part of a document's bytes that its digest is over, and that alone may be parsed: all of them or, for a signed
 * schema 1 manifest, the payload that was signed. Fails as `invalid` when signatures are there but describe no payload.
 */
export function documentContent(bytes: Buffer): Buffer {
  // A signed manifest names both fields literally; looking for them first spares every other document a parse.
  if (!bytes.includes('"fsLayers"') || !bytes.includes('"signatures"')) return bytes;
  const signatures = asShortList(asObject(parseJson(bytes, "schema 1 manifest"), "schema 1 manifest")["signatures"], "signatures");
  const [first, ...others] = signatures.map((signature) => readPayload(bytes, signature));
  if (first === undefined) return bytes;
  // Compared by what they say and not by what they make: a thousand of them would make a thousand copies.
  if (others.some(({ length, tail }) => length !== first.length || tail !== first.tail)) {
    throw new PullError("wrong-schema1", "schema 1 signatures disagree about what was signed");
  }
  return Buffer.concat([bytes.subarray(0, first.length), Buffer.from(first.tail, "base64url")]);
}

/** The signed payload: so many bytes of the manifest, and a tail in base64. */
type Payload = { readonly length: number; readonly tail: string };

/** https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-1.md#signed-manifests */
function readPayload(raw: Buffer, signature: Json): Payload {
  const what = "schema 1 signature";
  const header = Buffer.from(asString(asObject(signature, what)["protected"], `${what} protected`), "base64url");
  const fields = asObject(parseJson(header, `${what} protected`), `${what} protected`);
  const length = fields["formatLength"];
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0 || length > raw.length) {
    throw new PullError("wrong-schema1", `${what}: formatLength is not a length within the manifest`);
  }
  return { length, tail: asString(fields["formatTail"], `${what} formatTail`) };
}

/** A layer as it is stored and as it unpacks. */
export type ConvertedLayer = { readonly digest: Digest; readonly size: number; readonly diffId: Digest };

/** A document made here: its bytes, and how others point at it. */
export type Made = { readonly bytes: Buffer; readonly digest: Digest; readonly mediaType: string };

/**
 * The OCI image that a schema 1 image is, once its layers are known: a config with diffIDs, and a manifest. Its digest is
 * its own and not the schema 1 digest. The same image gives the same bytes.
 */
export function toOciImage(schema1: Schema1, layers: readonly ConvertedLayer[]): { readonly config: Made; readonly manifest: Made } {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const config = made(OCI_CONFIG, { ...schema1.config.json, rootfs });
  const manifest = made(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.bytes.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size })),
  });
  return { config, manifest };
}

function made(mediaType: string, value: unknown): Made {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes), mediaType };
}
