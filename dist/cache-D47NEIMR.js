import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  documentsOf,
  openCache,
  usedCache
} from "./chunk-2H2CTWKA.js";
import "./chunk-FKLVU6HO.js";
import "./chunk-FPEWW6XC.js";
import "./chunk-QXYWZY23.js";
import "./chunk-4RS7WBCL.js";
import "./chunk-QGK77OHI.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-DFUUDE2K.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-FUQHFSBD.js";
import "./chunk-H7XMZLRN.js";
import "./chunk-VWCS4YZZ.js";
import "./chunk-RKAU76CV.js";
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
export {
  documentsOf,
  openCache,
  usedCache
};
