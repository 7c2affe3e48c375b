import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-3ENEDNZY.js";
import {
  save
} from "./chunk-JM74FZSH.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-VJHD5BRZ.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-GARAT3GI.js";
import {
  SYSTEM_CLOCK,
  warnOnce
} from "./chunk-U27EXNVS.js";
import "./chunk-3FKFBQK7.js";
import "./chunk-IDHIWDFX.js";
import {
  foundBy
} from "./chunk-ZX7A5LN5.js";
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
