import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  pendingSaves
} from "./chunk-W3X7KFWG.js";
import {
  savePending
} from "./chunk-KLNVEGD6.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-6VJTENTQ.js";
import {
  thisMachine
} from "./chunk-PYEOVQYK.js";
import "./chunk-DF7ML2KK.js";
import "./chunk-HJG3MP6T.js";
import "./chunk-SKRGOQVB.js";
import "./chunk-MG4WNMGQ.js";
import "./chunk-BSK4B6MZ.js";
import "./chunk-CZQ5X54F.js";
import "./chunk-VAHUPL2E.js";
import "./chunk-Z6BS36K7.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-IQLQFKDL.js";
import "./chunk-727I2O6M.js";
import "./chunk-QTX6ZG2H.js";

// src/post.ts
await savePending(pendingSaves(), thisMachine(), actions);
process.exit(0);
