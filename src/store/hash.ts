import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { algorithmOf, type Digest, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { openRegular } from "./disk.ts";

const READ_SIZE = 1024 * 1024;
// cargo's rule against bombs: twenty times the compressed bytes, and half a GiB in any case.
const RATIO_LIMIT = 20;
const SMALL_LIMIT = 512 * 1024 * 1024;

/** The digest of a regular file's bytes, with the algorithm of `expected`. */
export async function digestOfFile(path: string, expected: Digest): Promise<Digest> {
  const file = await openRegular(path);
  try {
    const hash = hasher(algorithmOf(expected));
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_SIZE);
      if (bytesRead === 0) return hash.digest();
      hash.update(buffer.subarray(0, bytesRead));
    }
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
    const source = file.createReadStream({ highWaterMark: READ_SIZE }).on("data", (chunk) => {
      packed += chunk.length;
    });
    await pipeline(source, createGunzip({ chunkSize: READ_SIZE }), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        unpacked += chunk.length;
        if (unpacked > Math.max(SMALL_LIMIT, packed * RATIO_LIMIT)) throw new Error("it unpacks to more than twenty times its size");
        hash.update(chunk);
      }
    });
  } catch (cause) {
    throw new PullError("invalid", `layer ${path} cannot be unpacked: ${(cause as Error).message}`, cause);
  }
  return hash.digest();
}
