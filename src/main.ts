import { tmpdir } from "node:os";
import { cancellation, endWhenUnread } from "./cancellation.ts";
import { SYSTEM_CLOCK } from "./connect.ts";
import { actions } from "./runner/workflow.ts";
import { step } from "./step.ts";

// The step as the runner runs it.
endWhenUnread();
const { env: environment, platform, arch: architecture } = process;
const temporary = environment["RUNNER_TEMP"] || tmpdir();
const machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
// Whoever is still talking to us, a cache service that never ends its answer above all, is not waited for.
process.stdout.write("", () => process.exit());
