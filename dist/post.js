import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-QLHELF5Q.js";
import {
  save
} from "./chunk-7QJJL77F.js";
import "./chunk-C325DUW7.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-5KVAUQ64.js";
import {
  SYSTEM_CLOCK
} from "./chunk-XMVX4CG5.js";
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
