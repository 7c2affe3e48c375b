import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import { repositoryName } from "../oci/reference.ts";
import type { Outcome } from "../pull/plan.ts";
import {
  countedPlatforms,
  type PlatformImage,
  type PlatformOutcome,
  problemsOf,
  type Resolved,
  shownImage,
  statusOf,
} from "../pull/plan.ts";

/** One image, or one platform, as `json` shows it. */
export type Entry = Readonly<Record<string, unknown>>;

/** The entries of `json`, by name: what the contract shows as schema 1. */
export function toEntries(outcome: Outcome, runner: Platform): readonly (readonly [name: string, entry: Entry])[] {
  return outcome.images.map((resolved) => [
    resolved.wanted.name,
    toEntry(resolved, runner, outcome.pulled?.converted.get(resolved.wanted.name)),
  ]);
}

function toEntry(resolved: Resolved, runner: Platform, converted: Digest | undefined): Entry {
  const { wanted, root } = resolved;
  const [problem] = problemsOf(resolved);
  const config = shownImage(resolved, runner)?.config;
  return {
    reference: wanted.written,
    repository: repositoryName(wanted.reference),
    tag: wanted.reference.tag ?? "",
    digest: root?.fetched.digest ?? "",
    pinned: pinnedReference(resolved),
    ...(converted === undefined ? {} : { converted }),
    mediaType: root?.document.mediaType ?? "",
    kind: root?.document.kind ?? "",
    status: statusOf(resolved),
    reason: problem?.reason ?? "",
    message: problem?.message ?? "",
    optional: wanted.optional,
    attestations: root?.attestations ?? 0,
    authenticated: root?.fetched.authenticated ?? false,
    platforms: resolved.platforms.map(toPlatformEntry),
    labels: Object.fromEntries(config?.labels ?? []),
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    user: config?.user ?? "",
    workdir: config?.workdir ?? "",
    exposedPorts: config?.exposedPorts ?? [],
  };
}

/** What was not looked into has no config, size, layers or created. */
function toPlatformEntry({ platform, required, status, reason, message, digest, image }: PlatformOutcome): Entry {
  const known =
    image === undefined
      ? {}
      : { config: image.configDigest ?? "", size: sumOfSizes(image.blobs), layers: image.layers.length, created: image.config.created };
  return { platform, required, status, reason, message, digest: digest ?? "", ...known };
}

/** `registry/repository@digest`, or empty when the image could not be resolved. */
export function pinnedReference(resolved: Resolved): string {
  return resolved.root === undefined ? "" : `${repositoryName(resolved.wanted.reference)}@${resolved.root.fetched.digest}`;
}

/** Compressed bytes of all blobs together, each digest once; one that nobody states a size for counts nothing. */
export function sumOfSizes(blobs: PlatformImage["blobs"]): number {
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size ?? 0]));
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}

/** Compressed bytes of all images, each blob once. */
export function totalSize(images: readonly Resolved[]): number {
  const blobs = images.flatMap((resolved) => [...resolved.blobs, ...countedPlatforms(resolved).flatMap((image) => image.blobs)]);
  return sumOfSizes(blobs);
}
