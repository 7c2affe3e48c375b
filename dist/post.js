import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-PVMS253V.js";
import {
  save
} from "./chunk-Q3OS4IBL.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-UMBVB3SU.js";
import {
  SYSTEM_CLOCK
} from "./chunk-TJUEQHIR.js";
import "./chunk-KENXWDGV.js";
import "./chunk-WHCU4A3X.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${error.message}`);
}
process.exit(0);
