import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-SHSUF2CO.js";
import {
  save
} from "./chunk-4LLENSFU.js";
import "./chunk-YJAW5X2H.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-GGMNKPXS.js";
import "./chunk-NJDYEQ4U.js";
import "./chunk-3UDAXQZW.js";
import "./chunk-SRGGCH3K.js";
import "./chunk-7EV6XQIJ.js";

// src/post.ts
try {
  await save(readPromises(), process.env, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
