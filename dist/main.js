import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-O7JUSHQT.js";
import {
  cancellation,
  endWhenUnread
} from "./chunk-WYWAKUFA.js";
import {
  step
} from "./chunk-HDHNBPWX.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-5EIF6J77.js";
import {
  SYSTEM_CLOCK
} from "./chunk-2H6FFUPU.js";
import "./chunk-VRL3GBN7.js";
import "./chunk-O35ASXUY.js";
import "./chunk-OPYLAHRT.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
endWhenUnread();
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
