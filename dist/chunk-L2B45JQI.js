import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/pull/pool.ts
async function inTurns(items, count, work) {
  const results = [];
  const queue = items.entries();
  const worker = /* @__PURE__ */ __name(async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  }, "worker");
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
__name(inTurns, "inTurns");

export {
  inTurns
};
