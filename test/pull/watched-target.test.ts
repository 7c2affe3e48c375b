import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import { WatchedTarget } from "../../src/pull/watched-target.ts";
import { content } from "../support/image.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { asBlob } from "../support/resolving.ts";

const BYTES = Buffer.from("the bytes of a blob");
const BLOB = asBlob(content("", BYTES));

describe("a watched target", () => {
  it("passes on what it receives, and counts it", async () => {
    const target = new MemoryTarget(BLOB);
    const watched = new WatchedTarget(target);
    const part = watched.part(0);
    part.write(BYTES.subarray(0, 5));
    part.write(BYTES.subarray(5));
    await watched.commit();
    assert.deepEqual([part.received, watched.received], [BYTES.length, BYTES.length]);
    assert.deepEqual([target.bytes, watched.isBroken], [BYTES, false]);
  });

  it("is emptied only when it was used", async () => {
    const target = new MemoryTarget(BLOB);
    let restarts = 0;
    target.restart = async () => {
      restarts += 1;
    };
    const watched = new WatchedTarget(target);
    await watched.empty();
    assert.equal(restarts, 0);
    watched.part(0);
    await watched.empty();
    assert.equal(restarts, 1);
  });

  it("is not broken by wrong bytes", async () => {
    const watched = new WatchedTarget(new MemoryTarget(BLOB));
    const long = (): void => watched.part(0).write(Buffer.alloc(BYTES.length + 1));
    assert.throws(long, { reason: "too-long" });
    watched.part(0).write(Buffer.alloc(BYTES.length));
    await assert.rejects(watched.commit(), { reason: "digest-differs" });
    assert.ok(!watched.isBroken);
  });

  it("is broken by every other failure", async () => {
    const target = new MemoryTarget(BLOB);
    const full = new PullError("disk-full", "the disk is full");
    target.commit = async () => {
      throw full;
    };
    const watched = new WatchedTarget(target);
    await assert.rejects(watched.commit(), (error) => error === full);
    assert.ok(watched.isBroken);
  });
});
