import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlatformOutcome } from "../../src/gate/resolved.ts";
import { formatBytes, platformMark, pulledLine } from "../../src/runner/wording.ts";
import { pulledOf } from "../support/results.ts";

describe("formatBytes", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [12.6, "13 B"],
    [1_000, "1.0 kB"],
    [1_549, "1.5 kB"],
    [78_000_000, "78.0 MB"],
    [2_500_000_000, "2.5 GB"],
    [1e12, "1.0 TB"],
    [1e15, "1.0 PB"],
    [5e18, "5000.0 PB"],
  ] as const) {
    it(`shows ${bytes} as ${text}`, () => assert.equal(formatBytes(bytes), text));
  }
});

describe("platformMark", () => {
  for (const [status, required, mark] of [
    ["ok", true, "✓"],
    ["ok", false, "·"],
    ["listed", false, "·"],
    ["platform-missing", true, "✗"],
    ["invalid", false, "✗"],
  ] as const) {
    it(`is ${mark} for ${status}, ${required ? "required" : "not required"}`, () => {
      const outcome: PlatformOutcome = {
        platform: "linux/amd64",
        status,
        required,
        reason: "",
        message: "",
        digest: undefined,
        image: undefined,
      };
      assert.equal(platformMark(outcome), mark);
    });
  }
});

describe("pulledLine", () => {
  it("states the bytes by origin, the time and the rate", () => {
    const tally = { restored: 3_000_000, downloaded: 1_000_000, alreadyThere: 500, seconds: 2 };
    assert.equal(
      pulledLine(pulledOf(tally)),
      "restored 3.0 MB from the cache, downloaded 1.0 MB, reused 500 B from the layout, in 2.0 s (2.0 MB/s)",
    );
  });

  it("states no time when nothing was moved", () => {
    assert.equal(
      pulledLine(pulledOf({ alreadyThere: 500, seconds: 2 })),
      "restored 0 B from the cache, downloaded 0 B, reused 500 B from the layout",
    );
  });

  it("states a rate even if the clock did not move", () => {
    const line = pulledLine(pulledOf({ downloaded: 1_000, seconds: 0 }));
    assert.match(line, /, in 0\.0 s \(1\.0 MB\/s\)$/);
  });
});
