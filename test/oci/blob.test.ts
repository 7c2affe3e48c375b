import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { distinctBlobs } from "../../src/oci/blob.ts";
import { digestOf } from "../../src/oci/digest.ts";

const [ONE, TWO] = [digestOf(Buffer.from("one")), digestOf(Buffer.from("two"))];

describe("distinctBlobs", () => {
  it("has each digest once, in the order of first appearance", () => {
    const blobs = [
      { digest: TWO, size: 2 },
      { digest: ONE, size: 1 },
      { digest: TWO, size: 2 },
    ];
    assert.deepEqual(distinctBlobs(blobs), blobs.slice(0, 2));
  });

  it("drops everything but digest and size", () => {
    assert.deepEqual(distinctBlobs([{ digest: ONE, size: undefined, mediaType: "x" }]), [
      { digest: ONE, size: undefined },
    ]);
  });
});
