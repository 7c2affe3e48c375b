import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-FUMPTKZZ.js";
import {
  save
} from "./chunk-GKEVH7EB.js";
import "./chunk-5RS5S4CF.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-JUFDMHX5.js";
import {
  SYSTEM_CLOCK
} from "./chunk-OHA6J2HP.js";
import "./chunk-TIZNYF3S.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
