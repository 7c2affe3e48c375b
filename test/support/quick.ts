import { cancellation } from "../../src/cancellation.ts";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import type { Clock } from "../../src/registry/retry.ts";
import { actions } from "../../src/runner/workflow.ts";
import { step } from "../../src/step.ts";

/** The step as the runner runs it, but for its time, which goes `CLOCK_RATE` times as fast: a minute's wait is over in a moment. */
const { env: environment, platform, arch: architecture } = process;
const rate = Number(environment["CLOCK_RATE"]);
const started = Date.now();
const clock: Clock = {
  now: () => started + (Date.now() - started) * rate,
  sleep: (ms, signal) => SYSTEM_CLOCK.sleep(ms / rate, signal),
  after: (ms, run) => SYSTEM_CLOCK.after(ms / rate, run),
  effort: SYSTEM_CLOCK.effort,
  random: Math.random,
};
const temporary = environment["RUNNER_TEMP"] ?? "";
process.exitCode = await step({ environment, platform, architecture, temporary, clock, cancelled: cancellation() }, actions);
