import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-XNSNTLJY.js";
import {
  cancellation
} from "./chunk-AY3OAA6O.js";
import {
  step
} from "./chunk-APFIRM5B.js";
import "./chunk-YJAW5X2H.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-WNZCO3WI.js";
import {
  SYSTEM_CLOCK
} from "./chunk-W527KBOJ.js";
import "./chunk-3UDAXQZW.js";
import "./chunk-SRGGCH3K.js";
import "./chunk-7EV6XQIJ.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
try {
  const temporary = environment["RUNNER_TEMP"] || tmpdir();
  const machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
  process.exitCode = await step(machine, actions);
} catch (error) {
  actions.fail("registry-pull has a mistake in it", error instanceof Error ? error.stack ?? error.message : String(error));
  process.exitCode = 1;
}
process.stdout.write("", () => process.exit());
