import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/oci/blob.ts
function distinctBlobs(blobs) {
  const byDigest = /* @__PURE__ */ new Map();
  for (const { digest, size } of blobs) {
    byDigest.set(digest, { digest, size });
  }
  return [...byDigest.values()];
}
function sizeClash(blobs) {
  const sizes = /* @__PURE__ */ new Map();
  for (const { digest, size } of blobs) {
    const other = sizes.get(digest) ?? size;
    if (other !== size) return `${digest} is listed with ${other} and with ${size} bytes`;
    sizes.set(digest, size);
  }
  return void 0;
}
function bytesOf(blobs) {
  return blobs.reduce((total, { size }) => total + (size ?? 0), 0);
}

export {
  distinctBlobs,
  sizeClash,
  bytesOf
};
