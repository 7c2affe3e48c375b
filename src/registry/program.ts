import { spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PullError } from "../oci/failure.ts";
import type { Environment } from "./docker-config.ts";
import type { Clock } from "./retry.ts";

/** A program to run: how, with what on its standard input, and who takes what it prints. */
export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** A {@link PullError} that it fails with ends the program and is its failure. */
  readonly input: AsyncIterable<Buffer> | Iterable<string>;
  readonly read: (text: string) => void;
  /** True when its standard error is read, too. */
  readonly errors: boolean;
};

/** How a program ended: by itself with a code, or by a signal. */
export type Exit = { readonly code: number | null; readonly killedBy: string | null };

/** What bounds a program's time: the signal that ends it, and the clock. */
export type Bounds = { readonly after: Clock["after"]; readonly signal: AbortSignal };

// What a program printed is in the pipe when it exits. Who still holds the pipe then is another one.
const LAST_WORDS_MS = 1_000;

/**
 * Runs a program; how it ended. Fails with the signal's reason as soon as that aborts, with the
 * system's error when there is no such program, and as its input fails. The program is killed then,
 * and its pipes are closed, which its own children may hold: nothing is waited for.
 */
export async function runProgram(program: Program, { after, signal }: Bounds): Promise<Exit> {
  signal.throwIfAborted();
  const { command, args, env, input, read, errors } = program;
  const child = spawn(command, args, { env });
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", errors ? read : () => undefined);
  const settled = new AbortController();
  try {
    return await new Promise<Exit>((resolve, reject) => {
      let forget = (): void => undefined;
      signal.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal });
      child.on("error", reject);
      child.on("exit", (code, killedBy) => {
        forget = after(LAST_WORDS_MS, () => resolve({ code, killedBy }));
      });
      child.on("close", (code, killedBy) => {
        forget();
        resolve({ code, killedBy });
      });
      feed(input, child.stdin).catch(reject);
    });
  } finally {
    settled.abort();
    child.kill("SIGKILL");
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
  }
}

/** Writes all of `input`. A program that stops reading says why itself: only `input` can fail. */
async function feed(input: Program["input"], stdin: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(input), stdin);
  } catch (error) {
    if (error instanceof PullError) throw error;
  }
}

// What programs need to start, and to find their files, their language, the network and whom to
// trust there. The last two lines are Windows'.
const EVERY = [
  "PATH HOME USER LOGNAME TMPDIR TZ LANG LANGUAGE LC_* XDG_* DBUS_SESSION_BUS_ADDRESS",
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR",
  "DOCKER_CONFIG REGISTRY_AUTH_FILE",
  "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT TEMP TMP USERNAME USERPROFILE HOMEDRIVE HOMEPATH",
  "APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMW6432",
];

/**
 * The part of an environment that a program is given: what every program needs, and its own
 * variables, in words with `*` for any rest. In capitals or not, as Windows and proxies have them.
 */
export function environmentFor(environment: Environment, ...own: readonly string[]): NodeJS.ProcessEnv {
  const words = [...EVERY, ...own].flatMap((line) => line.split(" "));
  const given = new RegExp(`^(${words.join("|").replaceAll("*", "\\w*")})$`, "i");
  return Object.fromEntries(Object.entries(environment).filter(([name]) => given.test(name)));
}
