import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-3ENEDNZY.js";
import {
  cancellation,
  endWhenUnread
} from "./chunk-3IGIZ4VV.js";
import {
  step
} from "./chunk-MUIJP73A.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-UNAMYNAQ.js";
import {
  SYSTEM_CLOCK
} from "./chunk-U27EXNVS.js";
import "./chunk-3FKFBQK7.js";
import "./chunk-IDHIWDFX.js";
import "./chunk-ZX7A5LN5.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
import { tmpdir } from "node:os";
endWhenUnread();
var { env: environment, platform, arch: architecture } = process;
var temporary = environment["RUNNER_TEMP"] || tmpdir();
var machine = { environment, platform, architecture, temporary, clock: SYSTEM_CLOCK, cancelled: cancellation() };
process.exitCode = await step(machine, actions);
process.stdout.write("", () => process.exit());
