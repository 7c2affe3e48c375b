import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/**
 * The most bytes of a chunk. They fit the CPU cache: smaller and larger chunks take up to half as
 * much processor time again, and 1 MiB four times the memory.
 */
export const CHUNK_SIZE = 256 * 1024;
// A chunk of a reader among many, so that a thousand readers together take about 70 MB.
const SMALL_CHUNK = 64 * 1024;
const MANY = 32;

/** Readers that have memory. */
let readers = 0;

/**
 * Reads a file in chunks into the same memory: a chunk is valid until the next one is read. New
 * memory for each chunk would take twice the processor time, and 70 MB until it is collected.
 */
export class FileChunks {
  readonly #file: FileHandle;
  /** The most bytes that are read in all. */
  readonly #most: number;
  #memory: Buffer | undefined;

  constructor(file: FileHandle, most: number) {
    this.#file = file;
    this.#most = most;
  }

  /**
   * The next bytes from `start` to before `end`, as many as fit a chunk; none at the end of the
   * file. It reads synchronously: a copy from the system's cache takes less time than an answer
   * from another thread. Fails as the system does.
   */
  read(start: number, end: number): Buffer {
    this.#memory ??= allocate(this.#most);
    const length = Math.min(this.#memory.length, end - start);
    const read = readSync(this.#file.fd, this.#memory, 0, length, start);
    return this.#memory.subarray(0, read);
  }

  /** Closes the file. */
  async close(): Promise<void> {
    if (this.#memory !== undefined) readers--;
    this.#memory = undefined;
    await this.#file.close();
  }
}

function allocate(most: number): Buffer {
  readers++;
  const size = readers > MANY ? SMALL_CHUNK : CHUNK_SIZE;
  return Buffer.allocUnsafeSlow(Math.min(size, most));
}
