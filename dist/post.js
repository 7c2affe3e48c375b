import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-O7JUSHQT.js";
import {
  save
} from "./chunk-S3IBN4HD.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-MHDJFKML.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-YMXZJG2D.js";
import {
  SYSTEM_CLOCK,
  warnOnce
} from "./chunk-2H6FFUPU.js";
import "./chunk-VRL3GBN7.js";
import "./chunk-O35ASXUY.js";
import {
  foundBy
} from "./chunk-OPYLAHRT.js";
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
