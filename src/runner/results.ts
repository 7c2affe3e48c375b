import { mentionsOf } from "../gate/plan.ts";
import {
  blobsOf,
  digestOfImage,
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
import type { Outcome, Pulled, Result } from "../pull/outcome.ts";

/** An object of the output `json`: an image, or a platform. */
export type ResultFields = Readonly<Record<string, unknown>>;

/** An image's name, and its object in the output `json`. */
export type NamedResult = readonly [name: string, fields: ResultFields];

/** The images of the output `json`, in the order of the plan. README.md describes the fields. */
export function toResults({ images, pulled }: Outcome, runner: Platform): readonly NamedResult[] {
  return images.map((image) => {
    const fields = { ...toResult(image, runner), ...blobFields(image, pulled) };
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
    digest: digestOfImage(image) ?? "",
    pinned: pinnedReference(image),
    ...(converted === undefined ? {} : { converted }),
    ...baseFields(image),
    ...lockFields(image),
    source: root?.fetched.source ?? "",
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

/** How the image compares with its lock file; nothing without one. */
function lockFields({ lock }: Result): ResultFields {
  if (lock === undefined) return {};
  const { digest = "", tag } = lock;
  return { lock: { digest, tag } };
}

/** Where each blob of a pulled image came from. */
function blobFields(image: Result, pulled: Pulled | undefined): ResultFields {
  if (image.pulled === undefined || pulled === undefined) return {};
  const blobs = distinctBlobs(blobsOf(image)).map(({ digest, size = 0 }) => {
    // What is not transferred is in the layout, or missing.
    const there = image.pulled?.stored === undefined ? "" : "layout";
    return { digest, size, source: pulled.transfers.get(digest)?.source ?? there };
  });
  return { blobs };
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
    source: outcome.image?.manifest.source ?? "",
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
export function pinnedReference(image: Resolved): string {
  const digest = digestOfImage(image);
  if (digest === undefined) return "";
  const name = repositoryName(image.wanted.reference);
  return `${name}@${digest}`;
}

/** Compressed bytes of all blobs, each digest once. A blob of unknown size counts as 0. */
export function sumOfSizes(blobs: readonly ListedBlob[]): number {
  return bytesOf(distinctBlobs(blobs));
}

/** Compressed bytes of all images, each blob once. */
export function totalSize(images: readonly Resolved[]): number {
  return sumOfSizes(images.flatMap(blobsOf));
}
