import { closeSync } from "node:fs";
import { foundBy, PullError } from "../oci/failure.ts";
import type { ServeInputs } from "../runner/serve-inputs.ts";
import type { Serving } from "../runner/serving.ts";
import { buildkitdConfig } from "../serve/buildkit-config.ts";
import { hostsToml } from "../serve/hosts-toml.ts";
import { k3dConfig } from "../serve/k3d-config.ts";
import { kindConfig } from "../serve/kind-config.ts";
import type { Ready, ServerConfig } from "../serve/server-config.ts";
import { firstLine, startInBackground } from "./background-program.ts";
import { tellClients } from "./clients.ts";
import { jobProcesses } from "./job-process.ts";
import { type NamedByStep, namedImages, namedRepositories } from "./named-images.ts";
import { reachableAddress } from "./reachable-address.ts";
import { ServingDirectory } from "./serving-directory.ts";
import type { Step } from "./task.ts";
import { serverEnvironment } from "./watchdog.ts";

// It takes a third of a second here. A runner that is busy may take longer.
const READY_MS = 10_000;

// Without limits, V8 lets the heap of a busy server grow to twice what it needs. These are in MiB.
const HEAP_LIMITS = ["--max-semi-space-size=2", "--max-old-space-size=256"];

const NEIGHBOURS =
  "while it runs, every program of this machine can pull the images that this step names, " +
  "with the step's credentials; see the threat model";

const ANOTHER_PLACE = "choose another address and port with serve-address";

type Listening = Extract<Ready, { readonly port: number }>;

/**
 * Starts a registry for the rest of the job, and tells the clients on this machine about it. The
 * post step ends it. Returns undefined when it cannot start: a warning says why, and clients go on
 * asking the upstream. With `serve-only` it fails instead, because then they must not.
 */
export async function startServing(
  named: NamedByStep,
  serve: ServeInputs,
  step: Step,
): Promise<Serving | undefined> {
  const { machine, workflow } = step;
  try {
    const directory = ServingDirectory.make(machine.temporary);
    const ready = await start(directory, configOf(named, directory, step), step);
    const state = { directory: directory.path, holder: ready.holder };
    workflow.endLater(JSON.stringify(state));
    return await tell(ready, directory, named, serve, step);
  } catch (error) {
    const why = `the job's registry did not start: ${foundBy(error)}`;
    if (serve.only)
      throw new PullError("runner-broken", why, { cause: error, next: ANOTHER_PLACE });
    workflow.warn(`${why}; clients ask the registries themselves`);
    return undefined;
  }
}

async function start(
  directory: ServingDirectory,
  config: ServerConfig,
  { machine }: Step,
): Promise<Listening> {
  const log = directory.openLog();
  const background = startInBackground({
    command: process.execPath,
    args: [...HEAP_LIMITS, machine.serveScript],
    env: serverEnvironment(machine.environment),
    log,
  });
  closeSync(log);
  background.input.end(JSON.stringify(config));
  try {
    const line = await firstLine(background, READY_MS, machine.clock.after);
    const ready = JSON.parse(line) as Ready;
    if ("port" in ready) return ready;
    throw new Error(ready.problem);
  } catch (error) {
    background.process.kill("SIGKILL");
    throw error;
  }
}

function configOf(named: NamedByStep, { path }: ServingDirectory, { machine }: Step): ServerConfig {
  const { workspace, temporary } = machine;
  const entries = Object.entries(machine.environment);
  const environment = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return {
    environment: Object.fromEntries(environment),
    workspace,
    temporary,
    directory: path,
    images: namedImages(named),
    repositories: namedRepositories(named),
    processes: jobProcesses(),
  };
}

/** Tells the clients of this machine about the registry, and the log how to use it. */
async function tell(
  { port, holder }: Listening,
  directory: ServingDirectory,
  named: NamedByStep,
  { host, only }: ServeInputs,
  { machine, workflow, signal }: Step,
): Promise<Serving> {
  const { here, inContainers } = reachableAddress(host, port);
  const repositories = namedRepositories(named);
  const registries = [...new Set(repositories.map((name) => name.split("/")[0] ?? ""))];
  workflow.say(`the job's registry runs at ${here}`);
  if (machine.environment["RUNNER_ENVIRONMENT"] !== "github-hosted") workflow.say(NEIGHBOURS);
  directory.writeCerts(hostsToml({ address: inContainers, only, holder }));
  const told = await tellClients(
    { address: here, only, registries, holder },
    { machine, voice: workflow, signal },
  );
  for (const client of told.notOnly) workflow.warn(`serve-only does not hold for ${client}`);
  return {
    address: here,
    buildkitdConfig: buildkitdConfig(inContainers, registries),
    kindConfig: kindConfig(directory.certs),
    k3dConfig: k3dConfig(inContainers),
    registriesConf: told.registriesConf,
    receiptFile: directory.receipt,
  };
}
