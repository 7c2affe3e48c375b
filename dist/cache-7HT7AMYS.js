import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  documentsOf,
  openCache,
  usedCache
} from "./chunk-DMXB6SXD.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-DS6FQ7AS.js";
import "./chunk-5OW2QLUR.js";
import "./chunk-KIGC5NSG.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-Q2WJBQJ5.js";
import "./chunk-3JVV6VOG.js";
import "./chunk-XVBIHPMZ.js";
import "./chunk-GK4TBZ6T.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-6YGTSZFH.js";
import "./chunk-XFAF64ZC.js";
import "./chunk-PFTWHRR2.js";
import "./chunk-YNGR2UKO.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-ZUT5BRUG.js";
import "./chunk-BKI5YU5A.js";
import "./chunk-QTX6ZG2H.js";
export {
  documentsOf,
  openCache,
  usedCache
};
