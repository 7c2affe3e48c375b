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

  it("has no more than eight blocks in memory, however slow the service is", async () => {
    const stop = new AbortController();
    server.faults.push(() => true);
    let read = 0;
    async function* slices(): AsyncGenerator<Buffer> {
      for (; read < 100; read++) {
        // The eighth block: from here on the uploader waits for the service.
        if (read === 7) setTimeout(() => stop.abort(new Error("ended")), 100);
        yield Buffer.from("x");
      }
    }
    const bytes = { size: SLICE_BYTES + 1, slices: slices() };
    await assert.rejects(upload(`${server.url}container/x?sig=y`, bytes, stop.signal));
    assert.equal(read, 7);
  });
});
