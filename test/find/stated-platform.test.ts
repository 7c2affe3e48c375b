import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { statedPlatform } from "../../src/find/stated-platform.ts";

const ROWS: Readonly<Record<string, string | undefined>> = {
  "linux/amd64": "linux/amd64",
  "linux/arm64/v8": "linux/arm64/v8",
  arm64: "linux/arm64",
  AMD64: "linux/amd64",
  aarch64: "linux/aarch64",
  linux: undefined,
  Linux: undefined,
  "": undefined,
  any: "any",
  all: "all",
  windows: "windows",
  "darwin/arm64": "darwin/arm64",
};

describe("statedPlatform", () => {
  for (const [written, platform] of Object.entries(ROWS)) {
    it(`reads ${JSON.stringify(written)} as ${platform ?? "no platform"}`, () => {
      assert.equal(statedPlatform(written), platform);
    });
  }
});
