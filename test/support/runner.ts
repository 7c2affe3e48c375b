import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";

/** What the runner reads of one step. */
export type StepResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The commands that the runner obeys, in order. */
  readonly commands: readonly Command[];
  /** The text of each of the runner's files, by the name of its variable. */
  readonly files: ReadonlyMap<string, string>;
  /** The step's own directory, which is its home and its temporary directory. */
  readonly directory: string;
  readonly outputs: ReadonlyMap<string, string>;
  /** What the step left to its post script, by name. */
  readonly state: ReadonlyMap<string, string>;
  readonly summary: string;
  /**
   * Runs the post script as the runner does after the job, with the state of the step, and with
   * these variables in addition.
   */
  readonly post: (environment?: Readonly<Record<string, string>>) => Promise<{
    readonly exitCode: number;
    readonly stdout: string;
    readonly stderr: string;
  }>;
};

export type Command = {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
};

const ROOT = join(import.meta.dirname, "../..");
// The temporary directory of all programs.
const TMPDIR = temporaryDirectory("programs");
// The same modules are compiled for every run, and stripped of their types where they have some.
const NODE_COMPILE_CACHE = join(ROOT, "node_modules/.cache/node");

/** How to run a step. */
export type RunOptions = {
  /** What is before the script: Node with its flags, or a program that starts it. */
  readonly command?: readonly string[];
  readonly script?: string;
  /** Milliseconds until the process is killed. */
  readonly timeout?: number;
  /** Called with the process when it starts. */
  readonly started?: (child: ChildProcess) => void;
};

/**
 * Runs the committed bundle as the runner runs the main script of an action, with the inputs and
 * the paths of the runner's files in the environment.
 */
export async function runStep(
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
): Promise<StepResult> {
  const directory = temporaryDirectory("runner");
  const files = makeFiles(directory);
  const all = {
    PATH: process.env["PATH"] ?? "",
    HOME: directory,
    // The engine of this machine is not for tests. Their docker clients ignore this.
    DOCKER_HOST: "unix:///nothing.sock",
    GITHUB_ACTIONS: "true",
    RUNNER_TEMP: directory,
    ...files,
    ...inputVariables(inputs),
    ...environment,
  };
  const script = options.script ?? join(ROOT, "dist/main.js");
  const { exitCode, stdout, stderr } = await run([script], all, options);
  const written = new Map(Object.entries(files).map(([name, path]) => [name, textOf(path)]));
  const state = readOutputs(written.get("GITHUB_STATE") ?? "");
  const stateVariables = Object.fromEntries(
    [...state].map(([key, value]) => [`STATE_${key}`, value]),
  );
  return {
    exitCode,
    stdout,
    stderr,
    commands: [...obeyed(stdout), ...obeyed(stderr)],
    files: written,
    directory,
    outputs: readOutputs(written.get("GITHUB_OUTPUT") ?? ""),
    state,
    post: (more = {}) => run([join(ROOT, "dist/post.js")], { ...all, ...stateVariables, ...more }),
    summary: written.get("GITHUB_STEP_SUMMARY") ?? "",
  };
}

/** Makes the runner's files, which are empty. Returns their paths by variable. */
function makeFiles(directory: string): Readonly<Record<string, string>> {
  const names = [
    "GITHUB_OUTPUT",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_ENV",
    "GITHUB_PATH",
  ];
  const files = names.map((name) => [
    name,
    join(directory, name.slice("GITHUB_".length).toLowerCase()),
  ]);
  for (const [, path = ""] of files) writeFileSync(path, "");
  return Object.fromEntries(files);
}

function inputVariables(
  inputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const variable = (name: string): string => `INPUT_${name.toUpperCase().replaceAll(" ", "_")}`;
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [variable(name), value]));
}

/** The text of a file; a deleted file counts as empty. */
function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** Runs a script with this Node. It gets only the given environment. */
export function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { command = [process.execPath], timeout = 60_000, started }: RunOptions = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const [program = "", ...before] = command;
    const child = spawn(program, [...before, ...args], {
      env: { TMPDIR, NODE_COMPILE_CACHE, ...env },
      cwd: ROOT,
      timeout,
      killSignal: "SIGKILL",
    });
    started?.(child);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? -1, stdout, stderr }));
  });
}

/**
 * The commands that the runner obeys in the text of one stream. After `stop-commands` it obeys none
 * until the token follows:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions#stopping-and-starting-workflow-commands
 */
export function obeyed(text: string): readonly Command[] {
  const commands: Command[] = [];
  let token: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const command = parseCommand(line);
    if (command === undefined) continue;
    if (token === undefined) commands.push(command);
    if (token === undefined && command.name === "stop-commands") token = command.data;
    else if (command.name === token) token = undefined;
  }
  return commands;
}

/**
 * The command that the runner finds in a line by one of its two grammars, the newer one first:
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function parseCommand(line: string): Command | undefined {
  return newer(line) ?? older(line);
}

/** `::name key=value,key=value::data` at the start of a line. */
function newer(line: string): Command | undefined {
  const trimmed = line.trimStart();
  if (!trimmed.startsWith("::")) return undefined;
  const end = trimmed.indexOf("::", 2);
  if (end < 0) return undefined;
  const [name = "", ...rest] = trimmed.slice(2, end).split(" ");
  return {
    name,
    properties: properties(rest.join(" "), ","),
    data: unescapeData(trimmed.slice(end + 2)),
  };
}

/** `##[name key=value;]data` anywhere in a line. */
function older(line: string): Command | undefined {
  const start = line.indexOf("##[");
  const end = line.indexOf("]", start);
  if (start < 0 || end < 0) return undefined;
  const [name = "", ...rest] = line.slice(start + 3, end).split(" ");
  return {
    name,
    properties: properties(rest.join(" "), ";"),
    data: unescapeData(line.slice(end + 1)),
  };
}

function properties(text: string, separator: string): Readonly<Record<string, string>> {
  const pairs = text.split(separator).map((pair) => pair.trim().split("=", 2));
  return Object.fromEntries(
    pairs
      .filter(([key, value]) => key !== "" && value !== undefined)
      .map(([key, value]) => [
        key,
        unescapeData(value ?? "")
          .replaceAll("%3A", ":")
          .replaceAll("%2C", ","),
      ]),
  );
}

function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings */
function readOutputs(text: string): ReadonlyMap<string, string> {
  const outputs = new Map<string, string>();
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[at] ?? "") ?? [];
    if (name === undefined || delimiter === undefined) continue;
    const end = lines.indexOf(delimiter, at + 1);
    if (end < 0) throw new Error(`no end for output ${name}`);
    outputs.set(name, lines.slice(at + 1, end).join("\n"));
    at = end;
  }
  return outputs;
}
