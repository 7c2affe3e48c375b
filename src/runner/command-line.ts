import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf } from "../oci/failure.ts";
import { DEFAULTS } from "./input-names.ts";

const OPTIONS = Object.entries(DEFAULTS)
  .filter(([name]) => name !== "images" && name !== "job-status")
  .map(([name, value]) => `  --${name} ${value}`.trimEnd());

// A list may be given in several options.
const LISTS = ["images", "files", "platforms", "sources", "insecure-registries", "trusted-realms"];

/** How the command line is used. */
export const USAGE = `npm start                            a demonstration on an embedded registry, without network
npm start -- REFERENCE… [--INPUT VALUE…]   the step that the runner runs, on these images
npm start -- --files PATTERN [--pins write]  the same, on the images that files name
npm start -- --lock update [--prune] …     locks them; --prune drops entries that are not named
npm start -- --outputs …                   also prints the outputs that a workflow would get

Inputs, with their defaults (README.md describes them):
${OPTIONS.join("\n")}
`;

/** A step that a command line asks for. */
export type AskedStep = {
  readonly environment: NodeJS.ProcessEnv;
  /** True to drop entries of the lock file that the step does not name. */
  readonly prunes: boolean;
  /** True to print all outputs. */
  readonly outputs: boolean;
};

/** What a command line asks for: a step in an environment, help, or nothing that is understood. */
export type CommandLine = AskedStep | { readonly help: true } | { readonly problem: string };

const PRUNES_NOTHING = "--prune: expected --lock update beside it, which writes the lock file";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Reads a command line. Its inputs become those of a step, over the given environment. */
export function readCommandLine(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): CommandLine {
  const options: Options = {
    help: { type: "boolean", short: "h" },
    outputs: { type: "boolean" },
    prune: { type: "boolean" },
  };
  for (const name of Object.keys(DEFAULTS)) {
    options[name] = { type: "string", multiple: LISTS.includes(name) };
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options,
    });
    if (values["help"]) return { help: true };
    const { images, outputs = false, prune = false, ...others } = values;
    if (prune && values["lock"] !== "update") return { problem: PRUNES_NOTHING };
    const inputs: NodeJS.ProcessEnv = {};
    for (const [name, value] of Object.entries(others)) {
      inputs[inputName(name)] = [value].flat().join("\n");
    }
    inputs["INPUT_IMAGES"] = [...positionals, ...[images ?? []].flat()].join("\n");
    const asked = { prunes: prune === true, outputs: outputs === true };
    return { environment: { ...environment, ...inputs }, ...asked };
  } catch (error) {
    // Node adds a hint about arguments with a dash, which no reference starts with.
    const [problem = ""] = messageOf(error).split(" To specify a positional argument");
    return { problem };
  }
}

function inputName(option: string): string {
  return `INPUT_${option.toUpperCase()}`;
}
