import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  listen
} from "./chunk-EQA6UNU2.js";
import "./chunk-UMCD7WYT.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";
export {
  listen
};
