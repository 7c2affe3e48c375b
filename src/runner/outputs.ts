import type { Json } from "../oci/json.ts";
import type { Platform } from "../oci/platform.ts";
import type { Outcome } from "../pull/plan.ts";
import { problemsOf, type Resolved, statusOf } from "../pull/plan.ts";
import { pinnedReference, shownImage, toEntries, totalSize } from "./entries.ts";
import { buildContexts } from "./handoff.ts";
import { harmlessJson } from "./sanitiser.ts";

/** Every output, in the order of `action.yml`. Each is always set: an output left out could be set by somebody's label. */
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
] as const;

/** A value for every output; empty where it does not apply. */
export type Outputs = Readonly<Record<(typeof OUTPUTS)[number], string>>;

// Job outputs hold 1 MiB together; a quarter leaves room for `config` and for other steps.
const JSON_LIMIT = 256 * 1024;

/** The outputs of a step that could not start: all there, all empty. */
export const EMPTY = Object.fromEntries(OUTPUTS.map((name) => [name, ""])) as Outputs;

/** The outputs, written as the contract says; `files` are the paths of what was written beside them. */
export function toOutputs(outcome: Outcome, runner: Platform, files: { readonly metadata: string; readonly bake: string }): Outputs {
  const [first] = outcome.images;
  const image = first && shownImage(first, runner);
  const pinned = outcome.images.map(pinnedReference);
  return {
    exists: String(outcome.images.every((resolved) => resolved.wanted.optional || statusOf(resolved) === "ok")),
    digest: first?.root?.fetched.digest ?? "",
    digests: JSON.stringify(outcome.images.map((resolved) => resolved.root?.fetched.digest ?? "")),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    platforms: harmlessJson(first === undefined ? [] : offeredPlatforms(first)),
    config: bounded(image === undefined ? "" : harmlessJson(image.config.json)),
    labels: bounded(image === undefined ? "" : harmlessJson(Object.fromEntries(image.config.labels))),
    size: String(totalSize(outcome.images)),
    missing: bounded(harmlessJson(outcome.images.flatMap(missingEntries))),
    json: boundedJson(outcome, runner),
    "metadata-file": files.metadata,
    "build-contexts": buildContexts(outcome)
      .map(([name, context]) => `${name}=${context}`)
      .join("\n"),
    "bake-file": files.bake,
    "oci-layout": outcome.pulled?.layout ?? "",
    "cache-hit": outcome.pulled === undefined ? "" : String(outcome.pulled.missed.length === 0),
    "bytes-restored": String(outcome.pulled?.restored ?? ""),
    "bytes-downloaded": String(outcome.pulled?.downloaded ?? ""),
  };
}

/** What does not fit an output is in the metadata file, whole; half of a JSON text would be no JSON. */
function bounded(json: string): string {
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}

function offeredPlatforms(resolved: Resolved): readonly string[] {
  return resolved.platforms.filter(({ digest }) => digest !== undefined).map(({ platform }) => platform);
}

function missingEntries(resolved: Resolved): readonly Json[] {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map(({ platform, status, message }) => ({ name, reference: written, platform, status, message }));
}

// What can be left out of `json` when it grows too large, least missed first; the metadata file has it all.
const REDUCTIONS: readonly (readonly string[])[] = [
  [],
  ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir"],
  ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir", "platforms", "message"],
];

function boundedJson(outcome: Outcome, runner: Platform): string {
  const entries = toEntries(outcome, runner);
  for (const left of REDUCTIONS) {
    const images = entries.map(
      ([name, entry]) => [name, Object.fromEntries(Object.entries(entry).filter(([key]) => !left.includes(key)))] as const,
    );
    const json = harmlessJson({ schema: 1, ...(left.length === 0 ? {} : { truncated: true }), images: Object.fromEntries(images) });
    if (Buffer.byteLength(json) < JSON_LIMIT) return json;
  }
  return "";
}
