import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { harmlessJson, markdown, sanitise } from "../../src/runner/sanitiser.ts";

// That no text whatever is a command after it, or more than text in Markdown, is a property of test/fuzz/targets.ts.
describe("sanitise", () => {
  it("changes nothing that is plain, and ends what is long", () => {
    const plain = "✓ 127.0.0.1:5000/org/app:v1 → sha256:abc (index, 3 platforms): “fine” #1";
    assert.equal(sanitise(plain), plain);
    assert.equal(sanitise("x".repeat(5_000)).length, 4_001);
  });

  it("makes visible what cannot be seen", () => assert.equal(sanitise("a\u0000b\u202ec\n##[x]::d"), "a\\x00b\\u202ec\\x0a#\\#[x]:\\:d"));
});

describe("markdown", () => {
  it("shows text and does nothing else", () => {
    assert.equal(markdown("<img src=x>|`a`[b](c)*d*_e_"), "&#60;img src=x&#62;&#124;&#96;a&#96;&#91;b&#93;(c)&#42;d&#42;&#95;e&#95;");
  });
});

describe("harmlessJson", () => {
  it("is the same value to every parser", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) =>
        assert.deepEqual(JSON.parse(harmlessJson(value)), JSON.parse(JSON.stringify(value))),
      ),
      { numRuns: 1_000 },
    );
  });

  it("has nothing that a shell would act on between quotes", () => {
    const shell = fc.string({ unit: fc.constantFrom(..."$`'<>&;|\\\n\t\u007f\u0085nub\"") });
    fc.assert(
      fc.property(shell, (text) => !/[$`'<>&;|]|\p{Cc}/u.test(harmlessJson({ [text]: text }))),
      { numRuns: 1_000 },
    );
    assert.equal(harmlessJson("a$(b)\n\\n\\\\"), '"a\\u0024(b)\\u000a\\\\n\\\\\\\\"');
  });
});
