import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-PVMS253V.js";
import {
  cancellation
} from "./chunk-OF5KKQTF.js";
import {
  step
} from "./chunk-2K2K2GRF.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-57M27P6D.js";
import {
  SYSTEM_CLOCK
} from "./chunk-TJUEQHIR.js";
import "./chunk-KENXWDGV.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
