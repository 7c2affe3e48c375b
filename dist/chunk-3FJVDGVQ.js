import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/action/machine.ts
import { lookup } from "node:dns";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
var SYSTEM_CLOCK = {
  now: Date.now,
  sleep: async (ms, signal) => {
    try {
      await sleep(ms, void 0, { signal });
    } catch (error) {
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
  }
};
function thisMachine(environment = process.env) {
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
    serveScript: join(dirname(process.argv[1] ?? ""), "serve.js")
  };
}
var GRACE_MS = 4e3;
var EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };
function cancellation() {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.once(name, () => {
      controller.abort(new PullError("cancelled", `cancelled: received ${name}`));
      const exit = () => process.exit(EXIT_CODES[name]);
      setTimeout(exit, GRACE_MS).unref();
    });
  }
  return controller.signal;
}
function endWhenUnread() {
  process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

export {
  thisMachine,
  endWhenUnread
};
