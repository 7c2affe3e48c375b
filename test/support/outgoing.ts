import type { Outgoing } from "../../src/store/cache.ts";

/** Bytes to save, in slices of `sliceBytes`. */
export function outgoing(bytes: Buffer, sliceBytes = 4 * 1024 * 1024): Outgoing {
  async function* slices(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
  }
  return { size: bytes.length, slices: slices() };
}
