import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-3RYKVB56.js";
import {
  savePending
} from "./chunk-GNTR6ILA.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-CBTES5TM.js";
import {
  thisMachine
} from "./chunk-XWQSRL4E.js";
import "./chunk-YZDEGG7X.js";
import "./chunk-IITVUSPC.js";
import "./chunk-QRXV6LSP.js";
import "./chunk-2XZ6VTX6.js";
import "./chunk-Z6CH3W3A.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-ADA6XBED.js";
import "./chunk-DLJB3WGB.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await savePending(pendingSaves(), thisMachine(), actions);
process.exit(0);
