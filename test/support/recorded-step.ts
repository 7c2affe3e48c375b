import { join } from "node:path";
import { type Machine, SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { savePending } from "../../src/action/save.ts";
import { step } from "../../src/action/step.ts";
import type { Clock } from "../../src/http/clock.ts";
import { toSummary } from "../../src/runner/summary.ts";
import type { Workflow } from "../../src/runner/workflow.ts";
import { temporaryDirectory } from "./directory.ts";
import type { Given } from "./lock-steps.ts";

/** What a step that ran in this process told the runner. */
export type RecordedStep = {
  readonly exitCode: number;
  readonly warnings: readonly string[];
  /** Each as `title: message`. */
  readonly errors: readonly string[];
  readonly log: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
  /** The deadlines that passed and the waits before a retry, in order: `deadline of 10 s`. */
  readonly waited: readonly string[];
  /** Runs the post step. */
  readonly post: () => Promise<void>;
};

/** How many milliseconds of a step pass in one of the test. */
const RATE = 400;

/**
 * A clock that is four hundred times as fast and records waits. A deadline passes in many short
 * timers, one after the other, so that an answer that is here comes first on a busy machine, too.
 */
function recordingClock(waited: string[]): Clock {
  const started = Date.now();
  return {
    ...SYSTEM_CLOCK,
    random: () => 0.1,
    now: () => started + (Date.now() - started) * RATE,
    sleep: (ms, signal) => {
      waited.push("retry");
      return SYSTEM_CLOCK.sleep(ms / RATE, signal);
    },
    after: (ms, run) => {
      let left = ms / RATE;
      const tick = (): void => {
        left -= 1;
        if (left > 0) {
          timer = setTimeout(tick, 1);
          return;
        }
        waited.push(`deadline of ${ms / 1_000} s`);
        run();
      };
      let timer = setTimeout(tick, 1);
      return () => clearTimeout(timer);
    },
  };
}

/**
 * Runs a step of a self-hosted runner in this process, with `workspace` as its repository. It has
 * no other credentials than those of its inputs, and resolves no host names.
 */
export async function recordStep(
  inputs: Given,
  environment: Given = {},
  workspace = temporaryDirectory("workspace"),
): Promise<RecordedStep> {
  const waited: string[] = [];
  const temporary = temporaryDirectory("recorded");
  const names = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const nowhere = join(temporary, "no-credentials");
  const machine: Machine = {
    environment: {
      GITHUB_ACTIONS: "true",
      RUNNER_ENVIRONMENT: "self-hosted",
      HOME: nowhere,
      DOCKER_CONFIG: nowhere,
      REGISTRY_AUTH_FILE: nowhere,
      RUNNER_TEMP: temporary,
      ...Object.fromEntries(names),
      ...environment,
    },
    platform: "linux",
    architecture: "x64",
    temporary,
    workspace,
    clock: recordingClock(waited),
    resolve: (host, _, callback) => callback(new Error(`no address for ${host}`), []),
    cancelled: new AbortController().signal,
    serveScript: join(import.meta.dirname, "../../src/serve.ts"),
  };
  const { workflow, told } = recorder();
  const exitCode = await step(machine, workflow);
  return {
    exitCode,
    ...told(),
    waited: [...waited],
    post: () => savePending(told().pending, machine, workflow),
  };
}

type Told = Pick<RecordedStep, "warnings" | "errors" | "log" | "outputs" | "summary"> & {
  /** The path of the pending saves; empty without any. */
  readonly pending: string;
};

/** A workflow that records what it is told. */
function recorder(): { readonly workflow: Workflow; readonly told: () => Told } {
  const warnings: string[] = [];
  const errors: string[] = [];
  const lines: string[] = [];
  const outputs = new Map<string, string>();
  let summary = "";
  let pending = "";
  const workflow: Workflow = {
    say: (line) => void lines.push(line),
    group: (title, group) => void lines.push(title, ...group),
    warn: (message) => {
      warnings.push(message);
      lines.push(`warning: ${message}`);
    },
    error: (title, message) => {
      errors.push(`${title}: ${message}`);
      lines.push(`error: ${title}: ${message}`);
    },
    mask: () => undefined,
    withhold: (text) => text,
    output: (name, value) => void outputs.set(name, value),
    summary: async (report) => {
      summary = toSummary(report);
    },
    saveLater: (path) => {
      pending = path;
    },
    endLater: () => undefined,
  };
  const told = (): Told => {
    return { warnings, errors, log: lines.join("\n"), outputs, summary, pending };
  };
  return { workflow, told };
}
