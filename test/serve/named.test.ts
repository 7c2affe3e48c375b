import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseReference } from "../../src/oci/reference.ts";
import { type NamedImage, NamedImages } from "../../src/serve/named.ts";
import { digestOfAll } from "../support/locks.ts";

const APP = parseReference("registry.test/org/app");
const OTHER = parseReference("registry.test/org/other");
const [A, B, PART] = [digestOfAll("a"), digestOfAll("b"), digestOfAll("c")];

function named(more: Partial<NamedImage> = {}): NamedImage {
  const name = "registry.test/org/app";
  return { name, tag: "1", digest: A, parts: [], isConfirmed: true, isPrivate: false, ...more };
}

describe("NamedImages", () => {
  it("has the digest of a tag, and none of another one", () => {
    const images = new NamedImages([named()], false);
    assert.equal(images.digestOf(APP, "1"), A);
    assert.equal(images.digestOf(APP, "2"), undefined);
    assert.equal(images.digestOf(OTHER, "1"), undefined);
  });

  it("has the later digest of two for a tag, and both as digests", () => {
    const images = new NamedImages([named(), named({ digest: B })], false);
    assert.equal(images.digestOf(APP, "1"), B);
    assert.deepEqual([images.has(APP, A), images.has(APP, B)], [true, true]);
  });

  it("has the parts that a lock file names, in their repository only", () => {
    const images = new NamedImages([named({ parts: [PART] })], false);
    assert.deepEqual([images.has(APP, PART), images.has(OTHER, PART)], [true, false]);
  });

  it("has no tag for an image that is named by digest", () => {
    const images = new NamedImages([named({ tag: "" })], false);
    assert.deepEqual([images.digestOf(APP, ""), images.has(APP, A)], [undefined, true]);
  });

  for (const [isOnly, isNamed, fails] of [
    [false, false, false],
    [false, true, false],
    [true, false, true],
    [true, true, false],
  ] as const) {
    const what = `${isNamed ? "what is named" : "what is not named"}`;
    it(`${fails ? "refuses" : "allows"} ${what} with serve-only: ${isOnly}`, () => {
      const expect = (): void => new NamedImages([], isOnly).expect(isNamed, "alpine:1");
      if (!fails) return expect();
      assert.throws(expect, {
        reason: "not-served",
        found:
          "alpine:1 is named neither by images, files nor the lock file, and serve-only is true",
      });
    });
  }
});
