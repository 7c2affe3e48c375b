import { endWhenUnread, type Machine, thisMachine } from "./action/machine.ts";
import { savePending } from "./action/save.ts";
import { step } from "./action/step.ts";
import { readCommandLine, USAGE } from "./runner/command-line.ts";
import { terminal } from "./runner/terminal.ts";

type Write = (line: string) => void;
type Run = (environment: NodeJS.ProcessEnv, temporary: string) => Promise<number>;

// The step on a laptop.
const write: Write = (line) => {
  process.stdout.write(`${line}\n`);
};

/** Runs a step, and saves to the cache at once: no post step exists here. Returns its exit code. */
async function run(machine: Machine): Promise<number> {
  const workflow = terminal(write);
  const exitCode = await step(machine, workflow);
  workflow.printOutputs();
  await savePending(workflow.pendingSaves(), machine, workflow);
  return exitCode;
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
  return demonstration.demonstrate(write, (environment, temporary) =>
    run({
      ...machine,
      platform: "linux",
      architecture: "x64",
      environment,
      temporary,
    }),
  );
}

/** Runs the command line. Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) return demonstrate();
  const asked = readCommandLine(args, process.env);
  if ("environment" in asked) return run(thisMachine(asked.environment));
  if ("problem" in asked) {
    write(`${asked.problem}\n\n${USAGE}`);
    return 2;
  }
  write(USAGE);
  return 0;
}

endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
