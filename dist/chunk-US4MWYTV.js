import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/job-state.ts
function hasJobSucceeded(environment) {
  return (environment["INPUT_JOB-STATUS"] || "success") === "success";
}
__name(hasJobSucceeded, "hasJobSucceeded");
function mayShowReceipt(environment) {
  const wanted = environment["INPUT_JOB-SUMMARY"] || "always";
  return wanted === "always" || wanted === "on-failure" && !hasJobSucceeded(environment);
}
__name(mayShowReceipt, "mayShowReceipt");

export {
  hasJobSucceeded,
  mayShowReceipt
};
