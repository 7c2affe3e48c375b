import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf } from "../oci/failure.ts";
import { DEFAULTS } from "./inputs.ts";

const OPTIONS = Object.entries(DEFAULTS)
  .filter(([name]) => name !== "images")
  .map(([name, value]) => `  --${name} ${value}`.trimEnd());

/** How the command line is used. */
export const USAGE = `npm start                            a demonstration on an embedded registry, without network
npm start -- REFERENCE… [--INPUT VALUE…]   the step that the runner runs, on these images

Inputs, with their defaults (README.md describes them):
${OPTIONS.join("\n")}
`;

/** What a command line asks for: a step in an environment, help, or nothing that is understood. */
export type CommandLine =
  | { readonly environment: NodeJS.ProcessEnv }
  | { readonly help: true }
  | { readonly problem: string };

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Reads a command line. Its inputs become those of a step, over the given environment. */
export function readCommandLine(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): CommandLine {
  const options: Options = { help: { type: "boolean", short: "h" } };
  for (const name of Object.keys(DEFAULTS)) {
    options[name] = { type: "string" };
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options,
    });
    if (values["help"]) return { help: true };
    const { images, ...others } = values;
    const inputs: NodeJS.ProcessEnv = {};
    for (const [name, value] of Object.entries(others)) {
      inputs[inputName(name)] = String(value);
    }
    const named = typeof images === "string" ? [images] : [];
    inputs["INPUT_IMAGES"] = [...positionals, ...named].join("\n");
    return { environment: { ...environment, ...inputs } };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function inputName(option: string): string {
  return `INPUT_${option.toUpperCase()}`;
}
