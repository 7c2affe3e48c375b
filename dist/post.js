import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves,
  servingState
} from "./chunk-OQWF676W.js";
import "./chunk-VMZ7PFOL.js";
import {
  endJob
} from "./chunk-H4FIA7WY.js";
import "./chunk-US4MWYTV.js";
import "./chunk-GK6WCDFQ.js";
import {
  thisMachine
} from "./chunk-6JVYCYTG.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import "./chunk-ZODR5LQM.js";
import "./chunk-E5OJL5JR.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-4RAGDIWQ.js";
import "./chunk-X7QNMO3T.js";
import "./chunk-2OAYVO4E.js";
import "./chunk-6YGTSZFH.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-ZUT5BRUG.js";
import "./chunk-BKI5YU5A.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await endJob({ saves: pendingSaves(), serving: servingState() }, thisMachine(), actions);
process.exit(0);
