import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  holderOf,
  lifeOf
} from "./chunk-XZ2C7XNT.js";

// src/store/leftovers.ts
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
var LEFT_MS = 24 * 60 * 60 * 1e3;
async function removeLeftovers(directory, now) {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!await isLeftover(path, now)) continue;
    await rm(path, { force: true, recursive: true }).catch(() => void 0);
  }
}
async function isLeftover(path, now) {
  const holder = holderOf(path);
  if (holder === void 0) return false;
  const life = lifeOf(holder);
  if (life !== "unknown") return life === "dead";
  const found = await lstat(path).catch(() => void 0);
  return found !== void 0 && now() - found.ctimeMs > LEFT_MS;
}

export {
  removeLeftovers
};
