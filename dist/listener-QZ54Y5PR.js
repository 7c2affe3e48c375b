import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  listen
} from "./chunk-ARJ3DKQQ.js";
import "./chunk-NP7E7G7R.js";
import "./chunk-GLUDGTER.js";
import "./chunk-TH46VUGE.js";
import "./chunk-VA35IVHB.js";
export {
  listen
};
