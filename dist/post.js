import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-CHXLMO62.js";
import {
  savePending
} from "./chunk-BR6SBJYC.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-7NEGQMD5.js";
import {
  thisMachine
} from "./chunk-XWQSRL4E.js";
import "./chunk-D3RAUVTV.js";
import "./chunk-5HIDFRGQ.js";
import "./chunk-QRXV6LSP.js";
import "./chunk-HLD764OP.js";
import "./chunk-Z6CH3W3A.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-DLJB3WGB.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await savePending(pendingSaves(), thisMachine(), actions);
process.exit(0);
