import { SYSTEM_CLOCK, thisMachine } from "../../src/action/machine.ts";
import { step } from "../../src/action/step.ts";
import type { Clock } from "../../src/http/clock.ts";
import { actions } from "../../src/runner/actions.ts";

/** The action's step, on a clock that runs `CLOCK_RATE` times as fast: long waits end soon. */
const rate = Number(process.env["CLOCK_RATE"]);
const started = Date.now();
const clock: Clock = {
  ...SYSTEM_CLOCK,
  now: () => started + (Date.now() - started) * rate,
  sleep: (ms, signal) => SYSTEM_CLOCK.sleep(ms / rate, signal),
  after: (ms, run) => SYSTEM_CLOCK.after(ms / rate, run),
};
process.exitCode = await step({ ...thisMachine(), clock }, actions);
