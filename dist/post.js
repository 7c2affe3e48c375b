import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions,
  readPromises
} from "./chunk-CVDP35XR.js";
import {
  save
} from "./chunk-SHW7QHN5.js";
import "./chunk-YJAW5X2H.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-FNTL3EBN.js";
import {
  connectCache,
  openHttp
} from "./chunk-MGUUGOED.js";
import "./chunk-FZPE4MJZ.js";
import "./chunk-SRGGCH3K.js";
import "./chunk-7EV6XQIJ.js";

// src/post.ts
var promises = readPromises();
if (promises !== void 0) {
  const { signal } = new AbortController();
  const http = openHttp(1, actions, signal);
  try {
    await save(promises, await connectCache(promises.kind, http, process.env, actions, signal), actions.say);
  } catch (error) {
    actions.warn(`the cache was not filled: ${error.message}`);
  } finally {
    http.close();
  }
}
process.exit(0);
