import { failsStep } from "../gate/resolved.ts";
import type { Outcome } from "../pull/outcome.ts";
import { annotate } from "../runner/annotations.ts";
import { buildContexts, writeFiles } from "../runner/build-files.ts";
import type { CacheUse } from "../runner/cache-policy.ts";
import type { FileProblem, FilesReport } from "../runner/found-images.ts";
import type { Inputs } from "../runner/inputs.ts";
import type { LockReport } from "../runner/lock-report.ts";
import { sayLocked, sayPinned } from "../runner/log.ts";
import { leftOut, OUTPUTS, type Outputs, toOutputs } from "../runner/outputs.ts";
import { redact } from "../runner/redaction.ts";
import { toReferenceRows } from "../runner/references.ts";
import { toResults } from "../runner/results.ts";
import type { Serving } from "../runner/serving.ts";
import type { Judged } from "../runner/summary.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { ReadFiles } from "./files.ts";
import type { LockEnd, OpenLock, Replaced } from "./lock.ts";
import { writePins } from "./pins.ts";

/** What a step did. `files` is undefined when it reads none. */
export type Done = {
  readonly outcome: Outcome;
  readonly files: ReadFiles | undefined;
  /** Undefined when the step uses no lock file. */
  readonly lock: OpenLock | undefined;
  /** What the lock file has, and what the step replaces. */
  readonly replaced: Replaced;
  /** Undefined when no registry runs for the job. */
  readonly serving: Serving | undefined;
  /** Undefined when the step uses no cache. */
  readonly cache?: CacheUse | undefined;
};

/**
 * Ends a step: writes pins if everything passed, and reports with annotations, files, outputs and
 * summary. Returns the exit code. `directory` is for the files that the outputs name.
 */
export async function conclude(
  done: Done,
  inputs: Inputs,
  workflow: Workflow,
  directory: string,
): Promise<0 | 1> {
  const { outcome, serving, cache } = done;
  const cacheMiss = inputs.cache.failOnMiss ? missedBy(outcome) : "";
  const isRefused = cacheMiss !== "" || hasFailed(done, inputs);
  const written = await write(done, isRefused, inputs, workflow);
  const isFailed = isRefused || hasProblem(written.problems);
  const judged = redact({ ...outcome, ...written, cacheMiss, serving, cache }, workflow.withhold);
  annotate(workflow, judged, inputs.failOnMissing);
  await handOn(judged, inputs, workflow, directory);
  const { jobSummary } = inputs;
  const isSummarised = jobSummary === "always" || (jobSummary === "on-failure" && isFailed);
  if (isSummarised) await workflow.summary(judged);
  return isFailed ? 1 : 0;
}

/** True when an image or a file has a problem that is not forgiven. */
export function hasFailed(
  { outcome, files, lock }: Pick<Done, "outcome" | "files" | "lock">,
  { failOnMissing }: Inputs,
): boolean {
  const problems = [...(files?.problems ?? []), ...(lock?.problems ?? [])];
  return hasProblem(problems) || outcome.images.some((image) => failsStep(image, failOnMissing));
}

function hasProblem(problems: readonly FileProblem[]): boolean {
  return problems.some(({ optional }) => !optional);
}

type Written = Pick<Judged, "files" | "lock" | "problems">;

/** Writes pins, and then the lock file, if the inputs ask for it and everything passed before. */
async function write(
  done: Done,
  isRefused: boolean,
  inputs: Inputs,
  workflow: Workflow,
): Promise<Written> {
  const { outcome, files, lock, replaced } = done;
  const pinned = files && pin(files, outcome, isRefused, inputs, workflow);
  const mayLock = !isRefused && !hasProblem(pinned?.problems ?? []);
  const end = { outcome, replaced, isRefused: !mayLock };
  const locked = lock && (await finish(prunable(lock, files, workflow), end, inputs));
  if (locked !== undefined) sayLocked(workflow, locked, mayLock);
  const problems = [...(pinned?.problems ?? []), ...(locked?.problems ?? [])];
  return { files: pinned, lock: locked, problems };
}

/** The lock file, from which nothing is dropped if a file was not read: it may name any image. */
function prunable(lock: OpenLock, files: ReadFiles | undefined, { say }: Workflow): OpenLock {
  const unread = files?.problems ?? [];
  if (!lock.prunes || unread.length === 0) return lock;
  say(`no entry is dropped from ${lock.file}, because a file could not be read`);
  return { ...lock, prunes: false };
}

/** What became of the lock file. Its writer is loaded only for a step that uses one. */
async function finish(lock: OpenLock, end: LockEnd, inputs: Inputs): Promise<LockReport> {
  const { endLock } = await import("./lock.ts");
  return endLock(lock, end, inputs);
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
