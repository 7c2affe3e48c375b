import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves,
  servingState
} from "./chunk-EYWBJPNN.js";
import "./chunk-F7IUBSMN.js";
import {
  endJob
} from "./chunk-UWQS7CFI.js";
import "./chunk-EC6WEUJU.js";
import "./chunk-KXWKZKOL.js";
import {
  thisMachine
} from "./chunk-3FJVDGVQ.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-5NRT7XDW.js";
import "./chunk-SDDE2WD2.js";
import "./chunk-COR7NI3P.js";
import "./chunk-GBVRIMHB.js";
import "./chunk-EA2R6EQY.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/post.ts
await endJob({ saves: pendingSaves(), serving: servingState() }, thisMachine(), actions);
process.exit(0);
