import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-24MVIX4V.js";
import {
  cancellation
} from "./chunk-AY3OAA6O.js";
import {
  step
} from "./chunk-J7C6OBPL.js";
import "./chunk-C325DUW7.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-WNZCO3WI.js";
import {
  SYSTEM_CLOCK
} from "./chunk-3NQL2226.js";
import "./chunk-3UDAXQZW.js";
import "./chunk-SRGGCH3K.js";
import "./chunk-7EV6XQIJ.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
