import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readRange } from "../../src/serve/range.ts";

/** The bytes that a header asks for, one by one, of RFC 9110's grammar without lists. */
function slowRange(header: string, size: number): readonly number[] | undefined {
  const [unit = "", text = ""] = header.split("=");
  const [first = "", last = "", ...more] = text.trim().split("-");
  const isNumber = (part: string): boolean =>
    [...part].every((char) => "0123456789".includes(char));
  const isRange = unit.toLowerCase() === "bytes" && header.split("=").length === 2;
  if (!isRange || more.length > 0 || !text.includes("-")) return undefined;
  if (!isNumber(first) || !isNumber(last) || first + last === "") return undefined;
  const all = Array.from({ length: size }, (_, at) => at);
  if (first === "") return Number(last) === 0 ? [] : all.slice(-Number(last));
  const limit = last === "" ? Infinity : Number(last);
  return all.filter((at) => at >= Number(first) && at <= limit);
}

describe("readRange", () => {
  for (const [header, size, expected] of [
    ["bytes=0-0", 10, { start: 0, end: 1 }],
    ["bytes=2-5", 10, { start: 2, end: 6 }],
    ["bytes=2-", 10, { start: 2, end: 10 }],
    ["bytes=2-99", 10, { start: 2, end: 10 }],
    ["bytes=-3", 10, { start: 7, end: 10 }],
    ["bytes=-99", 10, { start: 0, end: 10 }],
    ["BYTES= 2-5 ", 10, { start: 2, end: 6 }],
    [`bytes=1-${"9".repeat(400)}`, 10, { start: 1, end: 10 }],
    ["bytes=10-", 10, "unsatisfiable"],
    ["bytes=10-11", 10, "unsatisfiable"],
    [`bytes=${"9".repeat(400)}-`, 10, "unsatisfiable"],
    ["bytes=5-2", 10, "unsatisfiable"],
    ["bytes=-0", 10, "unsatisfiable"],
    ["bytes=0-", 0, "unsatisfiable"],
    ["bytes=-5", 0, "unsatisfiable"],
    [undefined, 10, undefined],
    ["", 10, undefined],
    ["bytes=", 10, undefined],
    ["bytes=-", 10, undefined],
    ["bytes=1", 10, undefined],
    ["bytes=0-1,4-5", 10, undefined],
    ["bytes=0-1, 4-5", 10, undefined],
    ["bytes=a-b", 10, undefined],
    ["bytes=1-2-3", 10, undefined],
    ["bytes=0x1-2", 10, undefined],
    ["bytes=+1-2", 10, undefined],
    ["lines=1-2", 10, undefined],
    ["bytes 1-2/10", 10, undefined],
  ] as const) {
    it(`reads ${JSON.stringify(header)} of ${size} bytes`, () =>
      assert.deepEqual(readRange(header, size), expected));
  }

  it("agrees with a model that looks at every byte", () => {
    const number = fc.oneof(fc.nat(20).map(String), fc.constant(""));
    const sensible = fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`);
    const nonsense = fc.string({ unit: fc.constantFrom(..."bytes=-,0129 ") });
    fc.assert(
      fc.property(fc.oneof(sensible, nonsense), fc.nat(20), (header, size) => {
        const range = readRange(header, size);
        const expected = slowRange(header, size);
        if (range === undefined) assert.equal(expected, undefined);
        else if (range === "unsatisfiable") assert.deepEqual(expected, []);
        else {
          assert.equal(expected?.[0], range.start);
          assert.equal(expected?.length, range.end - range.start);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
