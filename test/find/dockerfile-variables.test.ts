import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { expand, PREDEFINED, type Variables } from "../../src/find/dockerfile-variables.ts";

const VARIABLES: Variables = new Map([
  ...PREDEFINED,
  ["A", { value: "a" }],
  ["EMPTY", { value: "" }],
  ["LONG", { value: "x".repeat(400) }],
]);

// BuildKit's own table has the same forms:
// https://github.com/moby/buildkit/blob/v0.23.2/frontend/dockerfile/shell/envVarTest
const VALUES: Readonly<Record<string, string>> = {
  "x:1": "x:1",
  $A: "a",
  "${A}": "a",
  "$A$A.${A}": "aa.a",
  "$A-b": "a-b",
  "${A:-b}": "a",
  "${NONE:-b}": "b",
  "${EMPTY:-b}": "b",
  "${NONE-b}": "b",
  "${EMPTY-b}": "",
  "${A:+b}": "b",
  "${EMPTY:+b}": "",
  "${NONE:+b}": "",
  "${EMPTY+b}": "b",
  "${A:?b}": "a",
  "${EMPTY?b}": "",
  "${NONE:-${A}}": "a",
  "${NONE:-${NONE:-$A}}": "a",
  "${NONE:-'}'}": "}",
  "${A:-$NONE}": "a",
  "'$A'": "$A",
  '"$A b"': "a b",
  '"it\'s $A"': "it's a",
  '"\\$A \\x"': "$A \\x",
  "\\$A": "$A",
  "$/x": "$/x",
  x$: "x$",
};

const UNKNOWN: Readonly<Record<string, RegExp>> = {
  $NONE: /without a value/,
  "${NONE}": /without a value/,
  $1: /without a value/,
  "${NONE:?message}": /without a value/,
  "${EMPTY:?message}": /without a value/,
  "${NONE:-$NONE}": /without a value/,
  $TARGETARCH: /platform/,
  "${BUILDPLATFORM:-linux}": /platform/,
  "${A#x}": /only a build/,
  "${A%x}": /only a build/,
  "${A/x/y}": /only a build/,
  "${A:x}": /only a build/,
  "${}": /only a build|without a value/,
  "${A": /no end/,
  "${A:-b": /no end/,
  "${A:-$NONE": /no end/,
  "'x": /no end/,
  '"x': /no end/,
  $LONG$LONG: /longer/,
  [`${"${N:-".repeat(30)}x${"}".repeat(30)}`]: /nested/,
};

describe("expand", () => {
  for (const [word, value] of Object.entries(VALUES)) {
    it(`gives ${value || "nothing"} for ${word}`, () => {
      assert.deepEqual(expand(word, VARIABLES, "\\"), { value });
    });
  }

  for (const [word, why] of Object.entries(UNKNOWN)) {
    it(`gives no value for ${word.slice(0, 40)}`, () => {
      const expansion = expand(word, VARIABLES, "\\");
      assert.match("why" in expansion ? expansion.why : expansion.value, why);
    });
  }

  it("takes the escape character of the file", () => {
    assert.deepEqual(expand("`$A\\b", VARIABLES, "`"), { value: "$A\\b" });
  });

  it("never fails, and gives no value longer than a reference", () => {
    const atoms = fc.constantFrom(..."$${}}:-+?'\"\\ab_1", "${A:-", "$LONG");
    fc.assert(
      fc.property(fc.array(atoms, { maxLength: 60 }), (parts) => {
        const expansion = expand(parts.join(""), VARIABLES, "\\");
        if ("value" in expansion) assert.ok(expansion.value.length <= 500);
      }),
    );
  });
});
