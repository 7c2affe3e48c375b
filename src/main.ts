import { endWhenUnread, thisMachine } from "./action/machine.ts";
import { step } from "./action/step.ts";
import { actions } from "./runner/actions.ts";

// The step, as the runner runs it.
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
// Exit now: an unfinished response, typically of the cache service, would keep the process alive.
process.stdout.write("", () => process.exit());
