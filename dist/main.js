import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-FUMPTKZZ.js";
import {
  cancellation
} from "./chunk-WTZBIIHY.js";
import {
  step
} from "./chunk-4FNKHXYT.js";
import "./chunk-5RS5S4CF.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-6MKVWCRI.js";
import {
  SYSTEM_CLOCK
} from "./chunk-OHA6J2HP.js";
import "./chunk-TIZNYF3S.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
