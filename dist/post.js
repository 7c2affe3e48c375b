import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-OPUEMTUM.js";
import {
  save
} from "./chunk-BKRJS3M5.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-CFW3TH43.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-DHQJUGNW.js";
import {
  SYSTEM_CLOCK,
  warnOnce
} from "./chunk-ZOQIOWPY.js";
import "./chunk-XM57FAMT.js";
import "./chunk-XQWLSC55.js";
import {
  foundBy
} from "./chunk-XSGYFVAG.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
import { tmpdir } from "node:os";
var voice = warnOnce(actions);
var path = pendingSaves();
var machine = { environment: process.env, clock: SYSTEM_CLOCK, temporary: process.env["RUNNER_TEMP"] || tmpdir() };
try {
  if (path !== "") await save(path, machine, voice);
} catch (error) {
  voice.warn(`nothing was saved to the cache: ${foundBy(error)}`);
}
process.exit(0);
