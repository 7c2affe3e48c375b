import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  holderOf,
  lifeOf
} from "./chunk-FUQHFSBD.js";

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

// src/store/file-chunks.ts
import { readSync } from "node:fs";
var CHUNK_SIZE = 256 * 1024;
var SMALL_CHUNK = 64 * 1024;
var MANY = 32;
var readers = 0;
var FileChunks = class {
  #file;
  /** The most bytes that are read in all. */
  #most;
  #memory;
  constructor(file, most) {
    this.#file = file;
    this.#most = most;
  }
  /**
   * The next bytes from `start` to before `end`, as many as fit a chunk; none at the end of the
   * file. It reads synchronously: a copy from the system's cache takes less time than an answer
   * from another thread. Fails as the system does.
   */
  read(start, end) {
    this.#memory ??= allocate(this.#most);
    const length = Math.min(this.#memory.length, end - start);
    const read = readSync(this.#file.fd, this.#memory, 0, length, start);
    return this.#memory.subarray(0, read);
  }
  /** Closes the file. */
  async close() {
    if (this.#memory !== void 0) readers--;
    this.#memory = void 0;
    await this.#file.close();
  }
};
function allocate(most) {
  readers++;
  const size = readers > MANY ? SMALL_CHUNK : CHUNK_SIZE;
  return Buffer.allocUnsafeSlow(Math.min(size, most));
}

export {
  removeLeftovers,
  CHUNK_SIZE,
  FileChunks
};
