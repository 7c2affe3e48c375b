import {
  countedPlatforms,
  digestOfImage,
  existsAll,
  problemsOf,
  type Resolved,
  shownImage,
} from "../gate/resolved.ts";
import type { Platform } from "../oci/platform.ts";
import type { Reason } from "../oci/reason.ts";
import type { Outcome, Pulled } from "../pull/outcome.ts";
import {
  boundedImages,
  boundedList,
  boundedRows,
  JSON_LIMIT,
  type MissingEntry,
} from "./bounds.ts";
import type { BuildContext, Files } from "./build-files.ts";
import type { FileProblem, FilesReport } from "./found-images.ts";
import { lockDiff } from "./lock-diff.ts";
import type { ReferenceRow } from "./references.ts";
import { type NamedResult, pinnedReference, totalSize } from "./results.ts";
import { harmlessJson } from "./sanitiser.ts";
import type { Serving } from "./serving.ts";
import type { Judged } from "./summary.ts";

/**
 * Every output, in the order of `action.yml`. A step always sets all of them: a label that a later
 * step prints could set a missing one.
 */
export const OUTPUTS = [
  "exists",
  "digest",
  "digests",
  "image",
  "images",
  "platforms",
  "config",
  "labels",
  "size",
  "missing",
  "json",
  "metadata-file",
  "build-contexts",
  "bake-file",
  "oci-layout",
  "cache-hit",
  "bytes-restored",
  "bytes-downloaded",
  "stale",
  "references",
  "changed-files",
  "lock-changed",
  "lock-diff",
  "registry",
  "buildkitd-config",
  "kind-config",
  "k3d-config",
  "registries-conf",
  "receipt-file",
] as const;

type OutputName = (typeof OUTPUTS)[number];

/** A value for every output; empty when it does not apply. */
export type Outputs = Readonly<Record<OutputName, string>>;

const EMPTY_VALUES = OUTPUTS.map((name) => [name, ""]);

/** The outputs of a step that could not start: all of them, empty. */
export const EMPTY = Object.fromEntries(EMPTY_VALUES) as Outputs;

/** What the outputs contain that was made from the outcome before them. */
export type Made = {
  readonly results: readonly NamedResult[];
  readonly contexts: readonly BuildContext[];
  readonly files: Files;
  readonly runner: Platform;
  /** Undefined when the step reads no files. */
  readonly found: FilesReport | undefined;
  /** The rows of `references`. */
  readonly references: readonly ReferenceRow[];
};

/** The outputs, as README.md describes them. */
export function toOutputs(judged: Judged, made: Made): Outputs {
  const { images, pulled, problems, lock } = judged;
  const pinned = images.map(pinnedReference);
  const digests = images.map((image) => digestOfImage(image) ?? "");
  const contexts = made.contexts.map(([name, context]) => `${name}=${context}`);
  return {
    exists: existsOf(images, problems),
    ...outputsOfFirst(images[0], made.runner),
    digests: JSON.stringify(digests),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    size: sizeOf(images),
    missing: boundedList([...images.flatMap(missingEntries), ...problems.map(missingFile)]),
    json: boundedImages(made.results),
    "metadata-file": made.files.metadata,
    "build-contexts": contexts.join("\n"),
    "bake-file": made.files.bake,
    ...outputsOfPull(pulled),
    stale: staleOf(images),
    references: made.found === undefined ? "" : boundedRows(made.references),
    "changed-files": made.found?.changed.join("\n") ?? "",
    "lock-changed": lock?.mode === "update" ? String(lock.isWritten) : "",
    "lock-diff": lockDiff(lock?.changes ?? []),
    ...outputsOfServing(judged.serving),
  };
}

// What happens to a file after everything in it was checked.
const OF_PINS: readonly Reason[] = ["file-changed", "not-written"];

