// The media types of documents and layers:
// https://github.com/opencontainers/image-spec/blob/main/media-types.md
import { PullError } from "./failure.ts";
import { asString, type Json } from "./json.ts";

// A type and a subtype of 127 characters each: https://www.rfc-editor.org/rfc/rfc6838#section-4.2
const LENGTH_LIMIT = 127 + 1 + 127;

/**
 * The media type in `value`, empty when absent or null. Fails as `invalid` when it is not a string,
 * or is longer than a media type can be.
 */
export function readMediaType(value: Json | undefined, what: string): string {
  const mediaType = asString(value, what);
  if (mediaType.length <= LENGTH_LIMIT) return mediaType;
  const expected = `expected a media type of at most ${LENGTH_LIMIT} characters`;
  throw new PullError("too-large", `${what}: ${expected}, got ${mediaType.length}`);
}

/** An image index. */
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
/** An image manifest: one config and ordered layers. */
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
/** An image config. */
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
/** A layer: a tar archive, compressed with gzip. */
export const OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
/**
 * Docker's index:
 * https://github.com/distribution/distribution/blob/main/docs/content/spec/manifest-v2-2.md
 */
export const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
/** Docker's image manifest, schema 2. */
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
/** Docker's image config. */
export const DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
/** Docker's first manifest format, unsigned. */
export const SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
/** Docker's first manifest format, in a JSON web signature. */
export const SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
/** An artifact manifest: withdrawn before OCI 1.1 was final, but some registries still serve it. */
export const OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
/**
 * The config of a BuildKit cache:
 * https://github.com/moby/buildkit/blob/master/cache/remotecache/v1/types/spec.go
 */
export const BUILDKIT_CACHE_CONFIG = "application/vnd.buildkit.cacheconfig.v0";
/**
 * The artifact type of an attestation in its newer form:
 * https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export const ATTESTATION_ARTIFACT = "application/vnd.docker.attestation.manifest.v1+json";

/** The config of a Helm chart: https://helm.sh/docs/topics/registries/#helm-chart-manifest */
export const HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json";

const INDEXES: ReadonlySet<string> = new Set([OCI_INDEX, DOCKER_LIST]);
const MANIFESTS: ReadonlySet<string> = new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
const SCHEMA1S: ReadonlySet<string> = new Set([SCHEMA1, SCHEMA1_SIGNED]);
const LAYERS = [
  "application/vnd.oci.image.layer.",
  "application/vnd.docker.image.rootfs.diff.",
  "application/vnd.docker.image.rootfs.foreign.diff.",
];

/**
 * All types of manifests, for the `Accept` header. A registry answers 404 when the manifest has a
 * type that is not listed. Schema 1 is last, so that it is not preferred.
 */
export const ACCEPT = [
  OCI_INDEX,
  DOCKER_LIST,
  OCI_MANIFEST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT,
  SCHEMA1_SIGNED,
  SCHEMA1,
].join(", ");

/** True for an index of either family. */
export function isIndex(mediaType: string): boolean {
  return INDEXES.has(mediaType);
}

/** True for an image manifest of either family, with config and layers. */
export function isManifest(mediaType: string): boolean {
  return MANIFESTS.has(mediaType);
}

/** True for schema 1, signed or not. */
export function isSchema1(mediaType: string): boolean {
  return SCHEMA1S.has(mediaType);
}

/** True for a type that names exactly one kind of document. The body must then be of that kind. */
export function isSpecific(mediaType: string): boolean {
  return (
    isIndex(mediaType) ||
    isManifest(mediaType) ||
    isSchema1(mediaType) ||
    mediaType === OCI_ARTIFACT
  );
}

/** True for the config of a container image. The config of an artifact has another type. */
export function isImageConfig(mediaType: string): boolean {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG;
}

/** True for the layer types of OCI and Docker, with any compression. */
export function isLayer(mediaType: string): boolean {
  return LAYERS.some((prefix) => mediaType.startsWith(prefix));
}
