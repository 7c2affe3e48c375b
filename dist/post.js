import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves,
  servingState
} from "./chunk-NVFSAC2I.js";
import "./chunk-5HUGIZMN.js";
import {
  endJob
} from "./chunk-2R4E3YCW.js";
import "./chunk-JJFSMEDV.js";
import {
  thisMachine
} from "./chunk-OLFJ4JN3.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import "./chunk-ZODR5LQM.js";
import "./chunk-E5OJL5JR.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-UAEF3JQH.js";
import "./chunk-G3Y2T3SY.js";
import "./chunk-5MFVHZDI.js";
import "./chunk-QRR4WL5L.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-P5SYFMXZ.js";
import "./chunk-YDJTFPEL.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await endJob({ saves: pendingSaves(), serving: servingState() }, thisMachine(), actions);
process.exit(0);
