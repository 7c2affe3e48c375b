import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-ST6YBT6A.js";
import {
  cancellation
} from "./chunk-HK452DDL.js";
import {
  step
} from "./chunk-2A4BQE35.js";
import "./chunk-37L7G2KK.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-2HUS57TH.js";
import {
  SYSTEM_CLOCK
} from "./chunk-YPGCDVFC.js";
import "./chunk-Y4MB5FGH.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
