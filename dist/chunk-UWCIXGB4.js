import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  openRegular
} from "./chunk-YNGR2UKO.js";
import {
  algorithmOf,
  hasher
} from "./chunk-ZUT5BRUG.js";
import {
  PullError
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/store/outgoing.ts
var SLICE_BYTES = 4 * 1024 * 1024;
async function withBlob(path, blob, send) {
  const file = await openRegular(path);
  try {
    if ((await file.stat()).size !== blob.size) throw changed(blob);
    return await send({ size: blob.size, slices: slicesOf(file, blob) });
  } finally {
    await file.close();
  }
}
__name(withBlob, "withBlob");
async function* slicesOf(file, blob) {
  const hash = hasher(algorithmOf(blob.digest));
  for (let at = 0; at < blob.size; at += SLICE_BYTES) {
    const slice = Buffer.allocUnsafeSlow(Math.min(SLICE_BYTES, blob.size - at));
    const { bytesRead } = await file.read(slice, 0, slice.length, at);
    if (bytesRead < slice.length) throw changed(blob);
    hash.update(slice);
    yield slice;
  }
  if (hash.digest() !== blob.digest) throw changed(blob);
}
__name(slicesOf, "slicesOf");
function changed({ digest }) {
  const found = `blob ${digest} of the layout has changed since it was verified`;
  return new PullError("layout-changed", found);
}
__name(changed, "changed");

export {
  SLICE_BYTES,
  withBlob
};
