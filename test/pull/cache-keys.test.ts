import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import { required } from "../support/resolving.ts";

const BYTES = Buffer.from("a document");
const DIGEST = digestOf(BYTES);
const HEX = DIGEST.slice("sha256:".length);
const keys = keysUnder("prefix", 1_000);
const imageKey = (platforms: string): string => keys.image(DIGEST, required(platforms));

describe("the key of a blob", () => {
  for (const [size, expected] of [
    [0, undefined],
    [999, undefined],
    [1_000, `prefix-blob-sha256-${HEX}`],
    [10_000_000_000, `prefix-blob-sha256-${HEX}`],
  ] as const) {
    it(`is ${expected === undefined ? "undefined" : "its digest"} at ${size} bytes`, () => {
      assert.equal(keys.blob({ digest: DIGEST, size }), expected);
    });
  }
});

describe("the key of an image", () => {
  for (const [platforms, expected] of [
    ["all", "all"],
    ["any", "any"],
    ["linux/amd64", "linux_amd64"],
    ["linux/arm64,linux/amd64", "linux_amd64+linux_arm64"],
    ["linux/amd64,linux/arm64,linux/amd64", "linux_amd64+linux_arm64"],
    ["linux/arm/v7", "linux_arm_v7"],
    ["windows(10.0.20348.1)/amd64", "windows_10.0.20348.1__amd64"],
  ] as const) {
    it(`ends with ${expected} for ${platforms}`, () => {
      assert.equal(imageKey(platforms), `prefix-image-sha256-${HEX}-${expected}`);
    });
  }

  it("has at most 512 of the characters that keys may have, whatever is required", () => {
    const prefix = "p".repeat(100);
    const many = Array.from({ length: 64 }, (_, at) => `linux/${"a".repeat(60)}${at}`).join(",");
    const key = keysUnder(prefix, 0).image(digestOf(BYTES, "sha512"), required(many));
    assert.match(key, /^[A-Za-z0-9._+-]{1,512}$/);
  });

  it("differs for long sets that differ, and not for their order", () => {
    const names = Array.from({ length: 20 }, (_, at) => `linux/architecture${at}`);
    const [written, reversed] = [names, names.toReversed()].map((set) => imageKey(set.join(",")));
    assert.equal(written, reversed);
    assert.notEqual(written, imageKey(names.slice(1).join(",")));
  });
});
