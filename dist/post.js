import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-R37S5K66.js";
import {
  save
} from "./chunk-6UX7WHDS.js";
import "./chunk-37L7G2KK.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-LRDMH67Z.js";
import {
  SYSTEM_CLOCK
} from "./chunk-LM3WG7RA.js";
import "./chunk-2JVBJPTP.js";
import "./chunk-62QKUAZK.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
