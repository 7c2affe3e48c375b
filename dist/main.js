import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-EYWBJPNN.js";
import "./chunk-F7IUBSMN.js";
import {
  step
} from "./chunk-WV64IXQZ.js";
import "./chunk-UNUFXIPR.js";
import "./chunk-KXWKZKOL.js";
import "./chunk-M4BPC7ZW.js";
import "./chunk-EAIMOVJT.js";
import "./chunk-4RS7WBCL.js";
import "./chunk-QGK77OHI.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-DFUUDE2K.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-FUQHFSBD.js";
import "./chunk-H7XMZLRN.js";
import "./chunk-VWCS4YZZ.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-3FJVDGVQ.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-5NRT7XDW.js";
import "./chunk-SDDE2WD2.js";
import "./chunk-VZIZUKS2.js";
import "./chunk-COR7NI3P.js";
import "./chunk-GN7N3NJW.js";
import "./chunk-NW7VBWHV.js";
import "./chunk-RKAU76CV.js";
import "./chunk-GBVRIMHB.js";
import "./chunk-EA2R6EQY.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import "./chunk-SMR2B6IV.js";
import "./chunk-NAVAG4EO.js";
import "./chunk-SP36TW6E.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
