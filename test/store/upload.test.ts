import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { SLICE_BYTES } from "../../src/store/outgoing.ts";
import { upload } from "../../src/store/upload.ts";
import { openActionsCache } from "../support/actions-cache.ts";
import { CacheService as CacheServer } from "../support/cache-service.ts";
import { outgoing } from "../support/outgoing.ts";

describe("an upload to the Actions cache", () => {
  let server: CacheServer;
  const environment = { ...process.env };
  before(async () => {
    server = await CacheServer.start();
    Object.assign(process.env, server.environment);
  });
  after(async () => {
    process.env = environment;
    await server.stop();
  });
  beforeEach(() => {
    server.entries.clear();
    server.seen.length = 0;
    server.faults.length = 0;
  });

  const puts = (): number => server.seen.filter((line) => line === "PUT blob").length;

  for (const [what, size, requests] of [
    ["nothing", 0, 1],
    ["one slice", SLICE_BYTES, 1],
    ["three slices, and their list", 2 * SLICE_BYTES + 1, 4],
  ] as const) {
    it(`of ${what} has the bytes in order`, async () => {
      const bytes = Buffer.alloc(size);
      for (let at = 0; at < size; at += 1024) {
        bytes.writeUInt32BE(at, at === size - 1 ? at - 4 : at);
      }
      const { saving, warned } = openActionsCache();
      assert.equal(await saving.save("key", outgoing(bytes)), "saved");
      const [entry] = server.entries.values();
      const digest = digestOf(entry?.bytes ?? Buffer.alloc(1));
      assert.deepEqual([entry?.complete, digest, puts()], [true, digestOf(bytes), requests]);
      assert.deepEqual(warned, []);
    });
  }

  for (const slices of [1, 3]) {
    it(`is not finalized when its bytes prove wrong after ${slices} slices`, async () => {
      async function* wrong(): AsyncGenerator<Buffer> {
        for (let at = 0; at < slices; at++) yield Buffer.alloc(SLICE_BYTES);
        throw new PullError("layout-changed", "the blob has changed");
      }
      const { saving, said, warned } = openActionsCache();
      const saved = await saving.save("key", { size: slices * SLICE_BYTES, slices: wrong() });
      const [entry] = server.entries.values();
      assert.deepEqual([saved, entry?.complete, entry?.bytes.length], ["failed", false, 0]);
      assert.deepEqual([said, warned], [["the blob has changed"], []]);
      assert.ok(!server.seen.includes("POST FinalizeCacheEntryUpload"), server.seen.join());
    });
  }

  it("has no more than eight blocks in memory, however many uploads there are", async () => {
    const stop = new AbortController();
    const waiting: unknown[] = [];
    const areWaiting = new Promise<void>((resolve) => {
      // No answer.
      server.faults.push(() => {
        if (waiting.push(undefined) === 8) resolve();
        return true;
      });
    });
    let read = 0;
    async function* slices(): AsyncGenerator<Buffer> {
      for (; read < 100; read++) yield Buffer.from("x");
    }
    const uploads = [1, 2, 3].map(() => {
      const bytes = { size: SLICE_BYTES + 1, slices: slices() };
      return upload(`${server.url}container/x?sig=y`, bytes, stop.signal);
    });
    await areWaiting;
    stop.abort(new Error("ended"));
    for (const one of uploads) await assert.rejects(one);
    // Blocks that waited for their turn have it now, and are not read any more.
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([read <= 8, waiting.length], [true, 8]);
  });

  it("gives every slice back once it is sent", async () => {
    const sent = [1, 2, 3].map((value) => Buffer.alloc(SLICE_BYTES, value));
    const returned: Buffer[] = [];
    async function* slices(): AsyncGenerator<Buffer> {
      yield* sent;
    }
    const reuse = (slice: Buffer): void => void returned.push(slice);
    const bytes = { size: 3 * SLICE_BYTES, slices: slices(), reuse };
    assert.equal(await openActionsCache().saving.save("key", bytes), "saved");
    assert.equal(returned.length, 3);
    assert.ok(sent.every((slice) => returned.includes(slice)));
  });
});
