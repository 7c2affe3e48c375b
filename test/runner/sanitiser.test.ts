import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { harmlessJson, markdown, sanitise } from "../../src/runner/sanitiser.ts";

// test/fuzz/targets.ts has the properties: no text is a command afterwards, or more than text in
// Markdown.
describe("sanitise", () => {
  it("leaves plain text as it is, and cuts long text", () => {
    const plain = "✓ 127.0.0.1:5000/org/app:v1 → sha256:abc (index, 3 platforms): “fine” #1";
    assert.equal(sanitise(plain), plain);
    assert.equal(sanitise("x".repeat(5_000)).length, 4_001);
  });

  it("returns no more than an annotation holds, even if every character is escaped", () => {
    for (const unseen of ["\u0000", "\u202e", "\u{e0001}", "::", "##", "\ud800"])
      assert.equal(sanitise(unseen.repeat(5_000)).length, 4_001);
  });

  it("escapes invisible characters and commands", () =>
    assert.equal(sanitise("a\u0000b\u202ec\n##[x]::d"), "a\\x00b\\u202ec\\x0a#\\#[x]:\\:d"));
});

// test/e2e/markdown.test.ts shows what GitHub's own renderer makes of it.
describe("markdown", () => {
  it("writes markup as character references, and nothing else", () => {
    assert.equal(
      markdown("<img src=x>|`a`[b](c)*d*_e_~f~&amp;\\*!\"'"),
      "&#60;img src=x>&#124;&#96;a&#96;&#91;b](c)&#42;d&#42;&#95;e&#95;&#126;f&#126;&#38;amp;&#92;&#42;!\"'",
    );
  });

  it("takes plain text apart that GitHub makes a link, a formula or a picture", () => {
    for (const [text, written] of [
      ["@org/team", "<span>@</span>org/team"],
      ["me@a.example", "me<span>@</span>a.example"],
      ["org/app#1", "org/app<span>#</span>1"],
      ["$x$", "<span>$</span>x<span>$</span>"],
      ["https://a.example", "https<span>:</span>//a.example"],
      ["WWW.a.example www.b", "WWW<span>.</span>a.example www<span>.</span>b"],
      ["a :tada: :+1: b", "a <span>:</span>tada: <span>:</span>+1: b"],
      ["127.0.0.1:5000/org/app:1.0", "127.0.0.1:5000/org/app:1.0"],
    ] as const)
      assert.equal(markdown(text), written);
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

  it("writes in strings only characters that are plain to every shell", () => {
    const shell = fc.string({
      unit: fc.constantFrom(
        ..."$`'\"\\<>&;|()[]{}*?~!#=%^,@ \n\t\u007f\u0085\u00a0é\u2019nub-/+.:_",
      ),
    });
    const plain = /^\{"([^"]*)":\["([^"]*)",-1.5,true,null\]\}$/;
    fc.assert(
      fc.property(shell, (text) => {
        const [, key = " ", value = " "] =
          plain.exec(harmlessJson({ [text]: [text, -1.5, true, null] })) ?? [];
        // PowerShell would take a string that starts with - or / for an option.
        for (const written of [key, value])
          assert.match(written, /^(\w|\\u[0-9a-f]{4})?(\w|[+\-./:]|\\u[0-9a-f]{4})*$/);
      }),
      { numRuns: 1_000 },
    );
    assert.equal(
      harmlessJson('a$(b)\n\\n\\\\"'),
      '"a\\u0024\\u0028b\\u0029\\u000a\\u005cn\\u005c\\u005c\\u0022"',
    );
    assert.equal(
      harmlessJson(["-a", "/b", "linux/arm64", "a-b:1.0+c"]),
      '["\\u002da","\\u002fb","linux/arm64","a-b:1.0+c"]',
    );
  });

  for (const quote of "'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u2013\u2014\u2015\u0085\u00a0\u2003\u2028\u3000") {
    it(`escapes ${unicodeOf(quote)}, which is syntax to PowerShell`, () => {
      assert.equal(
        harmlessJson({ [quote]: `a${quote}` }),
        `{"${unicodeOf(quote)}":"a${unicodeOf(quote)}"}`,
      );
    });
  }

  it("takes long strings", () => {
    assert.equal(harmlessJson("\n".repeat(300_000)).length, 1_800_002);
  });
});

function unicodeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
