import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measure, type Sample } from "./measure.ts";
import type { Contender } from "./row.ts";
import type { Setup } from "./setup.ts";

type Strings = Readonly<Record<string, string>>;

/** A file of `dist/`, which is what the runner runs. */
export function builtFile(name: string): string {
  return join(import.meta.dirname, "../dist", name);
}

/** The step as the runner starts it, with an empty home directory. */
export function step(setup: Setup, inputs: Strings, environment: Strings = {}): Contender {
  const home = join(setup.directory, "home");
  mkdirSync(home, { recursive: true });
  return {
    name: "registry-pull",
    command: (fresh) => ["env", `RUNNER_TEMP=${fresh}`, process.execPath, builtFile("main.js")],
    environment: {
      HOME: home,
      GITHUB_ACTIONS: "true",
      INPUT_PLATFORMS: "any",
      ...runnerFiles(home),
      ...inputVariables(inputs),
      ...environment,
    },
  };
}

/** The variables in which the runner passes inputs. */
function inputVariables(inputs: Strings): Strings {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(inputs)) {
    variables[`INPUT_${name.toUpperCase()}`] = value;
  }
  return variables;
}

/** The files that a step writes for the runner, empty, by the variables that name them. */
function runnerFiles(directory: string): Strings {
  const variables: Record<string, string> = {};
  for (const name of ["OUTPUT", "STATE", "STEP_SUMMARY"]) {
    const file = join(directory, name.toLowerCase());
    writeFileSync(file, "");
    variables[`GITHUB_${name}`] = file;
  }
  return variables;
}

/** The step that pulls images, one a line, into a layout. */
export function pullStep(setup: Setup, images: string, environment: Strings = {}): Contender {
  return step(setup, { images, pull: "layout" }, environment);
}

/** The post step of a step that has ended, with the state that it left in `stateFile`. */
export function postStep(step: Contender, stateFile: string, temp: string): Contender {
  const state = stateVariables(readFileSync(stateFile, "utf8"));
  return {
    name: "registry-pull",
    command: () => [process.execPath, builtFile("post.js")],
    environment: { ...step.environment, ...state, RUNNER_TEMP: temp },
  };
}

/** The variables in which the runner passes a state, given as its file: `NAME<<END`, value, end. */
function stateVariables(text: string): Strings {
  const entries = text.matchAll(/^([^<\n]+)<<(\S+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...entries].map(([, name, , value = ""]) => [`STATE_${name}`, value]));
}

/** A contender that needs a shell for its work. */
export function shellScript(
  program: string,
  name: string,
  script: (fresh: string) => string,
): Contender {
  return {
    program,
    name,
    command: (fresh) => ["sh", "-ec", script(fresh)],
  };
}

type PullCommand = (reference: string, at: number) => string;

/** The peers that can pull references into one layout. */
export function pullers(references: readonly string[]): readonly Contender[] {
  const each = (command: PullCommand): string => references.map(command).join("\n");
  return [
    {
      program: "crane",
      name: "crane",
      command: (fresh) => ["crane", "pull", "--format=oci", ...references, join(fresh, "layout")],
    },
    shellScript("oras", "oras", (fresh) =>
      each((reference, at) => {
        const target = `${fresh}/layout:${at}`;
        return `oras copy --from-plain-http --to-oci-layout ${reference} ${target}`;
      }),
    ),
    shellScript("skopeo", "skopeo", (fresh) =>
      each((reference, at) => {
        const target = `oci:${fresh}/layout:${at}`;
        return `skopeo copy --src-tls-verify=false docker://${reference} ${target}`;
      }),
    ),
  ];
}

/** Runs a contender once in `directory`. Fails, with what it printed, when its command does. */
export function runOnce(contender: Contender, directory: string): Promise<Sample> {
  const environment = { ...process.env, ...contender.environment };
  return measure(contender.command(directory), environment);
}
