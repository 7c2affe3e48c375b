import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  SLICE_BYTES
} from "./chunk-Z7KUIX5D.js";
import {
  BlockBlobClient
} from "./chunk-3GWIPJWJ.js";
import {
  Slots
} from "./chunk-DCTTGT6M.js";
import "./chunk-SP36TW6E.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/store/upload.ts
var BLOCKS_AT_ONCE = 8;
var blocks = new Slots(BLOCKS_AT_ONCE);
async function upload(url, bytes, signal) {
  const client = new BlockBlobClient(url);
  if (bytes.size > SLICE_BYTES) return uploadBlocks(client, bytes, signal);
  await blocks.run(() => uploadWhole(client, bytes, signal));
}
async function uploadWhole(client, { size, slices, reuse }, abortSignal) {
  const parts = [];
  for await (const slice of slices) parts.push(slice);
  const [only = Buffer.alloc(0)] = parts;
  const bytes = parts.length > 1 ? Buffer.concat(parts) : only;
  await client.upload(bytes, size, { abortSignal });
  for (const part of parts) reuse?.(part);
}
async function uploadBlocks(client, { slices, reuse }, abortSignal) {
  const ids = [];
  const iterator = slices[Symbol.asyncIterator]();
  const sendNext = async () => {
    abortSignal.throwIfAborted();
    const { done, value } = await iterator.next();
    if (done === true) return false;
    const id = blockId(ids.length);
    ids.push(id);
    await client.stageBlock(id, value, value.length, { abortSignal });
    reuse?.(value);
    return true;
  };
  const sendMany = async () => {
    while (await blocks.run(sendNext)) ;
  };
  const senders = Array.from({ length: BLOCKS_AT_ONCE }, sendMany);
  await Promise.all(senders);
  await client.commitBlockList(ids, { abortSignal });
}
function blockId(number) {
  return Buffer.from(String(number).padStart(9, "0")).toString("base64");
}
export {
  upload
};
