import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-AY4OGCSK.js";
import {
  save
} from "./chunk-C3RD3P3L.js";
import "./chunk-C325DUW7.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-B3H5SJ6L.js";
import {
  SYSTEM_CLOCK
} from "./chunk-RSELERWJ.js";
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
