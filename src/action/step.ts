// One step, from inputs to exit code: read the inputs, ask the gate, pull if it passes, and report.
// Everything the work needs from outside is in `Machine` (time, environment, DNS) and `Workflow`
// (what is printed and handed on), so that the same step runs in an action, on a laptop and in a
// test.
import { join } from "node:path";
import { hasName } from "../find/text-file.ts";
import { judgeBases, unjudged } from "../gate/base.ts";
import type { Resolved } from "../gate/resolved.ts";
import type { Source } from "../gate/source.ts";
import { resolveAll } from "../gate/wait.ts";
import { PullError } from "../oci/failure.ts";
import { runnerPlatform } from "../oci/platform.ts";
import { notPulled, type Outcome } from "../pull/outcome.ts";
import { annotateInputs } from "../runner/annotations.ts";
import { makeFilesDirectory } from "../runner/build-files.ts";
import { type Inputs, readInputs } from "../runner/inputs.ts";
import { lockImages } from "../runner/locked-images.ts";
import { sayFound, sayRefusals, sayResolved } from "../runner/log.ts";
import { EMPTY } from "../runner/outputs.ts";
import type { Serving } from "../runner/serving.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { Cached } from "./cache.ts";
import { conclude, type Done, hasFailed, writeOutputs } from "./conclude.ts";
import { type Connected, openEarly, withRegistries } from "./connect.ts";
import type { ReadFiles } from "./files.ts";
import type { OpenLock, Replaced } from "./lock.ts";
import type { Machine } from "./machine.ts";
import type { OpenEngine } from "./open-engine.ts";
import type { Step } from "./task.ts";

/** What a command line may ask for beside the inputs. */
export type Extras = {
  /** True to drop entries of the lock file that the step does not name. */
  readonly prunes: boolean;
};

const NO_EXTRAS: Extras = { prunes: false };

/**
 * Runs a step. Returns the process's exit code: 1 for invalid inputs, and for any problem that is
 * not forgiven. Never throws: an unexpected error is a bug in this action, and is reported with its
 * stack trace.
 */
export async function step(
  machine: Machine,
  workflow: Workflow,
  extras: Extras = NO_EXTRAS,
): Promise<0 | 1> {
  try {
    return await run(machine, workflow, extras);
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

async function run(machine: Machine, workflow: Workflow, extras: Extras): Promise<0 | 1> {
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
  const done = await withDeadline(inputs, machine, workflow, (step) =>
    withRegistries(step, (connected) => work(connected, step, extras)),
  );
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

const NOTHING_DONE: Done = {
  outcome: notPulled([]),
  files: undefined,
  lock: undefined,
  replaced: new Map(),
  serving: undefined,
};

async function work(connected: Connected, step: Step, extras: Extras): Promise<Done> {
  const lock = await openLockOf(step, extras);
  // Without its lock file, no image can be checked.
  if (lock !== undefined && lock.problems.length > 0) {
    return { ...NOTHING_DONE, lock };
  }
  const files = await filesOf(step, lock);
  const wanted = files?.wanted ?? step.inputs.plan.wanted;
  const locked = lock === undefined ? wanted : lockImages(wanted, lock);
  const inputs = { ...step.inputs, plan: { ...step.inputs.plan, wanted: locked } };
  openEarly(connected, inputs);
  const done = await check(connected, { ...step, inputs }, { ...NOTHING_DONE, files, lock });
  sayRefusals(step.workflow, done.outcome.images);
  return { ...done, serving: await serve(done, step) };
}

/** Starts a registry for the job, if it is wanted and everything before passed. */
async function serve(done: Done, step: Step): Promise<Serving | undefined> {
  const { serve } = step.inputs;
  if (serve === undefined || hasFailed(done, step.inputs)) return undefined;
  const { startServing } = await import("./serve.ts");
  const named = { images: done.outcome.images, lock: done.lock?.entries ?? new Map() };
  return startServing(named, serve, step);
}

/** The lock file. Its reader is loaded only for a step that uses one. */
async function openLockOf(step: Step, { prunes }: Extras): Promise<OpenLock | undefined> {
  const { inputs, machine } = step;
  const { file, isNamed, mode } = inputs.lock;
  const mayBeUsed = mode !== "" || isNamed || hasName(join(machine.workspace, file));
  if (mode === "none" || !mayBeUsed) return undefined;
  const { openLock } = await import("./lock.ts");
  return openLock(step, prunes);
}

/** What files name. Their readers are loaded only for a step that names files. */
async function filesOf(step: Step, lock: OpenLock | undefined): Promise<ReadFiles | undefined> {
  if (step.inputs.files.included.length === 0) return undefined;
  const { readFiles } = await import("./files.ts");
  const files = await readFiles(step, lock);
  sayFound(step.workflow, files);
  return files;
}

/** Asks the gate about every image of the plan. Pulls them if they, files and lock file pass. */
async function check(connected: Connected, step: Step, found: Done): Promise<Done> {
  const { inputs } = step;
  const engine = await openEngineOf(step);
  const cached = await openCacheOf(connected, step);
  const source = cached?.registry ?? connected.registry;
  const images = await ask(source, connected, step);
  const done = { ...found, outcome: notPulled(images), cache: cached?.use };
  // The gate failed the step: pull nothing.
  if (hasFailed(done, inputs)) return done;
  const outcome = (await pull(images, cached, engine, step)) ?? done.outcome;
  const pulled = { ...done, outcome };
  if (hasFailed(pulled, inputs)) return pulled;
  return { ...pulled, replaced: await replacedBy(images, source, found.lock, step) };
}

/** The engine that images are loaded into. It is asked about its store before the registries are. */
async function openEngineOf(step: Step): Promise<OpenEngine | undefined> {
  const { pull } = step.inputs;
  if (pull === "none" || pull === "layout") return undefined;
  const { openEngine } = await import("./open-engine.ts");
  return openEngine(step);
}

/** The cache. It is loaded only for what uses its blobs, so that the gate alone starts sooner. */
async function openCacheOf(connected: Connected, step: Step): Promise<Cached | undefined> {
  const { pull, serve } = step.inputs;
  if (pull === "none" && serve === undefined) return undefined;
  const { openCache } = await import("./cache.ts");
  return openCache(connected, step);
}

/** Pulls the images, if the inputs ask for it. */
async function pull(
  images: readonly Resolved[],
  cached: Cached | undefined,
  engine: OpenEngine | undefined,
  step: Step,
): Promise<Outcome | undefined> {
  if (cached === undefined || step.inputs.pull === "none") return undefined;
  const { pullAndLoad } = await import("./pull.ts");
  return pullAndLoad(images, cached, engine, step);
}

/** What an update of the lock file replaces. */
async function replacedBy(
  images: readonly Resolved[],
  source: Source,
  lock: OpenLock | undefined,
  step: Step,
): Promise<Replaced> {
  if (lock?.mode !== "update") return new Map();
  const { readReplaced } = await import("./lock.ts");
  return readReplaced(images, source, step);
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
  const judged = inputs.plan.checksTags ? await judgeBases(images, source) : unjudged(images);
  for (const { wanted, base } of judged) {
    if (base !== undefined) workflow.say(`base of ${wanted.name}: ${base.message}`);
  }
  for (const [registry, remaining] of api.remainingPulls) {
    workflow.say(`${registry}: ${remaining}`);
  }
  return judged;
}
