import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-6CJYD52A.js";
import {
  save
} from "./chunk-UP75XM6O.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-ZJUNNJN7.js";
import {
  SYSTEM_CLOCK
} from "./chunk-6SHLVC2K.js";
import "./chunk-CRHFPKCO.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
