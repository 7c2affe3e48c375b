import { readSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { bytesOf } from "../oci/blob.ts";
import { type Algorithm, algorithmOf, type Digest, type Hasher, hasher } from "../oci/digest.ts";
import { foundBy, PullError } from "../oci/failure.ts";
import { openRegular } from "./disk.ts";

const UNPACK_SIZE = 1024 * 1024;
// Fits the CPU cache. Shared: safe because reading and hashing are one synchronous step.
const memory = Buffer.allocUnsafeSlow(256 * 1024);
// Bytes to hash between two turns of the event loop: a few milliseconds.
const TURN_SIZE = 4 * 1024 * 1024;
// cargo's rule against decompression bombs: twenty times the compressed bytes, and half a GiB in
// any case. It holds for each layer and for all layers of an image together, or many small layers
// could unpack to what one may not.
const RATIO_LIMIT = 20;
const SMALL_LIMIT = 512 * 1024 * 1024;

/**
 * Hashes the bytes of a file from `start` to `end`, but at most {@link TURN_SIZE} of them. Returns
 * the position after the last hashed byte: `start` at the end of the file. It reads synchronously:
 * a copy from the system's cache takes less time than an answer from another thread.
 */
export async function hashSome(
  file: FileHandle,
  hash: Hasher,
  start: number,
  end: number,
): Promise<number> {
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
 * The digest of bytes in memory. The event loop runs every few milliseconds meanwhile. Fails with
 * the signal's reason when it aborts.
 */
export async function digestOfBytes(
  bytes: Buffer,
  algorithm: Algorithm,
  signal: AbortSignal,
): Promise<Digest> {
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

/**
 * The digest of a regular file's bytes, with the algorithm of `expected`. Fails as
 * {@link openRegular} does.
 */
export async function digestOfFile(path: string, expected: Digest): Promise<Digest> {
  const file = await openRegular(path);
  try {
    const hash = hasher(algorithmOf(expected));
    let before = -1;
    let at = 0;
    while (at > before) {
      before = at;
      at = await hashSome(file, hash, at, Number.POSITIVE_INFINITY);
    }
    return hash.digest();
  } finally {
    await file.close();
  }
}

/** A compressed layer: its file, its digest, and its size in bytes. */
export type Layer = { readonly path: string; readonly digest: Digest; readonly size: number };

/**
 * The diffID of each layer of an image (the digest of its uncompressed tar), by the layer's digest.
 * One layer at a time is open. Fails as `invalid` when a layer is not gzip, or when one layer or
 * all of them unpack to more than {@link unpackLimit} allows; with the signal's reason when it
 * aborts.
 */
export async function diffIdsOf(
  layers: readonly Layer[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, Digest>> {
  const diffIds = new Map<Digest, Digest>();
  const limit = unpackLimit(bytesOf(layers));
  let together = 0;
  for (const { path, digest, size } of layers) {
    let alone = 0;
    const count = (bytes: number): void => {
      alone += bytes;
      together += bytes;
      expectWithin(unpackLimit(size), alone, `layer ${path} unpacks`);
      expectWithin(limit, together, "the layers of the image unpack");
    };
    diffIds.set(digest, await diffIdOf(path, count, signal));
  }
  return diffIds;
}

/** How many bytes `packed` bytes may unpack to. */
function unpackLimit(packed: number): number {
  return Math.max(SMALL_LIMIT, packed * RATIO_LIMIT);
}

function expectWithin(limit: number, got: number, what: string): void {
  if (got <= limit) return;
  const allowed = `${RATIO_LIMIT} times the compressed bytes, and 512 MiB in any case`;
  const found = `too large: ${what} to more than ${limit} bytes; allowed are ${allowed}`;
  throw new PullError("too-large", found);
}

async function diffIdOf(
  path: string,
  count: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Digest> {
  const hash = hasher("sha256");
  const sink = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      count(chunk.length);
      hash.update(chunk);
    }
  };
  try {
    const file = await openRegular(path);
    const source = file.createReadStream({ highWaterMark: UNPACK_SIZE });
    await pipeline(source, createGunzip({ chunkSize: UNPACK_SIZE }), sink, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof PullError) throw cause;
    const found = `layer ${path} cannot be unpacked: ${foundBy(cause)}`;
    throw new PullError("unpack-failed", found, { cause });
  }
  return hash.digest();
}
