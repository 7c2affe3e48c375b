// The service stores blobs at Azure. `@actions/cache` depends on this client, but uploads only
// files by path.
import { BlockBlobClient } from "@azure/storage-blob";
import { Slots } from "../http/slots.ts";
import type { Outgoing } from "./cache.ts";
import { SLICE_BYTES } from "./outgoing.ts";

// As many requests at a time as the runner's own client sends:
// https://github.com/actions/toolkit/blob/main/packages/cache/src/options.ts
const BLOCKS_AT_ONCE = 8;
// Of all uploads together, each with one block in memory: 16 MiB, whatever the number of entries.
const blocks = new Slots(BLOCKS_AT_ONCE);

/**
 * Uploads bytes to a signed URL. Wrong bytes never become a blob: blocks count only once their list
 * is sent, which is after the last slice proved them right
 * (https://learn.microsoft.com/rest/api/storageservices/put-block-list).
 * Fails as the slices do, as the service does, and when the signal aborts.
 */
export async function upload(url: string, bytes: Outgoing, signal: AbortSignal): Promise<void> {
  const client = new BlockBlobClient(url);
  if (bytes.size > SLICE_BYTES) return uploadBlocks(client, bytes, signal);
  await blocks.run(() => uploadWhole(client, bytes, signal));
}

async function uploadWhole(
  client: BlockBlobClient,
  { size, slices, reuse }: Outgoing,
  abortSignal: AbortSignal,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const slice of slices) parts.push(slice);
  const [only = Buffer.alloc(0)] = parts;
  const bytes = parts.length > 1 ? Buffer.concat(parts) : only;
  await client.upload(bytes, size, { abortSignal });
  for (const part of parts) reuse?.(part);
}

async function uploadBlocks(
  client: BlockBlobClient,
  { slices, reuse }: Outgoing,
  abortSignal: AbortSignal,
): Promise<void> {
  const ids: string[] = [];
  const iterator = slices[Symbol.asyncIterator]();
  const sendNext = async (): Promise<boolean> => {
    abortSignal.throwIfAborted();
    const { done, value } = await iterator.next();
    if (done === true) return false;
    const id = blockId(ids.length);
    ids.push(id);
    await client.stageBlock(id, value, value.length, { abortSignal });
    reuse?.(value);
    return true;
  };
  const sendMany = async (): Promise<void> => {
    while (await blocks.run(sendNext));
  };
  const senders = Array.from({ length: BLOCKS_AT_ONCE }, sendMany);
  await Promise.all(senders);
  await client.commitBlockList(ids, { abortSignal });
}

/**
 * Block ids of one blob must have the same length:
 * https://learn.microsoft.com/rest/api/storageservices/put-block#uri-parameters
 */
function blockId(number: number): string {
  return Buffer.from(String(number).padStart(9, "0")).toString("base64");
}
