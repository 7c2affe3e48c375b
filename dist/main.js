import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-YNJNSPUG.js";
import {
  step
} from "./chunk-KJD2NIDT.js";
import "./chunk-LNXYL2Z5.js";
import "./chunk-MJXNX7IE.js";
import "./chunk-KW2ZEDKI.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-ENCAIYAX.js";
import "./chunk-BJ5MPELV.js";
import "./chunk-A55C6JR5.js";
import "./chunk-XBXHNNI5.js";
import "./chunk-YHH5PPO5.js";
import "./chunk-X35PJ2UA.js";
import "./chunk-DL6C3E4O.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-CKJU2S6O.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
