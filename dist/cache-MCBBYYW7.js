import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  openCache,
  usedCache
} from "./chunk-Z2ZS5QY3.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-DS6FQ7AS.js";
import "./chunk-ZZAFML6J.js";
import "./chunk-EFZU7HXO.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-CPDJDY43.js";
import "./chunk-YGQZ442U.js";
import "./chunk-VPTNC2E2.js";
import "./chunk-27G4PGPE.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-QRR4WL5L.js";
import "./chunk-BNFJQUI3.js";
import "./chunk-R5N754N2.js";
import "./chunk-5PG6LDT3.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-P5SYFMXZ.js";
import "./chunk-YDJTFPEL.js";
import "./chunk-QTX6ZG2H.js";
export {
  openCache,
  usedCache
};
