import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/runner/job-state.ts
function hasJobSucceeded(environment) {
  return (environment["INPUT_JOB-STATUS"] || "success") === "success";
}
function mayShowReceipt(environment) {
  const wanted = environment["INPUT_JOB-SUMMARY"] || "always";
  return wanted === "always" || wanted === "on-failure" && !hasJobSucceeded(environment);
}

export {
  hasJobSucceeded,
  mayShowReceipt
};
