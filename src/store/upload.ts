// The service stores blobs at Azure. `@actions/cache` brings this client in, and offers uploads by path alone.
import { BlockBlobClient } from "@azure/storage-blob";
import type { Outgoing } from "./cache-entry.ts";
import { SLICE_BYTES } from "./outgoing.ts";

// As many requests at a time as the runner's own client has:
// https://github.com/actions/toolkit/blob/main/packages/cache/src/options.ts
const BLOCKS_AT_ONCE = 8;

/**
 * Uploads bytes to a signed URL. The blob exists only after all bytes proved right, because blocks
 * count once their list is sent: https://learn.microsoft.com/rest/api/storageservices/put-block-list
 * Fails as the bytes do, and as the service does.
 */
export async function upload(url: string, { size, slices }: Outgoing, abortSignal: AbortSignal): Promise<void> {
  const client = new BlockBlobClient(url);
  const options = { abortSignal };
  if (size <= SLICE_BYTES) {
    const parts: Buffer[] = [];
    for await (const slice of slices) parts.push(slice);
    await client.upload(Buffer.concat(parts), size, options);
    return;
  }
  const ids: string[] = [];
  const sending: Promise<unknown>[] = [];
  for await (const slice of slices) {
    const id = blockId(ids.length);
    ids.push(id);
    const sent = client.stageBlock(id, slice, slice.length, options);
    // Awaited in its turn; until then its failure is not unhandled.
    sent.catch(() => undefined);
    sending.push(sent);
    if (sending.length === BLOCKS_AT_ONCE) await sending.shift();
  }
  await Promise.all(sending);
  await client.commitBlockList(ids, options);
}

/**
 * All of one length, as the service asks:
 * https://learn.microsoft.com/rest/api/storageservices/put-block#uri-parameters
 */
function blockId(number: number): string {
  return Buffer.from(String(number).padStart(9, "0")).toString("base64");
}
