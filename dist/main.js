import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-NVFSAC2I.js";
import "./chunk-5HUGIZMN.js";
import {
  step
} from "./chunk-V7VESLIU.js";
import "./chunk-2O22MNQV.js";
import "./chunk-JJFSMEDV.js";
import "./chunk-XV2VB3DU.js";
import "./chunk-SWXX2UOV.js";
import "./chunk-EFZU7HXO.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-CPDJDY43.js";
import "./chunk-YGQZ442U.js";
import "./chunk-VPTNC2E2.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-OLFJ4JN3.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import "./chunk-ZODR5LQM.js";
import "./chunk-JCL2OLNI.js";
import "./chunk-E5OJL5JR.js";
import "./chunk-UQ3QEVXI.js";
import "./chunk-LBKKG6W3.js";
import "./chunk-27G4PGPE.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-UAEF3JQH.js";
import "./chunk-G3Y2T3SY.js";
import "./chunk-5MFVHZDI.js";
import "./chunk-QRR4WL5L.js";
import "./chunk-BNFJQUI3.js";
import "./chunk-R5N754N2.js";
import "./chunk-5PG6LDT3.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-P5SYFMXZ.js";
import "./chunk-YDJTFPEL.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
