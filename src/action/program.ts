import { spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../http/clock.ts";
import { PullError } from "../oci/failure.ts";

/** A program to run. */
export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Its standard input. A {@link PullError} that it throws ends the program, and is its failure. */
  readonly input: AsyncIterable<Buffer> | Iterable<string>;
  /** Receives what it prints. */
  readonly read: (text: string) => void;
  /** True when its standard error is read, too. */
  readonly errors: boolean;
};

/** How a program ended: with a code, or by a signal. */
export type Exit = {
  readonly code: number | null;
  readonly killedBy: string | null;
};

/** What bounds a program's time. */
export type Bounds = {
  readonly after: Clock["after"];
  readonly signal: AbortSignal;
};

// When a program exits, its output is already in the pipe. If the pipe stays open after that, a
// child of the program holds it.
const LAST_WORDS_MS = 1_000;

/**
 * Runs a program. Returns how it ended. Fails with the signal's reason when that aborts, with the
 * system's error when there is no such program, and as its input fails. The program is killed then,
 * and its pipes are closed without waiting, because its own children may hold them.
 */
export async function runProgram(program: Program, { after, signal }: Bounds): Promise<Exit> {
  signal.throwIfAborted();
  const { command, args, env, input, read, errors } = program;
  const child = spawn(command, args, { env });
  const { stdin, stdout, stderr } = child;
  stdout.setEncoding("utf8").on("data", read);
  stderr.setEncoding("utf8").on("data", errors ? read : () => undefined);
  const settled = new AbortController();
  try {
    return await new Promise<Exit>((resolve, reject) => {
      let cancel = (): void => undefined;
      signal.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal });
      child.on("error", reject);
      child.on("exit", (code, killedBy) => {
        cancel = after(LAST_WORDS_MS, () => resolve({ code, killedBy }));
      });
      child.on("close", (code, killedBy) => {
        cancel();
        resolve({ code, killedBy });
      });
      feed(input, stdin).catch(reject);
    });
  } finally {
    settled.abort();
    child.kill("SIGKILL");
    for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
  }
}

/** Writes all of `input`. Only `input` can fail: a program that stops reading says why itself. */
async function feed(input: Program["input"], stdin: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(input), stdin);
  } catch (error) {
    if (error instanceof PullError) throw error;
  }
}

// What programs need to start, and to find their files, their language, the network and the
// certificates to trust. The last two lines are for Windows.
const EVERY = [
  "PATH HOME USER LOGNAME TMPDIR TZ LANG LANGUAGE LC_* XDG_* DBUS_SESSION_BUS_ADDRESS",
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR",
  "DOCKER_CONFIG REGISTRY_AUTH_FILE",
  "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT TEMP TMP USERNAME USERPROFILE HOMEDRIVE HOMEPATH",
  "APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMW6432",
];

/**
 * The variables that a program gets: those that every program needs, and its own, listed in `own`
 * with `*` for any ending. In upper or lower case, because Windows and proxies use both.
 */
export function environmentFor(
  environment: NodeJS.ProcessEnv,
  ...own: readonly string[]
): NodeJS.ProcessEnv {
  const names = [...EVERY, ...own].flatMap((line) => line.split(" "));
  const patterns = names.join("|").replaceAll("*", "\\w*");
  const given = new RegExp(`^(${patterns})$`, "i");
  const variables = Object.entries(environment);
  const passedOn = variables.filter(([name]) => given.test(name));
  return Object.fromEntries(passedOn);
}
