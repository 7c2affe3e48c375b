import { type ChildProcess, spawn } from "node:child_process";
import { parse } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../http/clock.ts";
import { messageOf } from "../oci/failure.ts";

/** A program that may outlive this process. */
export type BackgroundProgram = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The descriptor of an open file, for its standard error. */
  readonly log: number;
};

/** A program that runs in the background. */
export type Background = {
  readonly process: ChildProcess;
  readonly input: Writable;
  readonly output: Readable;
};

/**
 * Starts a program in a session of its own: a signal to the process group of this process does not
 * end it, and this process does not wait for it.
 */
export function startInBackground(program: BackgroundProgram): Background {
  const { command, args, env, log } = program;
  const child = spawn(command, args, {
    env,
    // Windows does not remove a directory in which a program runs.
    cwd: parse(process.execPath).root,
    stdio: ["pipe", "pipe", log],
    detached: true,
    windowsHide: true,
  });
  const { stdin: input, stdout: output } = child;
  // Node types a pipe like what a stream without one would be.
  if (input === null || output === null) throw new Error(`${command} has no pipes`);
  // That the program is gone shows in what it prints.
  input.on("error", () => undefined);
  child.on("error", () => undefined);
  child.unref();
  return { process: child, input, output };
}

// The program prints whether it is ready: one small object.
const LINE_LIMIT = 64 * 1024;

/**
 * The first line that a program prints. Fails when the program ends before, when the line is too
 * long, and when it does not come within so many milliseconds. Nothing else is read.
 */
export async function firstLine(
  { process, output }: Background,
  within: number,
  after: Clock["after"],
): Promise<string> {
  let cancel = (): void => undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(why));
      cancel = after(within, () => fail(`it was not ready within ${within / 1_000} s`));
      let text = "";
      output.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        const [line = "", ...rest] = text.split("\n");
        if (rest.length > 0) resolve(line);
        else if (text.length > LINE_LIMIT) fail("its first line is too long");
      });
      process.on("error", (error) => fail(messageOf(error)));
      process.on("close", (code, signal) => fail(`it ended with ${code ?? signal}`));
    });
  } finally {
    cancel();
    output.destroy();
  }
}
