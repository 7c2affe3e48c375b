import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Blob } from "../../src/oci/blob.ts";
import { digestOf } from "../../src/oci/digest.ts";
import type { Origin } from "../../src/oci/fetched.ts";
import type { Transfer } from "../../src/pull/outcome.ts";
import { rateOf, tallyOf } from "../../src/pull/tally.ts";
import { tally } from "../support/results.ts";

const MB = 1_000_000;
const blob = (name: string, size: number): Blob => ({ digest: digestOf(Buffer.from(name)), size });
const [SMALL, ONE, TWO, THREE] = [
  blob("small", MB - 1),
  blob("one", MB),
  blob("two", 2 * MB),
  blob("three", 3 * MB),
];

/** A transfer that ran between two times, in milliseconds. */
const transfer = (origin: Origin, started: number, ended: number): Transfer => ({
  ...{ origin, source: origin === "cache" ? "cache" : "registry.test", private: false },
  ...{ started, ended },
});

describe("rateOf", () => {
  for (const [what, blobs, transfers, expected] of [
    ["one blob", [TWO], [[TWO, transfer("cache", 0, 4_000)]], MB / 2],
    [
      "the mean of two that ran at the same time",
      [ONE, THREE],
      [
        [ONE, transfer("cache", 0, 1_000)],
        [THREE, transfer("cache", 0, 1_000)],
      ],
      2 * MB,
    ],
    ["no blob of a megabyte", [SMALL], [[SMALL, transfer("cache", 0, 1_000)]], undefined],
    ["another origin", [TWO], [[TWO, transfer("registry", 0, 1_000)]], undefined],
    ["no transfer", [TWO], [], undefined],
    ["no time", [ONE], [[ONE, transfer("cache", 5, 5)]], 1_000 * MB],
  ] as const) {
    it(`is ${expected} for ${what}`, () => {
      const known = new Map(transfers.map(([{ digest }, one]) => [digest, one]));
      assert.equal(rateOf("cache", blobs, known), expected);
    });
  }
});

describe("tallyOf", () => {
  it("sums bytes by origin, and what was there before", () => {
    const transfers = new Map([
      [ONE.digest, transfer("cache", 1_000, 2_000)],
      [TWO.digest, transfer("registry", 1_500, 5_000)],
    ]);
    const present = new Set([THREE.digest]);
    assert.deepEqual(tallyOf([ONE, TWO, THREE], { present, transfers, failures: new Map() }), {
      restored: MB,
      downloaded: 2 * MB,
      places: new Map([["registry.test", 2 * MB]]),
      alreadyThere: 3 * MB,
      seconds: 4,
    });
  });

  it("sums what was downloaded by the place it came from", () => {
    const from = (source: string): Transfer => ({ ...transfer("registry", 0, 1_000), source });
    const transfers = new Map([
      [ONE.digest, from("mirror.test")],
      [TWO.digest, from("registry.test")],
      [THREE.digest, from("mirror.test")],
      [SMALL.digest, transfer("cache", 0, 1_000)],
    ]);
    const blobs = [SMALL, ONE, TWO, THREE];
    const { places } = tallyOf(blobs, { present: new Set(), transfers, failures: new Map() });
    const expected = new Map([
      ["mirror.test", 4 * MB],
      ["registry.test", 2 * MB],
    ]);
    assert.deepEqual(places, expected);
  });

  it("counts only the blobs that are named", () => {
    const transfers = new Map([
      [ONE.digest, transfer("cache", 0, 1_000)],
      [TWO.digest, transfer("cache", 0, 9_000)],
    ]);
    const { restored, seconds } = tallyOf([ONE], {
      ...{ present: new Set(), transfers },
      failures: new Map(),
    });
    assert.deepEqual([restored, seconds], [MB, 1]);
  });

  it("is zero when nothing was transferred", () => {
    const nothing = { present: new Set<never>(), transfers: new Map(), failures: new Map() };
    assert.deepEqual(tallyOf([ONE], nothing), tally());
  });
});
