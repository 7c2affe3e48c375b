import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-ST6YBT6A.js";
import {
  save
} from "./chunk-ROAYIYZ4.js";
import "./chunk-37L7G2KK.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-HTVBWTER.js";
import {
  SYSTEM_CLOCK
} from "./chunk-YPGCDVFC.js";
import "./chunk-Y4MB5FGH.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
