import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-64HXC53T.js";
import {
  save
} from "./chunk-2GDSV5LP.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-AZODO3E4.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-UVPQ3QRS.js";
import {
  SYSTEM_CLOCK,
  warnOnce
} from "./chunk-CGFQ6JUW.js";
import "./chunk-PQHYQCDK.js";
import "./chunk-7XNSTKSR.js";
import {
  foundBy
} from "./chunk-RMGETNJX.js";
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
