// The service stores blobs at Azure. `@actions/cache` depends on this client, but uploads only
// files by path.
import { BlockBlobClient } from "@azure/storage-blob";
import type { Outgoing } from "./cache.ts";
import { SLICE_BYTES } from "./outgoing.ts";

// As many requests at a time as the runner's own client sends:
// https://github.com/actions/toolkit/blob/main/packages/cache/src/options.ts
const BLOCKS_AT_ONCE = 8;

/**
 * Uploads bytes to a signed URL. Wrong bytes never become a blob: blocks count only once their list
 * is sent, which is after the last slice proved them right
 * (https://learn.microsoft.com/rest/api/storageservices/put-block-list).
 * Fails as the slices do, as the service does, and when the signal aborts.
 */
export async function upload(url: string, bytes: Outgoing, signal: AbortSignal): Promise<void> {
  const client = new BlockBlobClient(url);
  if (bytes.size <= SLICE_BYTES) await uploadWhole(client, bytes, signal);
  else await uploadBlocks(client, bytes, signal);
}

async function uploadWhole(
  client: BlockBlobClient,
  { size, slices }: Outgoing,
  abortSignal: AbortSignal,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const slice of slices) parts.push(slice);
  await client.upload(Buffer.concat(parts), size, { abortSignal });
}

async function uploadBlocks(
  client: BlockBlobClient,
  { slices }: Outgoing,
  abortSignal: AbortSignal,
): Promise<void> {
  const ids: string[] = [];
  const sending: Promise<unknown>[] = [];
  for await (const slice of slices) {
    const id = blockId(ids.length);
    ids.push(id);
    const sent = client.stageBlock(id, slice, slice.length, { abortSignal });
    // Awaited below; mark as handled until then.
    sent.catch(() => undefined);
    sending.push(sent);
    if (sending.length === BLOCKS_AT_ONCE) await sending.shift();
  }
  await Promise.all(sending);
  await client.commitBlockList(ids, { abortSignal });
}

/**
 * Block ids of one blob must have the same length:
 * https://learn.microsoft.com/rest/api/storageservices/put-block#uri-parameters
 */
function blockId(number: number): string {
  return Buffer.from(String(number).padStart(9, "0")).toString("base64");
}
