import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-DHXYFAWR.js";
import {
  save
} from "./chunk-4WYFW2Z6.js";
import "./chunk-37L7G2KK.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-AGHGQZWZ.js";
import {
  SYSTEM_CLOCK
} from "./chunk-OT3CADGD.js";
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
