import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  endLock,
  openLock,
  readReplaced
} from "./chunk-F3QR6OHM.js";
import "./chunk-DJ5GAWCX.js";
import "./chunk-NJILF6EX.js";
import "./chunk-4OP3FLAA.js";
import "./chunk-ZODR5LQM.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-WTIERWO2.js";
import "./chunk-ZIRQ5OYK.js";
import "./chunk-S6QD5BGI.js";
import "./chunk-ZYBEAVHH.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-746D3ODV.js";
import "./chunk-WVIFX3WP.js";
import "./chunk-QTX6ZG2H.js";
export {
  endLock,
  openLock,
  readReplaced
};
