import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bytesOf, distinctBlobs, sizeClash } from "../../src/oci/blob.ts";
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

describe("sizeClash", () => {
  const one = { digest: digestOf(Buffer.from("one")), size: 3 };
  const two = { digest: digestOf(Buffer.from("two")), size: 3 };
  for (const [name, blobs, found] of [
    ["no blob", [], undefined],
    ["a blob that is repeated", [one, two, one], undefined],
    [
      "a digest with another size",
      [one, two, { ...one, size: 4 }],
      `${one.digest} is listed with 3 and with 4 bytes`,
    ],
  ] as const) {
    it(`is ${found ?? "undefined"} for ${name}`, () => assert.equal(sizeClash(blobs), found));
  }
});

describe("bytesOf", () => {
  it("adds sizes, and counts an unknown one as 0", () => {
    assert.equal(bytesOf([{ size: 3 }, { size: undefined }, { size: 4 }]), 7);
    assert.equal(bytesOf([]), 0);
  });
});
