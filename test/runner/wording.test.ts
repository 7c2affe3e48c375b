import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlatformOutcome } from "../../src/gate/resolved.ts";
import {
  formatBytes,
  platformMark,
  pulledLine,
  shortDigests,
  withoutSubject,
} from "../../src/runner/wording.ts";
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
      "restored 3.0 MB from the cache and downloaded 1.0 MB in 2.0 s (2.0 MB/s); reused 500 B from the layout",
    );
  });

  it("states no time when nothing was moved", () => {
    const line = pulledLine(pulledOf({ alreadyThere: 500, seconds: 2 }));
    assert.equal(line, "reused 500 B from the layout");
  });

  for (const [tally, line] of [
    [{ restored: 3_000 }, "restored 3.0 kB from the cache in 2.0 s (1.5 kB/s)"],
    [{ downloaded: 3_000 }, "downloaded 3.0 kB in 2.0 s (1.5 kB/s)"],
    [{}, "nothing was pulled"],
  ] as const) {
    it(`leaves out what is zero: ${line}`, () =>
      assert.equal(pulledLine(pulledOf({ ...tally, seconds: 2 })), line));
  }

  it("states a rate even if the clock did not move", () => {
    const line = pulledLine(pulledOf({ downloaded: 1_000, seconds: 0 }));
    assert.match(line, / in 0\.0 s \(1\.0 MB\/s\)$/);
  });
});

describe("shortDigests", () => {
  const [hex, long] = ["4ba8daa8a31a".padEnd(64, "0"), "f".repeat(128)];
  for (const [text, short] of [
    [`sha256:${hex}`, "sha256:4ba8daa8a31a…"],
    [`sha512:${long}`, `sha512:${"f".repeat(12)}…`],
    [`a/b:1@sha256:${hex}, c`, "a/b:1@sha256:4ba8daa8a31a…, c"],
    [`sha256:${hex.slice(0, 63)}`, `sha256:${hex.slice(0, 63)}`],
    ["alpine:3.20", "alpine:3.20"],
  ] as const) {
    it(`shows ${text.slice(0, 30)} as ${short.slice(0, 40)}`, () =>
      assert.equal(shortDigests(text), short));
  }
});

describe("withoutSubject", () => {
  for (const [message, rest] of [
    ["app:1: it is gone", "it is gone"],
    ["app:1", "app:1"],
    ["app:11: it is gone", "app:11: it is gone"],
  ] as const) {
    it(`makes "${message}" about app:1 "${rest}"`, () =>
      assert.equal(withoutSubject(message, "app:1"), rest));
  }
});
