import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-64HXC53T.js";
import {
  cancellation,
  endWhenUnread
} from "./chunk-SBQSWKAJ.js";
import {
  step
} from "./chunk-N52IWGUQ.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-KCTFNAJD.js";
import {
  SYSTEM_CLOCK
} from "./chunk-CGFQ6JUW.js";
import "./chunk-PQHYQCDK.js";
import "./chunk-7XNSTKSR.js";
import "./chunk-RMGETNJX.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
endWhenUnread();
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
