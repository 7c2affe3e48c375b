import type { FileHandle } from "node:fs/promises";
import type { Blob } from "../oci/blob.ts";
import { algorithmOf, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Outgoing } from "./cache.ts";
import { openRegular } from "./disk.ts";

/** Bytes read at a time: a millisecond or two to hash, and large enough for one request. */
export const SLICE_BYTES = 2 * 1024 * 1024;

// Memory of slices that were taken back. If the garbage collector freed it, the peak for 500 MB
// would be higher by half, and the work by a quarter.
const spare: Buffer[] = [];

/**
 * What `send` returns for the blob in the file at `path`. All bytes are read through one
 * descriptor, opened without following a link, and hashed as they are read. On Windows opening
 * follows links, and the digest alone proves the blob. Fails as `dangling` when the file is not the
 * blob: at once for another size, at the end of the slices for other bytes; fails as
 * {@link openRegular} does.
 */
export async function withBlob<T>(
  path: string,
  blob: Blob,
  send: (bytes: Outgoing) => Promise<T>,
): Promise<T> {
  const file = await openRegular(path);
  try {
    if ((await file.stat()).size !== blob.size) throw changed(blob);
    return await send({ size: blob.size, slices: slicesOf(file, blob), reuse });
  } finally {
    await file.close();
  }
}

async function* slicesOf(file: FileHandle, blob: Blob): AsyncGenerator<Buffer> {
  const hash = hasher(algorithmOf(blob.digest));
  for (let at = 0; at < blob.size; at += SLICE_BYTES) {
    // Other memory than that of earlier slices, which may still be being sent.
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(SLICE_BYTES);
    const slice = memory.subarray(0, blob.size - at);
    const { bytesRead } = await file.read(slice, 0, slice.length, at);
    if (bytesRead < slice.length) throw changed(blob);
    hash.update(slice);
    yield slice;
  }
  if (hash.digest() !== blob.digest) throw changed(blob);
}

/** Keeps the memory of a slice, which is as large for the last slice of a blob. */
function reuse({ buffer }: Buffer): void {
  const memory = Buffer.from(buffer);
  spare.push(memory);
}

function changed({ digest }: Blob): PullError {
  const found = `blob ${digest} of the layout has changed since it was verified`;
  return new PullError("layout-changed", found);
}
