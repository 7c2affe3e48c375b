import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  algorithmOf,
  asDigest,
  DigestError,
  digestOf,
  expectDigest,
  hasher,
  parseDigest,
} from "../../src/oci/digest.ts";

const EMPTY_SHA256 = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("parseDigest", () => {
  it("takes sha256 and sha512 in lower case", () => {
    assert.equal(parseDigest(EMPTY_SHA256), EMPTY_SHA256);
    const sha512 = `sha512:${"0123456789abcdef".repeat(8)}`;
    assert.equal(algorithmOf(parseDigest(sha512)), "sha512");
  });

  for (const [text, problem] of [
    ["", /no colon/],
    ["latest", /no colon/],
    [EMPTY_SHA256.toUpperCase(), /sha256 or sha512, got "SHA256"/],
    [`sha256:${"A".repeat(64)}`, /lower-case/],
    [`sha256:${"a".repeat(63)}`, /64 hex digits, got 63/],
    [`sha256:${"a".repeat(65)}`, /64 hex digits, got 65/],
    [`sha512:${"a".repeat(64)}`, /128 hex digits, got 64/],
    [`md5:${"a".repeat(32)}`, /sha256 or sha512, got "md5"/],
    ["sha256:../../../../etc/passwd", /hex digits only/],
    [`sha256:${"a".repeat(64)}\n`, /hex digits only/],
    [`constructor:${"a".repeat(64)}`, /sha256 or sha512/],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.throws(() => parseDigest(text), problem);
      assert.equal(asDigest(text), undefined);
    });
  }

  it("accepts exactly the digests of the grammar", () => {
    const grammar = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
    const near = fc.tuple(
      fc.constantFrom("sha256", "sha512", "SHA256", "md5", ""),
      fc.string({
        unit: fc.constantFrom(..."0123456789abcdefAg:/"),
        minLength: 62,
        maxLength: 130,
      }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          near.map(([algorithm, hex]) => `${algorithm}:${hex}`),
        ),
        (text) => (asDigest(text) !== undefined) === grammar.test(text),
      ),
    );
  });
});

describe("digestOf", () => {
  it("is computed over the bytes", () => {
    assert.equal(digestOf(new Uint8Array()), EMPTY_SHA256);
    assert.equal(digestOf(Buffer.from("abc"), "sha512").slice(0, 20), "sha512:ddaf35a193617");
  });
});

describe("hasher", () => {
  for (const algorithm of ["sha256", "sha512"] as const) {
    it(`computes the ${algorithm} digest of all chunks, in order`, () => {
      const hash = hasher(algorithm);
      for (const chunk of ["a", "", "bc"]) hash.update(Buffer.from(chunk));
      assert.equal(hash.digest(), digestOf(Buffer.from("abc"), algorithm));
    });
  }
});

describe("expectDigest", () => {
  const bytes = Buffer.from("abc");

  for (const algorithm of ["sha256", "sha512"] as const) {
    it(`accepts bytes that have the expected ${algorithm} digest`, () =>
      assert.doesNotThrow(() => expectDigest(bytes, digestOf(bytes, algorithm), "asked for")));

    it(`refuses other bytes, with both ${algorithm} digests`, () => {
      const expected = digestOf(Buffer.from("abd"), algorithm);
      const found = `asked for ${expected}, got 3 bytes that have ${digestOf(bytes, algorithm)}`;
      assert.throws(
        () => expectDigest(bytes, expected, "asked for"),
        (error) => error instanceof DigestError && error.found === `digest differs: ${found}`,
      );
    });
  }
});
