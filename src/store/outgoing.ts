import type { FileHandle } from "node:fs/promises";
import { algorithmOf, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Outgoing } from "./cache-entry.ts";
import { openRegular } from "./disk.ts";
import type { Expected } from "./ingest.ts";

/** Bytes of a file at a time: a few milliseconds to hash, and enough for one request to carry. */
export const SLICE_BYTES = 4 * 1024 * 1024;

/**
 * What `send` returns for the blob at `path`. All of it is read from one descriptor, opened without
 * following a link, and hashed as it is read. On Windows open follows links; the digest decides
 * there, too. Fails as `invalid` when the file is not the blob, and as {@link openRegular} does.
 */
export async function withBlob<T>(path: string, blob: Expected, send: (bytes: Outgoing) => Promise<T>): Promise<T> {
  const file = await openRegular(path);
  try {
    if ((await file.stat()).size !== blob.size) throw changed(blob);
    return await send({ size: blob.size, slices: slicesOf(file, blob) });
  } finally {
    await file.close();
  }
}

async function* slicesOf(file: FileHandle, blob: Expected): AsyncGenerator<Buffer> {
  const hash = hasher(algorithmOf(blob.digest));
  for (let at = 0; at < blob.size; at += SLICE_BYTES) {
    // New memory for each: what was read before may still be on its way.
    const slice = Buffer.allocUnsafeSlow(Math.min(SLICE_BYTES, blob.size - at));
    const { bytesRead } = await file.read(slice, 0, slice.length, at);
    if (bytesRead < slice.length) throw changed(blob);
    hash.update(slice);
    yield slice;
  }
  if (hash.digest() !== blob.digest) throw changed(blob);
}

function changed({ digest }: Expected): PullError {
  return new PullError("layout-changed", `blob ${digest} of the layout has changed since it was verified`);
}
