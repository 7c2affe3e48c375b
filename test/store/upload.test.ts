import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { ActionsCache } from "../../src/store/actions-cache.ts";
import { SLICE_BYTES } from "../../src/store/outgoing.ts";
import { upload } from "../../src/store/upload.ts";
import { CacheService } from "../support/cache-service.ts";
import { outgoing } from "../support/outgoing.ts";

describe("an upload to the Actions cache", () => {
  let service: CacheService;
  const environment = { ...process.env };
  const said: string[] = [];
  before(async () => {
    service = await CacheService.start();
    Object.assign(process.env, service.environment);
  });
  after(async () => {
    process.env = environment;
    await service.stop();
  });
  beforeEach(() => {
    service.entries.clear();
    service.seen.length = 0;
    service.faults.length = 0;
    said.length = 0;
  });

  const unused = async (): Promise<never> => assert.fail("nothing is restored here");
  const cache = (): ActionsCache =>
    new ActionsCache({
      urls: { download: unused, get: unused },
      after: SYSTEM_CLOCK.after,
      signal: new AbortController().signal,
      say: (line) => void said.push(line),
      warn: (message) => assert.fail(message),
    });
  const puts = (): number => service.seen.filter((line) => line === "PUT blob").length;

  for (const [what, size, requests] of [
    ["nothing", 0, 1],
    ["one slice", SLICE_BYTES, 1],
    ["three slices, and their list", 2 * SLICE_BYTES + 1, 4],
  ] as const) {
    it(`of ${what} has the bytes in order`, async () => {
      const bytes = Buffer.alloc(size);
      for (let at = 0; at < size; at += 1024) bytes.writeUInt32BE(at, at === size - 1 ? at - 4 : at);
      assert.equal(await cache().save("key", outgoing(bytes)), "saved");
      const [entry] = service.entries.values();
      assert.deepEqual([entry?.complete, digestOf(entry?.bytes ?? Buffer.alloc(1)), puts()], [true, digestOf(bytes), requests]);
    });
  }

  for (const slices of [1, 3]) {
    it(`is not finalised when its bytes turn out wrong after ${slices} slices`, async () => {
      async function* wrong(): AsyncGenerator<Buffer> {
        for (let at = 0; at < slices; at++) yield Buffer.alloc(SLICE_BYTES);
        throw new PullError("layout-changed", "not what they were");
      }
      assert.equal(await cache().save("key", { size: slices * SLICE_BYTES, slices: wrong() }), "failed");
      const [entry] = service.entries.values();
      assert.deepEqual([entry?.complete, entry?.bytes.length, said], [false, 0, ["not what they were"]]);
      assert.ok(!service.seen.includes("POST FinalizeCacheEntryUpload"), service.seen.join());
    });
  }

  it("has no more than eight blocks in memory, however slow the service is", async () => {
    const stop = new AbortController();
    service.faults.push(() => true);
    let read = 0;
    async function* slices(): AsyncGenerator<Buffer> {
      for (; read < 100; read++) {
        // The eighth block: from here on the wait is for the service.
        if (read === 7) setTimeout(() => stop.abort(new Error("ended")), 100);
        yield Buffer.from("x");
      }
    }
    await assert.rejects(upload(`${service.url}container/x?sig=y`, { size: SLICE_BYTES + 1, slices: slices() }, stop.signal));
    assert.equal(read, 7);
  });
});