/** With a file that could not be read, it is not known that everything exists. */
function existsOf(images: readonly Resolved[], problems: readonly FileProblem[]): string {
  if (images.length === 0 && problems.length === 0) return "";
  const exists = existsAll(images);
  const unread = problems.filter(({ reason }) => !OF_PINS.includes(reason));
  const isComplete = unread.every(({ optional }) => optional);
  if (exists === undefined || (exists && !isComplete)) return "";
  return String(exists);
}

/** Empty with an image that was not read again: its size is not known. */
function sizeOf(images: readonly Resolved[]): string {
  const isKnown = images.every(({ unread }) => unread === undefined);
  return isKnown ? String(totalSize(images)) : "";
}

/** The names of the images whose base has changed; empty when no base is asked about. */
function staleOf(images: readonly Resolved[]): string {
  if (images.every(({ wanted }) => wanted.base === undefined)) return "";
  const stale = images.filter(({ base }) => base?.stale === true);
  return JSON.stringify(stale.map(({ wanted }) => wanted.name));
}

function missingFile({ where, status, reason, message }: FileProblem): MissingEntry {
  return { name: where, reference: "", platform: "", status, reason, message };
}

type OutputsOfFirst = Pick<Outputs, "digest" | "platforms" | "config" | "labels">;

function outputsOfFirst(first: Resolved | undefined, runner: Platform): OutputsOfFirst {
  const platforms = first === undefined ? [] : offeredPlatforms(first);
  const config = first && shownImage(first, runner)?.config;
  const labels = config && Object.fromEntries(config.labels);
  return {
    digest: (first && digestOfImage(first)) ?? "",
    platforms: bounded(platforms),
    config: bounded(config?.json),
    labels: bounded(labels),
  };
}

type OutputsOfPull = Pick<
  Outputs,
  "oci-layout" | "cache-hit" | "bytes-restored" | "bytes-downloaded"
>;

function outputsOfPull(pulled: Pulled | undefined): OutputsOfPull {
  return {
    "oci-layout": pulled?.layout ?? "",
    "cache-hit": String(pulled?.hit ?? ""),
    "bytes-restored": String(pulled?.restored ?? ""),
    "bytes-downloaded": String(pulled?.downloaded ?? ""),
  };
}

type OutputsOfServing = Pick<
  Outputs,
  | "registry"
  | "buildkitd-config"
  | "kind-config"
  | "k3d-config"
  | "registries-conf"
  | "receipt-file"
>;

function outputsOfServing(serving: Serving | undefined): OutputsOfServing {
  return {
    registry: serving?.address ?? "",
    "buildkitd-config": serving?.buildkitdConfig ?? "",
    "kind-config": serving?.kindConfig ?? "",
    "k3d-config": serving?.k3dConfig ?? "",
    "registries-conf": serving?.registriesConf ?? "",
    "receipt-file": serving?.receiptFile ?? "",
  };
}

/**
 * `value` as JSON; empty when it is undefined or too long: a part of it would not be JSON. The
 * metadata file has all of it.
 */
function bounded(value: unknown): string {
  if (value === undefined) return "";
  const json = harmlessJson(value);
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}

const BOUNDED = ["config", "labels", "platforms"] as const;

/** A log line for every output that is empty because its value is too long. */
export function leftOut(outputs: Outputs, { images }: Outcome): readonly string[] {
  const [first] = images;
  if (first === undefined || countedPlatforms(first).length === 0) return [];
  const names = BOUNDED.filter((name) => outputs[name] === "");
  const file = outputs["metadata-file"];
  const why = `it would have ${JSON_LIMIT} bytes or more; ${file} has it`;
  return names.map((name) => `the output ${name} is empty: ${why}`);
}

function offeredPlatforms({ platforms }: Resolved): readonly string[] {
  const offered = platforms.filter(({ digest }) => digest !== undefined);
  return offered.map(({ platform }) => platform);
}

function missingEntries(resolved: Resolved): readonly MissingEntry[] {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map((problem) => ({
    name,
    reference: written,
    platform: problem.platform,
    status: problem.status,
    reason: problem.reason,
    message: problem.message,
  }));
}
