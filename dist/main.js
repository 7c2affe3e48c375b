import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-6CJYD52A.js";
import {
  cancellation
} from "./chunk-VXD7JFC3.js";
import {
  step
} from "./chunk-HWTWEF6A.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-MKGA5764.js";
import {
  SYSTEM_CLOCK
} from "./chunk-6SHLVC2K.js";
import "./chunk-CRHFPKCO.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
