import type { Clock } from "../http/clock.ts";
import { codeOf, PullError } from "../oci/failure.ts";
import type { Ended, RunEngine } from "../runner/engine-commands.ts";
import { engineRunner } from "./engine-program.ts";
import { type Bounds, environmentFor, runProgram } from "./program.ts";

// `sudo -n` and `docker info` answer within a second, unless a directory service or an engine
// hangs. Nothing that uses them may hang the job.
const DEADLINE_MS = 15_000;

/** Runs commands as root, without asking for a password. */
export type Root = {
  /** Returns how the command ended, with its output and its errors. */
  readonly run: (args: readonly string[], input?: Uint8Array) => Promise<Ended>;
  /** Returns how the command ended, with its output alone: sudo may print warnings. */
  readonly print: (args: readonly string[]) => Promise<Ended>;
};

/** The programs that tell clients about a registry. Each fails after 15 s. */
export type ClientPrograms = {
  readonly docker: (args: readonly string[]) => Promise<Ended>;
  readonly runEngine: RunEngine;
  readonly root: Root;
};

/** The programs of this machine. They also end with `signal`. */
export function clientPrograms(
  environment: NodeJS.ProcessEnv,
  after: Clock["after"],
  signal: AbortSignal,
): ClientPrograms {
  const runEngine: RunEngine = (engine, args, input) =>
    inTime(engine, { after, signal }, (bounds) =>
      engineRunner(environment, bounds)(engine, args, input),
    );
  const env = environmentFor(environment);
  const sudo = (command: RootCommand): Promise<Ended> =>
    inTime("sudo", { after, signal }, (bounds) => runAsRoot(command, env, bounds));
  return {
    runEngine,
    docker: (args) => runEngine("docker", args),
    root: {
      run: (args, input) => sudo({ args, input, errors: true }),
      print: (args) => sudo({ args, input: undefined, errors: false }),
    },
  };
}

async function inTime<T>(
  program: string,
  { after, signal }: Bounds,
  work: (bounds: Bounds) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const cancel = after(DEADLINE_MS, () => {
    const found = `${program} did not end within ${DEADLINE_MS / 1_000} s`;
    late.abort(new PullError("engine-failed", found));
  });
  try {
    return await work({ after, signal: AbortSignal.any([signal, late.signal]) });
  } finally {
    cancel();
  }
}

type RootCommand = {
  readonly args: readonly string[];
  readonly input: Uint8Array | undefined;
  readonly errors: boolean;
};

async function runAsRoot(
  { args, input, errors }: RootCommand,
  env: NodeJS.ProcessEnv,
  bounds: Bounds,
): Promise<Ended> {
  let output = "";
  const program = {
    command: "sudo",
    // -n: never asks for a password.
    args: ["-n", "--", ...args],
    env,
    input: input === undefined ? [] : [Buffer.from(input).toString()],
    read: (text: string) => {
      output += text;
    },
    errors,
  };
  try {
    const { code, killedBy } = await runProgram(program, bounds);
    return code === null ? { code: -1, output: `ended by ${killedBy}` } : { code, output };
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return { code: -1, output: "sudo is not on this runner" };
  }
}
