import { lookup } from "node:dns";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../http/clock.ts";
import type { Resolve } from "../http/reaches.ts";
import { PullError } from "../oci/failure.ts";

/** The machine that runs a step. Tests pass another one. */
export type Machine = {
  readonly environment: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly architecture: string;
  /** The directory of the repository, in which `files` finds files. */
  readonly workspace: string;
  /** An existing directory for files that later steps read. */
  readonly temporary: string;
  readonly clock: Clock;
  /** Resolves host names. */
  readonly resolve: Resolve;
  /** Ends the step early; the images' problems then state its reason. */
  readonly cancelled: AbortSignal;
  /** The script that runs a registry for the job. */
  readonly serveScript: string;
};

/** The clock of this process. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      // Node rejects with an error of its own.
      signal.throwIfAborted();
      throw error;
    }
  },
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  cpuLoad: () => {
    const start = performance.eventLoopUtilization();
    return () => performance.eventLoopUtilization(start).utilization;
  },
};

/** The machine that this process runs on, with its environment or another one. */
export function thisMachine(environment: NodeJS.ProcessEnv = process.env): Machine {
  const { platform, arch: architecture } = process;
  return {
    environment,
    platform,
    architecture,
    // npm runs scripts in the directory of the package, and names the user's:
    // https://docs.npmjs.com/cli/using-npm/scripts#environment
    workspace: environment["GITHUB_WORKSPACE"] || environment["INIT_CWD"] || process.cwd(),
    temporary: environment["RUNNER_TEMP"] || tmpdir(),
    clock: SYSTEM_CLOCK,
    resolve: lookup,
    cancelled: cancellation(),
    serveScript: join(dirname(process.argv[1] ?? ""), "serve.js"),
  };
}

// The runner sends SIGINT, SIGTERM 7.5 s later, and kills the process 2.5 s after that:
// https://docs.github.com/actions/reference/workflow-cancellation-reference
const GRACE_MS = 4_000;
// 128 and the signal's number: https://tldp.org/LDP/abs/html/exitcodes.html
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Aborts when this process receives SIGINT or SIGTERM, so that requests stop and temporary files
 * are removed. The process exits four seconds later; the next run removes what is left then.
 */
function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      controller.abort(new PullError("cancelled", `cancelled: received ${name}`));
      const exit = (): void => process.exit(EXIT_CODES[name]);
      setTimeout(exit, GRACE_MS).unref();
    });
  }
  return controller.signal;
}

/** Ends the process without an error when the reader of its output is gone, as with `| head`. */
export function endWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}
