import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-OPUEMTUM.js";
import {
  cancellation
} from "./chunk-7L5NESQU.js";
import {
  step
} from "./chunk-AYAB526C.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-Y2B5TYYB.js";
import {
  SYSTEM_CLOCK
} from "./chunk-ZOQIOWPY.js";
import "./chunk-XM57FAMT.js";
import "./chunk-XQWLSC55.js";
import "./chunk-XSGYFVAG.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
