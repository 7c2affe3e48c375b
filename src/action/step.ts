// One step, from inputs to exit code: read the inputs, ask the gate, pull if it passes, and report.
// Everything the work needs from outside is in `Machine` (time, environment, DNS) and `Workflow`
// (what is printed and handed on), so that the same step runs in an action, on a laptop and in a
// test.
import { judgeBases } from "../gate/base.ts";
import type { Resolved } from "../gate/resolved.ts";
import type { Source } from "../gate/source.ts";
import { resolveAll } from "../gate/wait.ts";
import { PullError } from "../oci/failure.ts";
import { runnerPlatform } from "../oci/platform.ts";
import { notPulled, type Outcome } from "../pull/outcome.ts";
import { annotateInputs } from "../runner/annotations.ts";
import { makeFilesDirectory } from "../runner/build-files.ts";
import { type Inputs, readInputs } from "../runner/inputs.ts";
import { sayFound, sayResolved } from "../runner/log.ts";
import { EMPTY } from "../runner/outputs.ts";
import type { Workflow } from "../runner/workflow.ts";
import { conclude, type Done, hasFailed, writeOutputs } from "./conclude.ts";
import { type Connected, connectRegistry } from "./connect.ts";
import type { Machine } from "./machine.ts";
import type { Step } from "./task.ts";

/**
 * Runs a step. Returns the process's exit code: 1 for invalid inputs, and for any problem that is
 * not forgiven. Never throws: an unexpected error is a bug in this action, and is reported with its
 * stack trace.
 */
export async function step(machine: Machine, workflow: Workflow): Promise<0 | 1> {
  try {
    return await run(machine, workflow);
  } catch (error) {
    report(workflow, error);
    writeEmptyOutputs(workflow);
    return 1;
  }
}

/** Writes every output, because a label that a later step prints could set one that is missing. */
function writeEmptyOutputs(workflow: Workflow): void {
  try {
    writeOutputs(workflow, EMPTY);
  } catch (error) {
    // That outputs cannot be written was reported before.
    if (!(error instanceof PullError)) throw error;
  }
}

function report(workflow: Workflow, error: unknown): void {
  if (error instanceof PullError) {
    return workflow.error("registry-pull cannot work on this runner", error.message);
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  const { message, stack = "" } = bug;
  const next = "please report it with the stack trace below";
  workflow.error("internal error in registry-pull", `${message}; ${next}`);
  const frames = stack.split("\n").slice(1);
  workflow.group("stack trace", frames);
}

async function run(machine: Machine, workflow: Workflow): Promise<0 | 1> {
  const runner = runnerPlatform(machine.platform, machine.architecture);
  const inputs = await readInputs(machine.environment, runner);
  if ("problems" in inputs) {
    const { problems, jobSummary } = inputs;
    annotateInputs(workflow, problems);
    writeOutputs(workflow, EMPTY);
    if (jobSummary !== "never") await workflow.summary({ invalid: problems });
    return 1;
  }
  workflow.mask(inputs.githubToken);
  for (const { password } of inputs.registryAuth) workflow.mask(password);
  const directory = await makeFilesDirectory(machine.temporary);
  const done = await withDeadline(inputs, machine, workflow, work);
  return conclude(done, inputs, workflow, directory);
}

/** What `work` returns for a step that ends at its timeout, or when the machine cancels it. */
async function withDeadline<T>(
  inputs: Inputs,
  machine: Machine,
  workflow: Workflow,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const { clock, cancelled } = machine;
  const overdue = `the step's timeout of ${inputs.timeout} s has passed`;
  const stop = new AbortController();
  const cancelTimeout = clock.after(inputs.timeout * 1_000, () =>
    stop.abort(new PullError("timeout", overdue)),
  );
  const signal = AbortSignal.any([stop.signal, cancelled]);
  try {
    const started = clock.now();
    return await work({ inputs, machine, workflow, signal, started });
  } finally {
    cancelTimeout();
  }
}

async function work(step: Step): Promise<Done> {
  const { inputs, workflow } = step;
  if (inputs.files.included.length === 0) {
    return { outcome: await check(step, undefined), files: undefined };
  }
  // Loaded only for files, so that a step without any starts sooner.
  const { readFiles } = await import("./files.ts");
  const files = await readFiles(step);
  sayFound(workflow, files);
  const plan = { ...inputs.plan, wanted: files.wanted };
  const outcome = await check({ ...step, inputs: { ...inputs, plan } }, files);
  return { outcome, files };
}

/** Asks the gate about every image of the plan. Pulls them if they and the files pass. */
async function check(step: Step, files: Done["files"]): Promise<Outcome> {
  const { inputs, machine, workflow, signal } = step;
  const connected = connectRegistry(inputs, { machine, voice: workflow, signal });
  try {
    if (inputs.pull === "none") {
      const images = await ask(connected.registry, connected, step);
      return notPulled(images);
    }
    // Loaded only for a pull, so that the gate alone starts sooner.
    const [{ openCache }, { pullAndLoad }] = await Promise.all([
      import("./cache.ts"),
      import("./pull.ts"),
    ]);
    const cached = await openCache(connected, step);
    const images = await ask(cached.registry, connected, step);
    const resolved = notPulled(images);
    // The gate failed the step: pull nothing.
    if (hasFailed({ outcome: resolved, files }, inputs)) return resolved;
    return await pullAndLoad(images, cached, step);
  } finally {
    connected.http.close();
  }
}

/** The gate's verdict on every image of the plan. */
async function ask(
  source: Source,
  { api }: Pick<Connected, "api">,
  { inputs, machine, workflow, signal }: Step,
): Promise<readonly Resolved[]> {
  const images = await resolveAll(inputs.plan, source, {
    now: machine.clock.now,
    sleep: machine.clock.sleep,
    signal,
    say: workflow.say,
    resolved: (image) => sayResolved(workflow, image),
  });
  const judged = await judgeBases(images, source);
  for (const { wanted, base } of judged) {
    if (base !== undefined) workflow.say(`base of ${wanted.name}: ${base.message}`);
  }
  for (const [registry, remaining] of api.remainingPulls) {
    workflow.say(`${registry}: ${remaining}`);
  }
  return judged;
}
