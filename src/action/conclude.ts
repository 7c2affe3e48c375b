import { failsStep } from "../gate/resolved.ts";
import type { Outcome } from "../pull/outcome.ts";
import { annotate } from "../runner/annotations.ts";
import { buildContexts, writeFiles } from "../runner/build-files.ts";
import type { FilesReport } from "../runner/found-images.ts";
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
  const isFailed = cacheMiss !== "" || hasFailed({ outcome, files }, inputs);
  const changed = files === undefined ? [] : pin({ outcome, files }, isFailed, inputs, workflow);
  const redacted = redact(outcome, workflow.withhold);
  const report = files && redactFiles({ ...files, changed }, workflow.withhold);
  const judged = { ...redacted, cacheMiss, files: report };
  annotate(workflow, judged, inputs.failOnMissing);
  await handOn(judged, report, inputs, workflow, directory);
  const { jobSummary } = inputs;
  const isSummarised = jobSummary === "always" || (jobSummary === "on-failure" && isFailed);
  if (isSummarised) await workflow.summary(judged);
  return isFailed ? 1 : 0;
}

/** True when an image or a file has a problem that is not forgiven. */
export function hasFailed({ outcome, files }: Done, { failOnMissing }: Inputs): boolean {
  const problems = files?.problems ?? [];
  if (problems.some(({ optional }) => !optional)) return true;
  return outcome.images.some((image) => failsStep(image, failOnMissing));
}

/** Pins the references in the files, if the step passed. Returns the files that changed. */
function pin(
  { outcome, files }: Done & { readonly files: ReadFiles },
  isFailed: boolean,
  { pins }: Inputs,
  workflow: Workflow,
): readonly string[] {
  if (pins !== "write") return [];
  if (isFailed) {
    workflow.say("no digest is written into the files, because the step failed");
    return [];
  }
  const changed = writePins(files, outcome, workflow);
  sayPinned(workflow, changed);
  return changed;
}

/** Writes outputs, and the files that they name. */
async function handOn(
  outcome: Judged,
  found: FilesReport | undefined,
  { runner }: Inputs,
  workflow: Workflow,
  directory: string,
): Promise<void> {
  const results = toResults(outcome, runner);
  const contexts = buildContexts(outcome);
  const references = found === undefined ? [] : toReferenceRows(found, outcome.images);
  const files = await writeFiles({ outcome, results, contexts, references }, directory);
  const outputs = toOutputs(outcome, { results, contexts, files, runner, found, references });
  writeOutputs(workflow, outputs);
  for (const line of leftOut(outputs, outcome)) workflow.say(line);
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
