import { endJob } from "./action/end-job.ts";
import { endWhenUnread, type Machine, thisMachine } from "./action/machine.ts";
import { type Extras, step } from "./action/step.ts";
import { readCommandLine, USAGE } from "./runner/command-line.ts";
import { terminal } from "./runner/terminal.ts";
import type { Workflow } from "./runner/workflow.ts";

// What follows the step also runs after Ctrl-C, within the time that this leaves.
const NEVER = new AbortController().signal;

type Write = (line: string) => void;
/**
 * Runs a step in an environment. Prints the named outputs. `meanwhile` is called while the registry
 * of the step runs. Returns the exit code.
 */
type Run = (
  environment: NodeJS.ProcessEnv,
  directory: string,
  outputs: readonly string[],
  meanwhile: () => Promise<void>,
) => Promise<number>;

// The step on a laptop.
const write: Write = (line) => {
  process.stdout.write(`${line}\n`);
};

type RunOptions = {
  /** The outputs to print; none when it is absent. */
  readonly outputs?: readonly string[] | "all";
  readonly extras?: Extras;
  /** A registry runs until this resolves. */
  readonly meanwhile?: typeof untilInterrupted;
};

/**
 * Runs a step, and what follows after a job: no post step exists here. A registry runs until the
 * user ends it. Prints the outputs. Returns the exit code of the step.
 */
async function run(machine: Machine, options: RunOptions = {}): Promise<number> {
  const { outputs = [], extras, meanwhile = untilInterrupted } = options;
  const workflow = terminal(write);
  const exitCode = await step(machine, workflow, extras);
  workflow.printOutputs(outputs);
  const serving = workflow.servingState();
  try {
    if (serving !== "") await meanwhile(machine, workflow);
  } finally {
    const ending = { ...machine, cancelled: NEVER };
    const left = { saves: workflow.pendingSaves(), serving };
    await endJob(left, ending, workflow);
  }
  return exitCode;
}

/** Waits for Ctrl-C: on a laptop, the registry runs as long as this program. */
async function untilInterrupted({ cancelled }: Machine, { say }: Workflow): Promise<void> {
  if (cancelled.aborted) return;
  say("serving until you press Ctrl-C");
  // The wait for the signal alone would not keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((resolve) => cancelled.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}

/** What demo/demo.js exports. It is not in `dist/`, because an action does not need it. */
type Demonstration = {
  readonly demonstrate: (write: Write, run: Run) => Promise<number>;
};

/** Shows the action without network, the same on every machine. Returns the exit code. */
async function demonstrate(): Promise<number> {
  const path = new URL("../demo/demo.js", import.meta.url).href;
  const demonstration = (await import(path)) as Demonstration;
  const machine = thisMachine();
  const sameEverywhere = { ...machine, platform: "linux", architecture: "x64" } as const;
  return demonstration.demonstrate(write, (environment, directory, outputs, meanwhile) => {
    const here = { environment, workspace: directory, temporary: directory };
    return run({ ...sameEverywhere, ...here }, { outputs, meanwhile });
  });
}

/** Runs the command line. Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) return demonstrate();
  const asked = readCommandLine(args, process.env);
  if ("environment" in asked) {
    const { environment, prunes, outputs } = asked;
    return run(thisMachine(environment), { extras: { prunes }, outputs: outputs ? "all" : [] });
  }
  if ("problem" in asked) {
    write(`${asked.problem}\nnpm start -- --help lists all options`);
    return 2;
  }
  write(USAGE);
  return 0;
}

endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
