import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { type Algorithm, algorithmOf, type Digest, type Hasher, hasher } from "../oci/digest.ts";
import { foundBy, PullError } from "../oci/failure.ts";
import { openRegular } from "./disk.ts";

const UNPACK_SIZE = 1024 * 1024;
// What fits beside a hash into a processor's own memory. Nobody has a turn between what is read into it and its hash.
const memory = Buffer.allocUnsafeSlow(256 * 1024);
// A few milliseconds, after which others have their turn.
const TURN_SIZE = 4 * 1024 * 1024;
// cargo's rule against bombs: twenty times the compressed bytes, and half a GiB in any case.
const RATIO_LIMIT = 20;
const SMALL_LIMIT = 512 * 1024 * 1024;

/**
 * Hashes a file from `start` on, up to `end` and for a few milliseconds at most; returns where it came to, which is `start` where
 * the file ends. At once, as another thread's answer takes longer than a copy from the system's memory.
 */
export async function hashSome(file: FileHandle, hash: Hasher, start: number, end: number): Promise<number> {
  const stop = Math.min(end, start + TURN_SIZE);
  let at = start;
  while (at < stop) {
    const length = readSync(file.fd, memory, 0, Math.min(memory.length, stop - at), at);
    if (length === 0) break;
    hash.update(memory.subarray(0, length));
    at += length;
  }
  await nextTurn();
  return at;
}

/**
 * The digest of bytes in memory. The event loop runs between slices of a few milliseconds each.
 * Fails with the signal's reason when it aborts.
 */
export async function digestOfBytes(bytes: Buffer, algorithm: Algorithm, signal: AbortSignal): Promise<Digest> {
  const hash = hasher(algorithm);
  let at = 0;
  do {
    signal.throwIfAborted();
    hash.update(bytes.subarray(at, at + TURN_SIZE));
    at += TURN_SIZE;
    await nextTurn();
  } while (at < bytes.length);
  return hash.digest();
}

/** The digest of a regular file's bytes, with the algorithm of `expected`. */
export async function digestOfFile(path: string, expected: Digest): Promise<Digest> {
  const file = await openRegular(path);
  try {
    const hash = hasher(algorithmOf(expected));
    for (let at = 0, before = -1; at > before; ) {
      before = at;
      at = await hashSome(file, hash, at, Number.POSITIVE_INFINITY);
    }
    return hash.digest();
  } finally {
    await file.close();
  }
}

/** The digest of what a gzip file unpacks to. Fails as `invalid` when it is no gzip, or unpacks to far more than it should. */
export async function diffIdOf(path: string): Promise<Digest> {
  const hash = hasher("sha256");
  let packed = 0;
  let unpacked = 0;
  try {
    const file = await openRegular(path);
    const source = file.createReadStream({ highWaterMark: UNPACK_SIZE }).on("data", (chunk) => {
      packed += chunk.length;
    });
    await pipeline(source, createGunzip({ chunkSize: UNPACK_SIZE }), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        unpacked += chunk.length;
        if (unpacked > Math.max(SMALL_LIMIT, packed * RATIO_LIMIT)) throw new Error("it unpacks to more than twenty times its size");
        hash.update(chunk);
      }
    });
  } catch (cause) {
    throw new PullError("unpack-failed", `layer ${path} cannot be unpacked: ${foundBy(cause)}`, { cause });
  }
  return hash.digest();
}
