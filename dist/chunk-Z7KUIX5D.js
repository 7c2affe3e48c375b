import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  openRegular
} from "./chunk-SP36TW6E.js";
import {
  algorithmOf,
  hasher
} from "./chunk-V4QGKLYV.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/store/outgoing.ts
var SLICE_BYTES = 2 * 1024 * 1024;
var spare = [];
async function withBlob(path, blob, send) {
  const file = await openRegular(path);
  try {
    if ((await file.stat()).size !== blob.size) throw changed(blob);
    return await send({ size: blob.size, slices: slicesOf(file, blob), reuse });
  } finally {
    await file.close();
  }
}
async function* slicesOf(file, blob) {
  const hash = hasher(algorithmOf(blob.digest));
  for (let at = 0; at < blob.size; at += SLICE_BYTES) {
    const memory = spare.pop() ?? Buffer.allocUnsafeSlow(SLICE_BYTES);
    const slice = memory.subarray(0, blob.size - at);
    const { bytesRead } = await file.read(slice, 0, slice.length, at);
    if (bytesRead < slice.length) throw changed(blob);
    hash.update(slice);
    yield slice;
  }
  if (hash.digest() !== blob.digest) throw changed(blob);
}
function reuse({ buffer }) {
  const memory = Buffer.from(buffer);
  spare.push(memory);
}
function changed({ digest }) {
  const found = `blob ${digest} of the layout has changed since it was verified`;
  return new PullError("layout-changed", found);
}

export {
  SLICE_BYTES,
  withBlob
};
