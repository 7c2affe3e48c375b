import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  SLICE_BYTES
} from "./chunk-UWCIXGB4.js";
import {
  BlockBlobClient
} from "./chunk-OI7UN5F3.js";
import "./chunk-YNGR2UKO.js";
import "./chunk-ZUT5BRUG.js";
import "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/store/upload.ts
var BLOCKS_AT_ONCE = 8;
async function upload(url, bytes, signal) {
  const client = new BlockBlobClient(url);
  if (bytes.size <= SLICE_BYTES) await uploadWhole(client, bytes, signal);
  else await uploadBlocks(client, bytes, signal);
}
__name(upload, "upload");
async function uploadWhole(client, { size, slices }, abortSignal) {
  const parts = [];
  for await (const slice of slices) parts.push(slice);
  await client.upload(Buffer.concat(parts), size, { abortSignal });
}
__name(uploadWhole, "uploadWhole");
async function uploadBlocks(client, { slices }, abortSignal) {
  const ids = [];
  const sending = [];
  for await (const slice of slices) {
    const id = blockId(ids.length);
    ids.push(id);
    const sent = client.stageBlock(id, slice, slice.length, { abortSignal });
    sent.catch(() => void 0);
    sending.push(sent);
    if (sending.length === BLOCKS_AT_ONCE) await sending.shift();
  }
  await Promise.all(sending);
  await client.commitBlockList(ids, { abortSignal });
}
__name(uploadBlocks, "uploadBlocks");
function blockId(number) {
  return Buffer.from(String(number).padStart(9, "0")).toString("base64");
}
__name(blockId, "blockId");
export {
  upload
};
