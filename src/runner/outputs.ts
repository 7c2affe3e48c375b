import type { Platform } from "../oci/platform.ts";
import type { Outcome } from "../pull/plan.ts";
import { countedPlatforms, existsAll, problemsOf, type Resolved, shownImage } from "../pull/plan.ts";
import { boundedImages, boundedList, JSON_LIMIT, type MissingEntry } from "./bounds.ts";
import { pinnedReference, toEntries, totalSize } from "./entries.ts";
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

/** The outputs of a step that could not start: all there, all empty. */
export const EMPTY = Object.fromEntries(OUTPUTS.map((name) => [name, ""])) as Outputs;

/** The outputs, written as the contract says; `files` are the paths of what was written beside them. */
export function toOutputs(outcome: Outcome, runner: Platform, files: { readonly metadata: string; readonly bake: string }): Outputs {
  const [first] = outcome.images;
  const image = first && shownImage(first, runner);
  const pinned = outcome.images.map(pinnedReference);
  return {
    exists: String(existsAll(outcome.images) ?? ""),
    digest: first?.root?.fetched.digest ?? "",
    digests: JSON.stringify(outcome.images.map((resolved) => resolved.root?.fetched.digest ?? "")),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    platforms: bounded(harmlessJson(first === undefined ? [] : offeredPlatforms(first))),
    config: bounded(image === undefined ? "" : harmlessJson(image.config.json)),
    labels: bounded(image === undefined ? "" : harmlessJson(Object.fromEntries(image.config.labels))),
    size: String(totalSize(outcome.images)),
    missing: boundedList(outcome.images.flatMap(missingEntries)),
    json: boundedImages(toEntries(outcome, runner)),
    "metadata-file": files.metadata,
    "build-contexts": buildContexts(outcome)
      .map(([name, context]) => `${name}=${context}`)
      .join("\n"),
    "bake-file": files.bake,
    "oci-layout": outcome.pulled?.layout ?? "",
    "cache-hit": outcome.pulled === undefined ? "" : String(outcome.pulled.hit),
    "bytes-restored": String(outcome.pulled?.restored ?? ""),
    "bytes-downloaded": String(outcome.pulled?.downloaded ?? ""),
  };
}

/** What does not fit an output is in the metadata file, whole; half of a JSON text would be no JSON. */
function bounded(json: string): string {
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}

/** A line for every output that is empty because its value is too long. */
export function leftOut(outputs: Outputs, { images }: Outcome): readonly string[] {
  const [first] = images;
  if (first === undefined || countedPlatforms(first).length === 0) return [];
  const lost = (["config", "labels", "platforms"] as const).filter((name) => outputs[name] === "");
  return lost.map((name) => `the output ${name} is empty: it would be longer than ${JSON_LIMIT} bytes; ${outputs["metadata-file"]} has it`);
}

function offeredPlatforms(resolved: Resolved): readonly string[] {
  return resolved.platforms.filter(({ digest }) => digest !== undefined).map(({ platform }) => platform);
}

function missingEntries(resolved: Resolved): readonly MissingEntry[] {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map(({ platform, status, reason, message }) => ({
    name,
    reference: written,
    platform,
    status,
    reason,
    message,
  }));
}
