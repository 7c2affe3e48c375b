import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-3RYKVB56.js";
import {
  step
} from "./chunk-IBIMHE25.js";
import "./chunk-MJXNX7IE.js";
import "./chunk-GZ2C3QC6.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-XWQSRL4E.js";
import "./chunk-YZDEGG7X.js";
import "./chunk-IITVUSPC.js";
import "./chunk-2XZ6VTX6.js";
import "./chunk-Z6CH3W3A.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-ADA6XBED.js";
import "./chunk-DLJB3WGB.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
