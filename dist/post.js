import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-S5A2VICE.js";
import {
  save
} from "./chunk-MHWKCKBW.js";
import "./chunk-YJAW5X2H.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-5O3JTYMX.js";
import {
  SYSTEM_CLOCK
} from "./chunk-UHBVYA4R.js";
import "./chunk-3UDAXQZW.js";
import "./chunk-SRGGCH3K.js";
import "./chunk-7EV6XQIJ.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
