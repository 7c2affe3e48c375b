import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PullError } from "./oci/failure.ts";
import { runnerPlatform } from "./oci/platform.ts";
import { type Outcome, type Resolved, statusOf } from "./pull/plan.ts";
import type { Source } from "./pull/ports.ts";
import { pull, type Wires } from "./pull/pull.ts";
import { run } from "./pull/run.ts";
import { Api } from "./registry/api.ts";
import { Authenticator } from "./registry/auth.ts";
import { RegistryClient } from "./registry/client.ts";
import { helperRunner, Keychain } from "./registry/credentials.ts";
import { readDockerConfigs } from "./registry/docker-config.ts";
import { Downloader } from "./registry/download.ts";
import { Http } from "./registry/http.ts";
import { TokenService } from "./registry/token.ts";
import { engineRunner, loadAll } from "./runner/engine.ts";
import { writeFiles } from "./runner/handoff.ts";
import { type Environment, type Inputs, readInputs } from "./runner/inputs.ts";
import { annotate, sayPulled, sayResolved } from "./runner/log.ts";
import { EMPTY, type Outputs, toOutputs } from "./runner/outputs.ts";
import { startProgress } from "./runner/progress.ts";
import type { Workflow } from "./runner/workflow.ts";
import { archive } from "./store/archive.ts";
import { Layout } from "./store/layout.ts";

/** The machine a step runs on. */
export type Machine = {
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** An existing directory for files that later steps read. */
  readonly temporary: string;
};

/**
 * The whole step: inputs in, images resolved, outputs, log, annotations and summary out.
 * Returns the process's exit code: 1 for invalid inputs and for any required problem, unless problems are to be warnings.
 */
export async function step(machine: Machine, workflow: Workflow): Promise<0 | 1> {
  const inputs = await readInputs(machine.environment, runnerPlatform(machine.platform, machine.architecture));
  if ("problems" in inputs) {
    for (const problem of inputs.problems) workflow.fail("invalid input", problem);
    writeOutputs(workflow, EMPTY);
    return 1;
  }
  const outcome = await work(inputs, machine, workflow);
  const failed = outcome.images.some(isRequiredProblem);
  annotate(workflow, outcome, inputs.failOnMissing);
  writeOutputs(workflow, toOutputs(outcome, inputs.runner, await writeFiles(outcome, inputs.runner, machine.temporary)));
  const summary = inputs.jobSummary === "always" || (inputs.jobSummary === "on-failure" && failed);
  if (summary) await workflow.summary(outcome);
  return failed && inputs.failOnMissing ? 1 : 0;
}

function writeOutputs(workflow: Workflow, outputs: Outputs): void {
  for (const [name, value] of Object.entries(outputs)) workflow.output(name, value);
}

function isRequiredProblem(resolved: Resolved): boolean {
  return !resolved.wanted.optional && statusOf(resolved) !== "ok";
}

async function work(inputs: Inputs, machine: Machine, workflow: Workflow): Promise<Outcome> {
  const overdue = new PullError("unreachable", `the step's timeout of ${inputs.timeout} s has passed`);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(overdue), inputs.timeout * 1_000);
  const { api, source, downloads, http } = connect(inputs, machine, workflow, stop.signal);
  try {
    const images = await run(inputs.plan, source, {
      now: Date.now,
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      signal: stop.signal,
      say: workflow.say,
      resolved: (image) => sayResolved(workflow, image),
    });
    for (const [registry, remaining] of api.remainingPulls) workflow.say(`${registry}: ${remaining}`);
    // A gate that fails the step keeps its bytes outside.
    if (inputs.pull === "none" || (inputs.failOnMissing && images.some(isRequiredProblem))) return { images, pulled: undefined };
    return await pullAndLoad(images, { source, downloads }, { inputs, machine, workflow, signal: stop.signal });
  } finally {
    clearTimeout(timer);
    http.close();
  }
}

type Step = { readonly inputs: Inputs; readonly machine: Machine; readonly workflow: Workflow; readonly signal: AbortSignal };

async function pullAndLoad(images: readonly Resolved[], wires: Omit<Wires, "store">, step: Step): Promise<Outcome> {
  const { inputs, machine, workflow } = step;
  const progress = startProgress(workflow.say);
  const started = Date.now();
  try {
    const layout = await Layout.open(inputs.path || join(machine.temporary, "registry-pull"));
    const options = { concurrency: inputs.concurrency, progress, runner: inputs.runner };
    const outcome = await pull(images, { ...wires, store: layout }, options);
    progress.stop();
    if (outcome.pulled !== undefined) sayPulled(workflow, outcome.pulled, (Date.now() - started) / 1_000);
    await load(layout, outcome, step);
    return outcome;
  } catch (error) {
    // A layout that cannot be written, an engine that is not there: no image of the step is where it was wanted.
    if (!(error instanceof PullError)) throw error;
    const problem = { status: error.status, message: error.message };
    return { images: images.map((image) => ({ ...image, problem: image.problem ?? problem })), pulled: undefined };
  } finally {
    progress.stop();
  }
}

async function load(layout: Layout, { pulled }: Outcome, { inputs, machine, workflow, signal }: Step): Promise<void> {
  if (inputs.pull !== "docker" && inputs.pull !== "podman") return;
  const run = engineRunner(machine.environment, signal);
  await loadAll(inputs.pull, pulled?.loadable ?? [], {
    archive: (image) => archive(layout, image),
    run,
    say: workflow.say,
    warn: workflow.warn,
  });
}

/** The wires behind the ports; here the compiler proves that they fit. */
function connect(inputs: Inputs, machine: Machine, workflow: Workflow, signal: AbortSignal) {
  const { say, mask } = workflow;
  const warned = new Set<string>();
  // What holds for a registry is found out once for each of its repositories, and worth one annotation.
  const warn = (message: string): void => {
    if (!warned.has(message)) workflow.warn(message);
    warned.add(message);
  };
  const clock = { now: Date.now, sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }), random: Math.random };
  const http = new Http({ signal, clock, concurrency: inputs.concurrency, say });
  const { registryAuth, githubToken, trustedRealms, insecureRegistries } = inputs;
  const configs = readDockerConfigs(machine.environment, (path) => readFileSync(path, "utf8"), warn);
  const runHelper = helperRunner(machine.environment);
  const keychain = new Keychain({ registryAuth, githubToken, configs, runHelper, warn, mask });
  const tokens = new TokenService({ http, now: clock.now, trustedRealms, mask });
  const authenticator = new Authenticator({ http, keychain, tokens, now: clock.now, warn });
  const api = new Api({ http, authenticator, insecureRegistries, say, warn });
  const source: Source = new RegistryClient(api, say);
  const downloads = new Downloader({ api, clock, signal, say });
  return { api, source, downloads, http };
}
