import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-ZL3V3JWF.js";
import {
  step
} from "./chunk-MPUCLSCG.js";
import "./chunk-4V4L3O2I.js";
import "./chunk-ISYIH3YE.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-FWJHGFIP.js";
import "./chunk-VILHWXFW.js";
import "./chunk-F5WAN3K3.js";
import "./chunk-JHDYLEBT.js";
import "./chunk-KLG7C2X7.js";
import "./chunk-ZODR5LQM.js";
import "./chunk-JYZXHWWT.js";
import "./chunk-F5JEJP5I.js";
import "./chunk-4OP3FLAA.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-WTIERWO2.js";
import "./chunk-ZIRQ5OYK.js";
import "./chunk-S6QD5BGI.js";
import "./chunk-ZYBEAVHH.js";
import "./chunk-ZOMEQQGK.js";
import "./chunk-CVTQFW4F.js";
import "./chunk-7LINYFDY.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-746D3ODV.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-WVIFX3WP.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
