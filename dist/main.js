import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-OGIL3W5O.js";
import "./chunk-X7IPJPF4.js";
import {
  step
} from "./chunk-RM5XQBQA.js";
import "./chunk-SEAZLW7K.js";
import "./chunk-6JTCIGKG.js";
import "./chunk-UJWK7VBL.js";
import "./chunk-EAIMOVJT.js";
import "./chunk-FP5VOQPL.js";
import "./chunk-GBUWJJ75.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-UHQ4VQWZ.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-XZ2C7XNT.js";
import "./chunk-NSVNZIQA.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-VDBIAAZR.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-BGEPBSP5.js";
import "./chunk-SDDE2WD2.js";
import "./chunk-5H5L4S2G.js";
import "./chunk-COR7NI3P.js";
import "./chunk-EM4ZRUO3.js";
import "./chunk-YBOTJD2E.js";
import "./chunk-RUCBVZK4.js";
import "./chunk-WT6YWUOJ.js";
import "./chunk-MG3YF5HN.js";
import "./chunk-NZDXKJVI.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-5TZM3BW3.js";
import "./chunk-NP7E7G7R.js";
import "./chunk-OFTH6OHO.js";
import "./chunk-WFVP33N2.js";
import "./chunk-JIU37K5Q.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-GLUDGTER.js";
import "./chunk-TH46VUGE.js";
import "./chunk-VA35IVHB.js";

// src/main.ts
endWhenUnread();
process.exitCode = await step(thisMachine(), actions);
process.stdout.write("", () => process.exit());
