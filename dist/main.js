import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-AY4OGCSK.js";
import {
  cancellation
} from "./chunk-AY3OAA6O.js";
import {
  step
} from "./chunk-FMO7GJRA.js";
import "./chunk-C325DUW7.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-WNZCO3WI.js";
import {
  SYSTEM_CLOCK
} from "./chunk-RSELERWJ.js";
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
