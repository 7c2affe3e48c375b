import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  hasJobSucceeded
} from "./chunk-US4MWYTV.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/action/end-job.ts
async function endJob({ saves, serving }, machine, workflow) {
  const ofRegistry = serving === "" ? "" : await endServing(serving, machine, workflow);
  const paths = [saves, ofRegistry].filter((path) => path !== "");
  if (paths.length === 0 || !hasJobSucceeded(machine.environment)) return;
  const { savePending } = await import("./save-GAR44CZY.js");
  for (const path of paths) await savePending(path, machine, workflow);
}
__name(endJob, "endJob");
async function endServing(state, machine, workflow) {
  const ending = await import("./end-serving-LT4WPFUW.js");
  return ending.endServing(state, machine, workflow);
}
__name(endServing, "endServing");

export {
  endJob
};
