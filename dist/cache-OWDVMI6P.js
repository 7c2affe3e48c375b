import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  documentsOf,
  openCache,
  usedCache
} from "./chunk-GLUZEET4.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-DS6FQ7AS.js";
import "./chunk-QZBLS35J.js";
import "./chunk-4TUSYDJM.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-Q2WJBQJ5.js";
import "./chunk-V6QIOMKU.js";
import "./chunk-7A7ZLTAD.js";
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
