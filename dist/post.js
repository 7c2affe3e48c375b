import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-SWSYBLL4.js";
import {
  save
} from "./chunk-EHGQP5VW.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-BKRSE2LU.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-CWHLI4XS.js";
import {
  SYSTEM_CLOCK,
  warnOnce
} from "./chunk-ZQUO6FCX.js";
import "./chunk-4JK343HQ.js";
import "./chunk-V5ESB34Q.js";
import {
  foundBy
} from "./chunk-3HBGAGAU.js";
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
