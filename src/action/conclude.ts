import { failsStep } from "../gate/resolved.ts";
import type { Outcome } from "../pull/outcome.ts";
import { annotate } from "../runner/annotations.ts";
import { buildContexts, writeFiles } from "../runner/build-files.ts";
import type { FilesReport, NamedInFiles } from "../runner/found-images.ts";
import type { Inputs } from "../runner/inputs.ts";
import { sayPinned } from "../runner/log.ts";
import { leftOut, OUTPUTS, type Outputs, toOutputs } from "../runner/outputs.ts";
import { redact, redactFiles } from "../runner/redaction.ts";
import { toReferenceRows } from "../runner/references.ts";
import { toResults } from "../runner/results.ts";
import type { Judged } from "../runner/summary.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { ReadFiles } from "./files.ts";
import { writePins } from "./pins.ts";

/** What a step did. `files` is undefined when it reads none. */
export type Done = { readonly outcome: Outcome; readonly files: ReadFiles | undefined };

/**
 * Ends a step: writes pins if everything passed, and reports with annotations, files, outputs and
 * summary. Returns the exit code. `directory` is for the files that the outputs name.
 */
export async function conclude(
  { outcome, files }: Done,
  inputs: Inputs,
  workflow: Workflow,
  directory: string,
): Promise<0 | 1> {
  const cacheMiss = inputs.cache.failOnMiss ? missedBy(outcome) : "";
  const isRefused = cacheMiss !== "" || hasFailed({ outcome, files }, inputs);
  const report = files && pin(files, outcome, isRefused, inputs, workflow);
  const isFailed = isRefused || hasProblem(report);
  const redacted = redact(outcome, workflow.withhold);
  const found = report && redactFiles(report, workflow.withhold);
  const judged = { ...redacted, cacheMiss, files: found };
  annotate(workflow, judged, inputs.failOnMissing);
  await handOn(judged, inputs, workflow, directory);
  const { jobSummary } = inputs;
  const isSummarised = jobSummary === "always" || (jobSummary === "on-failure" && isFailed);
  if (isSummarised) await workflow.summary(judged);
  return isFailed ? 1 : 0;
}

/** True when an image or a file has a problem that is not forgiven. */
export function hasFailed({ outcome, files }: Done, { failOnMissing }: Inputs): boolean {
  return hasProblem(files) || outcome.images.some((image) => failsStep(image, failOnMissing));
}

function hasProblem(files: NamedInFiles | undefined): boolean {
  return files?.problems.some(({ optional }) => !optional) ?? false;
}

/** Pins the references in the files, if the inputs ask for it and the step passed. */
function pin(
  files: ReadFiles,
  outcome: Outcome,
  isRefused: boolean,
  { pins }: Inputs,
  workflow: Workflow,
): FilesReport {
  if (pins !== "write") return { ...files, changed: [] };
  if (isRefused) {
    workflow.say("no digest is written into the files, because the step failed");
    return { ...files, changed: [] };
  }
  const { changed, problems } = writePins(files, outcome);
  sayPinned(workflow, changed);
  return { ...files, changed, problems: [...files.problems, ...problems] };
}

/** Writes outputs, and the files that they name. */
async function handOn(
  judged: Judged,
  { runner }: Inputs,
  workflow: Workflow,
  directory: string,
): Promise<void> {
  const { images, files: found } = judged;
  const results = toResults(judged, runner);
  const contexts = buildContexts(judged);
  const references = found === undefined ? [] : toReferenceRows(found, images);
  const files = await writeFiles({ outcome: judged, results, contexts, references }, directory);
  const outputs = toOutputs(judged, { results, contexts, files, runner, found, references });
  writeOutputs(workflow, outputs);
  for (const line of leftOut(outputs, judged)) workflow.say(line);
}

/** Sets every output. */
export function writeOutputs(workflow: Workflow, outputs: Outputs): void {
  for (const name of OUTPUTS) workflow.output(name, outputs[name]);
}

/** What to report about blobs that did not come from the cache; empty when all did. */
function missedBy({ pulled }: Outcome): string {
  const missed = pulled?.missed ?? [];
  const [first] = missed;
  if (first === undefined) return "";
  const blobs = missed.length === 1 ? "1 blob" : `${missed.length} blobs`;
  const found = `${blobs} did not come from the cache, the first is ${first.digest}`;
  const next = "run a job that saves them, or leave fail-on-cache-miss out";
  return `${found}, and fail-on-cache-miss is set; ${next}`;
}
