import { connectRegistries, openHttp } from "./connect.ts";
import { PullError } from "./oci/failure.ts";
import { runnerPlatform } from "./oci/platform.ts";
import { failsStep, type Outcome, type Resolved } from "./pull/plan.ts";
import type { Source } from "./pull/ports.ts";
import { run } from "./pull/run.ts";
import type { Clock } from "./registry/retry.ts";
import { makeFilesDirectory, writeFiles } from "./runner/handoff.ts";
import { type Environment, type Inputs, readInputs } from "./runner/inputs.ts";
import { annotate, annotateInputs, sayResolved } from "./runner/log.ts";
import { EMPTY, leftOut, type Outputs, toOutputs } from "./runner/outputs.ts";
import { redact } from "./runner/redaction.ts";
import type { Workflow } from "./runner/workflow.ts";

/** The machine a step runs on. */
export type Machine = {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** An existing directory for files that later steps read. */
  readonly temporary: string;
  readonly clock: Clock;
  /** Ends the step early; its reason is what the images' problems then say. */
  readonly cancelled: AbortSignal;
};

/**
 * The whole step: inputs in, images resolved, outputs, log, annotations and summary out.
 * Returns the process's exit code: 1 for invalid inputs and for any problem that is not forgiven.
 * Never fails: a bug of ours is reported as one, with all that a report of it needs.
 */
export async function step(machine: Machine, workflow: Workflow): Promise<0 | 1> {
  try {
    return await whole(machine, workflow);
  } catch (error) {
    report(workflow, error);
    writeEmptyOutputs(workflow);
    return 1;
  }
}

/** An output that is left out could be set by a label that a later step prints. Where none can be written, that was said. */
function writeEmptyOutputs(workflow: Workflow): void {
  try {
    writeOutputs(workflow, EMPTY);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
  }
}

/** What the runner itself lacks is said as it is; anything else that is thrown is a bug of ours. */
function report(workflow: Workflow, error: unknown): void {
  if (error instanceof PullError) return workflow.fail("registry-pull cannot work on this runner", error.message);
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  workflow.fail("internal error in registry-pull", `${message}; please report it with the stack trace below`);
  workflow.group("stack trace", stack.split("\n").slice(1));
}

async function whole(machine: Machine, workflow: Workflow): Promise<0 | 1> {
  const inputs = await readInputs(machine.environment, runnerPlatform(machine.platform, machine.architecture));
  if ("problems" in inputs) {
    annotateInputs(workflow, inputs.problems);
    writeOutputs(workflow, EMPTY);
    if (inputs.jobSummary !== "never") await workflow.summary({ invalid: inputs.problems });
    return 1;
  }
  for (const secret of [inputs.githubToken, ...inputs.registryAuth.map(({ password }) => password)]) workflow.mask(secret);
  const directory = await makeFilesDirectory(machine.temporary);
  const found = redact(await work(inputs, machine, workflow), workflow.withhold);
  const outcome = { ...found, cacheMiss: inputs.cache.failOnMiss ? cacheMiss(found) : "" };
  annotate(workflow, outcome, inputs.failOnMissing);
  const outputs = toOutputs(outcome, inputs.runner, await writeFiles(outcome, inputs.runner, directory));
  writeOutputs(workflow, outputs);
  for (const line of leftOut(outputs, outcome)) workflow.say(line);
  const failed = outcome.cacheMiss !== "" || outcome.images.some((image) => failsStep(image, inputs.failOnMissing));
  const summary = inputs.jobSummary === "always" || (inputs.jobSummary === "on-failure" && failed);
  if (summary) await workflow.summary(outcome);
  return failed ? 1 : 0;
}

/** What to say of blobs that did not come from the cache; empty when all did. */
function cacheMiss({ pulled }: Outcome): string {
  const [first] = pulled?.missed ?? [];
  if (first === undefined) return "";
  const count = pulled?.missed.length;
  const next = "run a job that saves them, or leave fail-on-cache-miss out";
  return `${count} blobs did not come from the cache, ${first.digest} first, and fail-on-cache-miss is set; ${next}`;
}

function writeOutputs(workflow: Workflow, outputs: Outputs): void {
  for (const [name, value] of Object.entries(outputs)) workflow.output(name, value);
}

async function work(inputs: Inputs, machine: Machine, workflow: Workflow): Promise<Outcome> {
  const overdue = new PullError("timeout", `the step's timeout of ${inputs.timeout} s has passed`);
  const { environment, clock, cancelled } = machine;
  const stop = new AbortController();
  const cancelTimeout = clock.after(inputs.timeout * 1_000, () => stop.abort(overdue));
  const signal = AbortSignal.any([stop.signal, cancelled]);
  const context = { voice: workflow, clock, signal };
  const http = openHttp(inputs.concurrency, context, inputs.insecureRegistries);
  const step = { inputs, machine, workflow, http, signal, started: clock.now() };
  const registries = connectRegistries(http, inputs, environment, context);
  const gate = async (source: Source): Promise<readonly Resolved[]> => {
    const images = await run(inputs.plan, source, {
      ...clock,
      signal,
      say: workflow.say,
      resolved: (image) => sayResolved(workflow, image),
    });
    for (const [registry, remaining] of registries.api.remainingPulls) workflow.say(`${registry}: ${remaining}`);
    return images;
  };
  try {
    if (inputs.pull === "none") return { images: await gate(registries.source), pulled: undefined };
    // Loaded only for a pull, so that the gate alone starts sooner.
    const { openCache, pullAndLoad } = await import("./pulling.ts");
    const caching = await openCache(registries, step);
    const images = await gate(caching.source);
    // A gate that fails the step keeps its bytes outside.
    if (images.some((image) => failsStep(image, inputs.failOnMissing))) return { images, pulled: undefined };
    return await pullAndLoad(images, caching, step);
  } finally {
    cancelTimeout();
    http.close();
  }
}
