import type { Outgoing } from "../../src/store/cache.ts";
import { SLICE_BYTES } from "../../src/store/outgoing.ts";

/** Bytes to save, in slices of `sliceBytes`. */
export function outgoing(bytes: Buffer, sliceBytes = SLICE_BYTES): Outgoing {
  async function* slices(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
  }
  return { size: bytes.length, slices: slices() };
}
