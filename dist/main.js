import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-QA5RUC3T.js";
import {
  step
} from "./chunk-RAPP6VCS.js";
import "./chunk-BPD63RCL.js";
import "./chunk-MJXNX7IE.js";
import "./chunk-27ZKJ726.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-5KQCAM2J.js";
import "./chunk-JF24BHKV.js";
import "./chunk-37MFSNWO.js";
import "./chunk-ZS7KJSFU.js";
import "./chunk-VBXXTULW.js";
import "./chunk-A5IRKT5L.js";
import "./chunk-53LCUNMN.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-7HEJFPWI.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
