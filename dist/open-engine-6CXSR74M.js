import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  engineRunner,
  openEngineStore
} from "./chunk-MPD4FO6B.js";
import "./chunk-NSVNZIQA.js";
import "./chunk-TH46VUGE.js";
import "./chunk-VA35IVHB.js";

// src/action/open-engine.ts
function openEngine({ inputs, machine, signal }) {
  const name = inputs.pull;
  if (name !== "docker" && name !== "podman") return void 0;
  const { after } = machine.clock;
  const store = openEngineStore(name, engineRunner(machine.environment, { after, signal }));
  store.catch(() => void 0);
  return { name, store };
}
export {
  openEngine
};
