import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-QA5RUC3T.js";
import {
  savePending
} from "./chunk-VUW3KU3D.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-PXOFSHBM.js";
import {
  thisMachine
} from "./chunk-5KQCAM2J.js";
import "./chunk-JF24BHKV.js";
import "./chunk-37MFSNWO.js";
import "./chunk-ZS7KJSFU.js";
import "./chunk-VBXXTULW.js";
import "./chunk-TGPPZYDA.js";
import "./chunk-A5IRKT5L.js";
import "./chunk-53LCUNMN.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-7HEJFPWI.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await savePending(pendingSaves(), thisMachine(), actions);
process.exit(0);
