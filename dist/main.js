import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-SWSYBLL4.js";
import {
  cancellation
} from "./chunk-G2ASDU7O.js";
import {
  step
} from "./chunk-3IGFFGS3.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-CAUXYN5X.js";
import {
  SYSTEM_CLOCK
} from "./chunk-ZQUO6FCX.js";
import "./chunk-4JK343HQ.js";
import "./chunk-V5ESB34Q.js";
import "./chunk-3HBGAGAU.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
