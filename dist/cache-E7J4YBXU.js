import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  documentsOf,
  openCache,
  usedCache
} from "./chunk-IMMFK5OR.js";
import "./chunk-FKLVU6HO.js";
import "./chunk-FPEWW6XC.js";
import "./chunk-FEPT4X27.js";
import "./chunk-FP5VOQPL.js";
import "./chunk-GBUWJJ75.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-UHQ4VQWZ.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-XZ2C7XNT.js";
import "./chunk-NSVNZIQA.js";
import "./chunk-RUCBVZK4.js";
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
export {
  documentsOf,
  openCache,
  usedCache
};
