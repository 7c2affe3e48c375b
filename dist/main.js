import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-CHXLMO62.js";
import {
  step
} from "./chunk-S4D6ILUQ.js";
import "./chunk-MJXNX7IE.js";
import "./chunk-4VMNDKTB.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-XWQSRL4E.js";
import "./chunk-D3RAUVTV.js";
import "./chunk-5HIDFRGQ.js";
import "./chunk-HLD764OP.js";
import "./chunk-Z6CH3W3A.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-DLJB3WGB.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
