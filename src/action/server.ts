// The process of the job's registry. It gets its configuration on standard input, opens the registry
// and its HTTP server, and prints one line: its port, or why there is none. Then it serves until the
// job is over. It notices that by a file of the post step, by its directory that is gone, or by the
// end of the process that runs the job's steps. Before it ends, it undoes what clients were told,
// and leaves the receipt and what to save for the post step.

import { printReceipt } from "../find/receipt-file.ts";
import { foundBy } from "../oci/failure.ts";
import { runnerPlatform } from "../oci/platform.ts";
import { type Inputs, readInputs } from "../runner/inputs.ts";
import { terminal } from "../runner/terminal.ts";
import type { Workflow } from "../runner/workflow.ts";
import { listen } from "../serve/listener.ts";
import type { Ready, ServerConfig } from "../serve/server-config.ts";
import { HOLDER } from "../store/holder.ts";
import { untellClients } from "./clients.ts";
import { jobEnd } from "./job-process.ts";
import { type OpenJobRegistry, openJobRegistry } from "./job-registry.ts";
import type { Machine } from "./machine.ts";
import { ServingDirectory } from "./serving-directory.ts";
import type { Step } from "./task.ts";
import { startWatchdog } from "./watchdog.ts";

// The longest that the post step waits to be noticed.
const LOOK_MS = 250;
// A receipt is also read while the job runs.
const WRITE_MS = 500;
// What the process needs is a third of it: more means that something leaks.
const MEMORY_LIMIT = 512 * 2 ** 20;

/** The configuration that the step wrote to standard input. */
export function readConfig(text: string): ServerConfig {
  return JSON.parse(text) as ServerConfig;
}

/**
 * Runs the job's registry until the job is over. `answer` passes one line to the step. Returns the
 * exit code of the process: 1 when the registry could not start.
 */
export async function serveJob(
  config: ServerConfig,
  machine: Machine,
  answer: (ready: Ready) => void,
): Promise<0 | 1> {
  const log = terminal((line) => {
    process.stderr.write(`${new Date(machine.clock.now()).toISOString()} ${line}\n`);
  });
  let isReady = false;
  try {
    const inputs = await inputsOf(machine);
    const signal = machine.cancelled;
    const step = { inputs, machine, workflow: log, signal, started: machine.clock.now() };
    await serve(config, step, (ready) => {
      isReady = true;
      answer(ready);
    });
    return 0;
  } catch (error) {
    if (!isReady) answer({ problem: foundBy(error) });
    log.say(`ended: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

/** The inputs, which the step read from the same environment before. */
async function inputsOf({ environment, platform, architecture }: Machine): Promise<Inputs> {
  const inputs = await readInputs(environment, runnerPlatform(platform, architecture));
  if ("problems" in inputs) throw new Error(inputs.problems.join("; "));
  return inputs;
}

async function serve(
  config: ServerConfig,
  step: Step,
  answer: (ready: Ready) => void,
): Promise<void> {
  const { inputs, machine, workflow } = step;
  const { host = "127.0.0.1", port: wanted = 0 } = inputs.serve ?? {};
  const directory = new ServingDirectory(config.directory);
  const registry = await openJobRegistry(config, step);
  const { after } = machine.clock;
  const { backend } = registry;
  const { say } = workflow;
  const server = await listen({ backend, host, port: wanted, say, after });
  const watchdog = startWatchdog(machine, directory.openLog());
  directory.write(directory.receipt, printReceipt([]));
  answer({ port: server.port, holder: HOLDER });
  const why = await ended(config, directory, registry, step);
  say(`ending: ${why}`);
  await untellClients(HOLDER, { machine, voice: workflow });
  await server.close();
  await leave(directory, registry, workflow);
  await registry.close();
  directory.confirmStop();
  watchdog.dismiss();
}

/** Waits until the registry should end, and writes the receipt meanwhile. Returns why it ends. */
async function ended(
  { processes }: ServerConfig,
  directory: ServingDirectory,
  { receipt }: OpenJobRegistry,
  { machine, signal }: Step,
): Promise<string> {
  const isOver = jobEnd(processes, machine.clock.now);
  let written = 0;
  let changes = 0;
  while (!signal.aborted) {
    const why = directory.whyEnd() ?? whyOver(isOver());
    if (why !== undefined) return why;
    const isDue = machine.clock.now() - written >= WRITE_MS && receipt.changes !== changes;
    if (isDue) {
      written = machine.clock.now();
      changes = receipt.changes;
      directory.write(directory.receipt, printReceipt(receipt.rows()));
    }
    await machine.clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
  return foundBy(signal.reason);
}

/** Why the registry should end although nothing asked it to. */
function whyOver(isJobOver: boolean): string | undefined {
  if (isJobOver) return "the runner of the job ended";
  const { rss } = process.memoryUsage();
  return rss > MEMORY_LIMIT ? `it uses ${rss} bytes of memory` : undefined;
}

/** Leaves the receipt and what to save for the post step. */
async function leave(
  directory: ServingDirectory,
  { receipt, saves }: OpenJobRegistry,
  { say }: Pick<Workflow, "say">,
): Promise<void> {
  try {
    directory.write(directory.receipt, printReceipt(receipt.rows()));
    const pending = await saves();
    if (pending !== undefined) directory.write(directory.saves, JSON.stringify(pending));
  } catch (error) {
    say(`the post step gets nothing to save: ${foundBy(error)}`);
  }
}
