import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";

/** What the runner reads of one step. */
export type StepResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the runner obeys, in order. */
  readonly commands: readonly Command[];
  /** What it wrote into each of the runner's files, as it is. */
  readonly files: ReadonlyMap<string, string>;
  /** The step's own directory, which is its home and its temporary directory. */
  readonly directory: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
  /** The step's post script, run as the runner runs it after the job, with the state the step saved. */
  readonly post: () => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
};

export type Command = { readonly name: string; readonly properties: Readonly<Record<string, string>>; readonly data: string };

const ROOT = join(import.meta.dirname, "../..");
// Where a program keeps what it is not told a place for.
const TMPDIR = temporaryDirectory("programs");

/** How a step is run: by which command, and for how long at most. */
export type RunOptions = {
  /** What stands before the script: Node, with its flags, or a program that starts it. */
  readonly command?: readonly string[];
  readonly script?: string;
  readonly timeout?: number;
  /** Told of the process as soon as there is one. */
  readonly started?: (child: ChildProcess) => void;
};

/** Runs the committed bundle as the runner runs an action's main: its inputs in the environment, its files given by path. */
export async function runStep(
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
): Promise<StepResult> {
  const directory = temporaryDirectory("runner");
  const file = (name: string): string => {
    writeFileSync(join(directory, name), "");
    return join(directory, name);
  };
  const files = {
    GITHUB_OUTPUT: file("output"),
    GITHUB_STATE: file("state"),
    GITHUB_STEP_SUMMARY: file("summary"),
    GITHUB_ENV: file("env"),
    GITHUB_PATH: file("path"),
  };
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase().replaceAll(" ", "_")}`, value]),
  );
  const all = {
    PATH: process.env["PATH"] ?? "",
    HOME: directory,
    GITHUB_ACTIONS: "true",
    RUNNER_TEMP: directory,
    ...files,
    ...given,
    ...environment,
  };
  const { exitCode, stdout, stderr } = await run([options.script ?? join(ROOT, "dist/main.js")], all, options);
  // A summary that was never written, or was deleted, is none.
  const texts = Object.entries(files).map(([name, path]) => [name, existsSync(path) ? readFileSync(path, "utf8") : ""] as const);
  const written = new Map(texts);
  const state = readOutputs(written.get("GITHUB_STATE") ?? "");
  return {
    exitCode,
    stdout,
    stderr,
    commands: [...obeyed(stdout), ...obeyed(stderr)],
    files: written,
    directory,
    outputs: readOutputs(written.get("GITHUB_OUTPUT") ?? ""),
    post: () =>
      run([join(ROOT, "dist/post.js")], { ...all, ...Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value])) }),
    summary: written.get("GITHUB_STEP_SUMMARY") ?? "",
  };
}

/** Runs a script with this Node, and nothing of this process's environment but what is given. */
export function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { command = [process.execPath], timeout = 60_000, started }: RunOptions = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const [program = "", ...before] = command;
    const child = spawn(program, [...before, ...args], { env: { TMPDIR, ...env }, cwd: ROOT, timeout, killSignal: "SIGKILL" });
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
 * The commands in what one stream printed, as the runner takes them: after `stop-commands` none, until its token comes
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions#stopping-and-starting-workflow-commands).
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
 * The command that the runner sees in a line, by either of its grammars, the newer first:
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
  return { name, properties: properties(rest.join(" "), ","), data: unescapeData(trimmed.slice(end + 2)) };
}

/** `##[name key=value;]data` anywhere in a line. */
function older(line: string): Command | undefined {
  const start = line.indexOf("##[");
  const end = line.indexOf("]", start);
  if (start < 0 || end < 0) return undefined;
  const [name = "", ...rest] = line.slice(start + 3, end).split(" ");
  return { name, properties: properties(rest.join(" "), ";"), data: unescapeData(line.slice(end + 1)) };
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
