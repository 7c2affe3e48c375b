import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves,
  servingState
} from "./chunk-OGIL3W5O.js";
import "./chunk-X7IPJPF4.js";
import {
  endJob
} from "./chunk-PCMRHAIE.js";
import "./chunk-EC6WEUJU.js";
import "./chunk-6JTCIGKG.js";
import {
  thisMachine
} from "./chunk-VDBIAAZR.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-BGEPBSP5.js";
import "./chunk-SDDE2WD2.js";
import "./chunk-COR7NI3P.js";
import "./chunk-WT6YWUOJ.js";
import "./chunk-MG3YF5HN.js";
import "./chunk-NZDXKJVI.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-5TZM3BW3.js";
import "./chunk-NP7E7G7R.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-GLUDGTER.js";
import "./chunk-TH46VUGE.js";
import "./chunk-VA35IVHB.js";

// src/post.ts
await endJob({ saves: pendingSaves(), serving: servingState() }, thisMachine(), actions);
process.exit(0);
