import { tmpdir } from "node:os";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { cancellation, endWhenUnread } from "./cancellation.ts";
import { SYSTEM_CLOCK, warnOnce } from "./connect.ts";
import { DEFAULTS, type Environment } from "./runner/inputs.ts";
import { terminal } from "./runner/terminal.ts";
import { save } from "./save.ts";
import { step } from "./step.ts";

const USAGE = `npm start                            an embedded registry, no network: the gate passing, then failing
npm start -- REFERENCE… [--INPUT VALUE…]   the same step that the runner runs

Inputs, with their defaults (README.md says what they mean):
${Object.entries(DEFAULTS)
  .filter(([name]) => name !== "images")
  .map(([name, value]) => `  --${name}${value === "" ? "" : ` ${value}`}`)
  .join("\n")}
`;

endWhenUnread();

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** The inputs' environment that a command line stands for, over the machine's own; or undefined when usage is asked for. */
function toEnvironment(args: readonly string[]): Environment | undefined {
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const name of Object.keys(DEFAULTS)) options[name] = { type: "string" };
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  if (values["help"]) return undefined;
  const given = Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, String(value)]);
  const images = [...positionals, ...(typeof values["images"] === "string" ? [values["images"]] : [])].join("\n");
  return { ...process.env, ...Object.fromEntries(given), INPUT_IMAGES: images };
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    const { demonstrate } = await import("../scripts/demo.ts");
    return demonstrate(write);
  }
  let environment: Environment | undefined;
  try {
    environment = toEnvironment(args);
  } catch (error) {
    write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (environment === undefined) {
    write(USAGE);
    return 0;
  }
  const workflow = terminal(write);
  const { platform, arch: architecture } = process;
  const machine = { environment, platform, architecture, temporary: tmpdir(), clock: SYSTEM_CLOCK, cancelled: cancellation() };
  const exitCode = await step(machine, workflow);
  workflow.printOutputs();
  // No post step exists here, so save now.
  const pending = workflow.pendingSaves();
  if (pending !== "") await save(pending, machine, warnOnce(workflow));
  return exitCode;
}

process.exitCode = await main(process.argv.slice(2));
