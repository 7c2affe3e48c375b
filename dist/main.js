import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-W3X7KFWG.js";
import {
  step
} from "./chunk-OETCJ6UR.js";
import "./chunk-E3M4JJW3.js";
import "./chunk-MJXNX7IE.js";
import "./chunk-LFG5RIYP.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-PYEOVQYK.js";
import "./chunk-DF7ML2KK.js";
import "./chunk-HJG3MP6T.js";
import "./chunk-SKRGOQVB.js";
import "./chunk-MG4WNMGQ.js";
import "./chunk-CZQ5X54F.js";
import "./chunk-VAHUPL2E.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-727I2O6M.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
