import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/pull/pool.ts
async function inTurns(items, count, work) {
  const results = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}

export {
  inTurns
};
