import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-OQWF676W.js";
import "./chunk-VMZ7PFOL.js";
import {
  step
} from "./chunk-3WBVPOBL.js";
import "./chunk-BZNH7TEI.js";
import "./chunk-GK6WCDFQ.js";
import "./chunk-UZK7FEFO.js";
import "./chunk-SWXX2UOV.js";
import "./chunk-KIGC5NSG.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-Q2WJBQJ5.js";
import "./chunk-3JVV6VOG.js";
import "./chunk-XVBIHPMZ.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-6JVYCYTG.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import "./chunk-ZODR5LQM.js";
import "./chunk-TLDQTJ52.js";
import "./chunk-E5OJL5JR.js";
import "./chunk-L2NT274Y.js";
import "./chunk-I3UOCOBE.js";
import "./chunk-GK4TBZ6T.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-4RAGDIWQ.js";
import "./chunk-X7QNMO3T.js";
import "./chunk-2OAYVO4E.js";
import "./chunk-6YGTSZFH.js";
import "./chunk-XFAF64ZC.js";
import "./chunk-PFTWHRR2.js";
import "./chunk-YNGR2UKO.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-ZUT5BRUG.js";
import "./chunk-BKI5YU5A.js";
import "./chunk-QTX6ZG2H.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
