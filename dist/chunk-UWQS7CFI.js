import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  hasJobSucceeded
} from "./chunk-EC6WEUJU.js";

// src/action/end-job.ts
async function endJob({ saves, serving }, machine, workflow) {
  const ofRegistry = serving === "" ? "" : await endServing(serving, machine, workflow);
  const paths = [saves, ofRegistry].filter((path) => path !== "");
  if (paths.length === 0 || !hasJobSucceeded(machine.environment)) return;
  const { savePending } = await import("./save-RODW63B6.js");
  for (const path of paths) await savePending(path, machine, workflow);
}
async function endServing(state, machine, workflow) {
  const ending = await import("./end-serving-DMQ4E3RL.js");
  return ending.endServing(state, machine, workflow);
}

export {
  endJob
};
