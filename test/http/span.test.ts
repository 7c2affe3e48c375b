import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Span } from "../../src/http/span.ts";
import type { BlobPart } from "../../src/oci/target.ts";

/** A part in memory. */
function part(): BlobPart & { readonly text: string } {
  const chunks: Buffer[] = [];
  return {
    get received() {
      return Buffer.concat(chunks).length;
    },
    get text() {
      return Buffer.concat(chunks).toString();
    },
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
  };
}

describe("Span", () => {
  // A span of bytes 10 to 14 of a blob, and the chunks it gets.
  for (const [size, chunks, written, wantsMore] of [
    [20, ["ab"], "ab", [true]],
    [20, ["ab", "cd"], "abcd", [true, true]],
    [20, ["ab", "cdef"], "abcd", [true, false]],
    [20, ["abcd", "e"], "abcd", [true, false]],
    [20, ["abcdef"], "abcd", [false]],
    // Of the blob's last span everything is written: the target refuses a blob that is too long.
    [14, ["abcdef"], "abcdef", [true]],
    [14, ["ab"], "ab", [true]],
  ] as const) {
    it(`writes ${JSON.stringify(written)} of ${chunks} in a blob of ${size} bytes`, () => {
      const target = part();
      const span = new Span(10, 14, target);
      const wanted = chunks.map((chunk) => span.write(Buffer.from(chunk), size));
      assert.deepEqual([target.text, wanted], [written, wantsMore]);
    });
  }

  it("knows how far it is", () => {
    const span = new Span(10, 14, part());
    assert.deepEqual([span.received, span.position, span.isComplete], [0, 10, false]);
    span.write(Buffer.from("abc"), 20);
    assert.deepEqual([span.received, span.position, span.isComplete], [3, 13, false]);
    span.write(Buffer.from("d"), 20);
    assert.deepEqual([span.received, span.position, span.isComplete], [4, 14, true]);
  });

  it("is complete earlier once it is shortened", () => {
    const target = part();
    const span = new Span(0, 20, target);
    span.write(Buffer.from("abc"), 20);
    span.shortenTo(5);
    assert.equal(span.write(Buffer.from("defg"), 20), false);
    assert.deepEqual([target.text, span.end, span.isComplete], ["abcde", 5, true]);
  });

  it("starts again with a new part", () => {
    const span = new Span(0, 4, part());
    span.write(Buffer.from("abcd"), 20);
    span.restartWith(part());
    assert.deepEqual([span.position, span.isComplete], [0, false]);
  });
});
