import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { delayAfter, isTransient, parseRetryAfter } from "../../src/http/retry.ts";

const NOW = Date.parse("Fri, 20 Nov 2026 12:00:00 GMT");
const clock = { now: () => NOW, sleep: async () => undefined, random: () => 0.5 };

describe("parseRetryAfter", () => {
  for (const [header, expected] of [
    ["0", 0],
    ["1", 1_000],
    [" 120 ", 120_000],
    ["86400", 86_400_000],
    ["Fri, 20 Nov 2026 12:00:30 GMT", 30_000],
    ["Friday, 20-Nov-26 12:00:30 GMT", 30_000],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["Mon, nonsense", undefined],
    ["", undefined],
  ] as const) {
    it(`reads ${JSON.stringify(header)} as ${expected} ms`, () =>
      assert.equal(parseRetryAfter(header, NOW), expected));
  }

  it("is never negative for any text", () => {
    fc.assert(fc.property(fc.string(), (header) => (parseRetryAfter(header, NOW) ?? 0) >= 0));
  });
});

describe("delayAfter", () => {
  it("doubles from one second, with full jitter, up to thirty", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 9].map((attempt) => delayAfter(attempt, undefined, clock)),
      [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000],
    );
  });

  it("is as long as the registry asks for, and undefined above a minute", () => {
    assert.deepEqual(
      ["0", "60", "61", "86400", "junk"].map((header) => delayAfter(1, header, clock)),
      [0, 60_000, undefined, undefined, 500],
    );
  });
});

describe("isTransient", () => {
  for (const status of [408, 429, 499, 500, 502, 503, 504, 522])
    it(`holds for ${status}`, () => assert.ok(isTransient(status)));
  for (const status of [200, 206, 301, 400, 401, 403, 404, 405, 416, 501, 505])
    it(`does not hold for ${status}`, () => assert.ok(!isTransient(status)));
});
