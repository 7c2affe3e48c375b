import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-YNJNSPUG.js";
import {
  savePending
} from "./chunk-OZTV32VM.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-PNQTRLK3.js";
import {
  thisMachine
} from "./chunk-ENCAIYAX.js";
import "./chunk-BJ5MPELV.js";
import "./chunk-A55C6JR5.js";
import "./chunk-XBXHNNI5.js";
import "./chunk-YHH5PPO5.js";
import "./chunk-6MD4CUC3.js";
import "./chunk-X35PJ2UA.js";
import "./chunk-DL6C3E4O.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-CKJU2S6O.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await savePending(pendingSaves(), thisMachine(), actions);
process.exit(0);
