import { mentionsOf } from "../gate/plan.ts";
import {
  blobsOf,
  type PlatformImage,
  type PlatformOutcome,
  problemsOf,
  type Resolved,
  shownImage,
  statusOf,
} from "../gate/resolved.ts";
import { bytesOf, distinctBlobs, type ListedBlob } from "../oci/blob.ts";
import type { Platform } from "../oci/platform.ts";
import { repositoryName } from "../oci/reference.ts";
import type { Outcome, Result } from "../pull/outcome.ts";

/** An object of the output `json`: an image, or a platform. */
export type ResultFields = Readonly<Record<string, unknown>>;

/** An image's name, and its object in the output `json`. */
export type NamedResult = readonly [name: string, fields: ResultFields];

/** The images of the output `json`, in the order of the plan. README.md describes the fields. */
export function toResults({ images }: Outcome, runner: Platform): readonly NamedResult[] {
  return images.map((image) => {
    const fields = toResult(image, runner);
    return [image.wanted.name, fields];
  });
}

function toResult(image: Result, runner: Platform): ResultFields {
  const { wanted, root, pulled } = image;
  const [problem] = problemsOf(image);
  const converted = pulled?.stored?.converted;
  return {
    reference: wanted.written,
    repository: repositoryName(wanted.reference),
    tag: wanted.reference.tag ?? "",
    digest: root?.fetched.digest ?? "",
    pinned: pinnedReference(image),
    ...(converted === undefined ? {} : { converted }),
    ...baseFields(image),
    mediaType: root?.document.mediaType ?? "",
    kind: root?.document.kind ?? "",
    status: statusOf(image),
    reason: problem?.reason ?? "",
    message: problem?.message ?? "",
    optional: wanted.optional,
    attestations: root?.attestations ?? 0,
    authenticated: root?.fetched.authenticated ?? false,
    platforms: image.platforms.map(toPlatformResult),
    ...configFields(shownImage(image, runner)),
    ...locationFields(image),
  };
}

/** Where files name the image; nothing when only the input does. */
function locationFields({ wanted }: Result): ResultFields {
  const places = mentionsOf(wanted).flatMap(({ location }) => location ?? []);
  if (places.length === 0) return {};
  const locations = places.map(({ file, line, column }) => ({ file, line, column }));
  return { locations };
}

/** The verdict on the base, for an image that names one; `stale` is null when it is not known. */
function baseFields({ base }: Result): ResultFields {
  if (base === undefined) return {};
  const { reference, digest, stale = null, message } = base;
  return { base: { reference, digest, stale, message } };
}

function configFields(image: PlatformImage | undefined): ResultFields {
  const config = image?.config;
  return {
    labels: Object.fromEntries(config?.labels ?? []),
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    user: config?.user ?? "",
    workdir: config?.workdir ?? "",
    exposedPorts: config?.exposedPorts ?? [],
  };
}

/** A platform that was not examined has no config, size, layers or created. */
function toPlatformResult(outcome: PlatformOutcome): ResultFields {
  const fields = {
    platform: outcome.platform,
    required: outcome.required,
    status: outcome.status,
    reason: outcome.reason,
    message: outcome.message,
    digest: outcome.digest ?? "",
  };
  const { image } = outcome;
  if (image === undefined) return fields;
  return {
    ...fields,
    config: image.configDigest ?? "",
    size: sumOfSizes(image.blobs),
    layers: image.layers.length,
    created: image.config.created,
  };
}

/** `registry/repository@digest`; empty when the image could not be resolved. */
export function pinnedReference({ root, wanted }: Resolved): string {
  if (root === undefined) return "";
  const name = repositoryName(wanted.reference);
  return `${name}@${root.fetched.digest}`;
}

/** Compressed bytes of all blobs, each digest once. A blob of unknown size counts as 0. */
export function sumOfSizes(blobs: readonly ListedBlob[]): number {
  return bytesOf(distinctBlobs(blobs));
}

/** Compressed bytes of all images, each blob once. */
export function totalSize(images: readonly Resolved[]): number {
  return sumOfSizes(images.flatMap(blobsOf));
}
