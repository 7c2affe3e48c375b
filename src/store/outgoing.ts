import type { FileHandle } from "node:fs/promises";
import type { Blob } from "../oci/blob.ts";
import { algorithmOf, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Outgoing } from "./cache.ts";
import { openRegular } from "./disk.ts";

/** Bytes read at a time: a few milliseconds to hash, and large enough for one request. */
export const SLICE_BYTES = 4 * 1024 * 1024;

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
    return await send({ size: blob.size, slices: slicesOf(file, blob) });
  } finally {
    await file.close();
  }
}

async function* slicesOf(file: FileHandle, blob: Blob): AsyncGenerator<Buffer> {
  const hash = hasher(algorithmOf(blob.digest));
  for (let at = 0; at < blob.size; at += SLICE_BYTES) {
    // New memory for each slice, because earlier ones may still be being sent.
    const slice = Buffer.allocUnsafeSlow(Math.min(SLICE_BYTES, blob.size - at));
    const { bytesRead } = await file.read(slice, 0, slice.length, at);
    if (bytesRead < slice.length) throw changed(blob);
    hash.update(slice);
    yield slice;
  }
  if (hash.digest() !== blob.digest) throw changed(blob);
}

function changed({ digest }: Blob): PullError {
  const found = `blob ${digest} of the layout has changed since it was verified`;
  return new PullError("layout-changed", found);
}
