import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { countedTarget } from "../../src/pull/counted-target.ts";
import type { BlobIngest } from "../../src/pull/ports.ts";
import { MemoryStore } from "../support/memory-store.ts";

const BYTES = Buffer.from("the bytes of a blob");
const BLOB = { digest: digestOf(BYTES), size: BYTES.length };

describe("countedTarget", () => {
  async function opened(moved: (bytes: number) => void) {
    const store = new MemoryStore();
    const ingest: BlobIngest = await store.ingest(BLOB);
    return { store, ingest, target: countedTarget(ingest, moved) };
  }

  it("counts every chunk of every part", async () => {
    const counts: number[] = [];
    const { store, target } = await opened((bytes) => counts.push(bytes));
    const [first, second] = [target.part(0), target.part(10)];
    first.write(BYTES.subarray(0, 4));
    second.write(BYTES.subarray(10));
    first.write(BYTES.subarray(4, 10));
    assert.deepEqual([first.received, second.received, target.received], [10, 9, 19]);
    await target.commit();
    assert.deepEqual([counts, store.blobs.get(BLOB.digest)], [[4, 9, 6], BYTES]);
  });

  it("takes back what was received when everything is discarded", async () => {
    const counts: number[] = [];
    const { target } = await opened((bytes) => counts.push(bytes));
    target.part(0).write(BYTES.subarray(0, 7));
    await target.restart();
    assert.deepEqual([counts, target.received], [[7, -7], 0]);
  });

  it("writes nothing of a chunk whose count ends the transfer", async () => {
    const { ingest, target } = await opened(() => {
      throw new Error("not needed");
    });
    assert.throws(() => target.part(0).write(BYTES), /not needed/);
    assert.equal(ingest.received, 0);
  });

  it("fails to commit as its target does", async () => {
    const { target } = await opened(() => undefined);
    await assert.rejects(target.commit(), /too short/);
  });
});
