import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseContentRange } from "../../src/http/content-range.ts";

describe("parseContentRange", () => {
  for (const [header, expected] of [
    ["bytes 0-0/1", { first: 0, last: 0, total: 1 }],
    ["bytes 010-020/030", { first: 10, last: 20, total: 30 }],
    ["BYTES 5-9/10", { first: 5, last: 9, total: 10 }],
    ["bytes 1000-1010/*", { first: 1000, last: 1010, total: undefined }],
  ] as const) {
    it(`reads ${header}`, () => assert.deepEqual(parseContentRange(header), expected));
  }

  for (const header of [
    "",
    "notbytes 1-2/3",
    "bytes ",
    "bytes x-2/3",
    "bytes 1*2/3",
    "bytes 1",
    "bytes 1-",
    "bytes 1-x/3",
    "bytes 1-2",
    "bytes 1-2@3",
    "bytes 1-2/",
    "bytes 1-2/*a",
    "bytes 1-2/3a",
    "bytes 2-1/3",
    "bytes 1-3/3",
    "bytes 0-1/2, bytes 0-1/2",
  ]) {
    it(`refuses ${JSON.stringify(header)}`, () =>
      assert.equal(parseContentRange(header), undefined));
  }

  it("reads every valid range, and never throws", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, more, beyond) => {
        const range = { first, last: first + more, total: first + more + 1 + beyond };
        assert.deepEqual(
          parseContentRange(`bytes ${range.first}-${range.last}/${range.total}`),
          range,
        );
      }),
    );
    fc.assert(
      fc.property(
        fc.string(),
        (text) =>
          parseContentRange(text) === undefined || text.trim().toLowerCase().startsWith("bytes "),
      ),
    );
  });
});
