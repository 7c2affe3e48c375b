import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-AGB3GDT6.js";
import {
  save
} from "./chunk-U2DTI2KV.js";
import "./chunk-37L7G2KK.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-TU7SV35X.js";
import {
  SYSTEM_CLOCK
} from "./chunk-4IL2WY2D.js";
import "./chunk-2JVBJPTP.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
