import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { interpolate, type Variable } from "../../src/find/interpolation.ts";

const VALUES: ReadonlyMap<string, string> = new Map([
  ["TAG", "3.20"],
  ["_T2", "two"],
  ["EMPTY", ""],
  ["LITERAL", "$TAG"],
  ["LONG", "x".repeat(600)],
]);

const variable: Variable = (name) => {
  if (name === "SECRET") return { why: "SECRET may be a secret" };
  const value = VALUES.get(name);
  return value === undefined ? undefined : { value };
};

const KNOWN: Readonly<Record<string, string>> = {
  "": "",
  alpine: "alpine",
  "alpine:$TAG": "alpine:3.20",
  "alpine:${TAG}": "alpine:3.20",
  "$TAG-slim": "3.20-slim",
  "${TAG}slim$_T2": "3.20slimtwo",
  "a${EMPTY}b$EMPTY": "ab",
  "${TAG:-d}": "3.20",
  "${TAG-d}": "3.20",
  "${NONE:-d}": "d",
  "${NONE-d}": "d",
  "${EMPTY:-d}": "d",
  "${EMPTY-d}": "",
  "${NONE:-}x": "x",
  "${NONE-}x": "x",
  "${TAG:?error}": "3.20",
  "${TAG?error}": "3.20",
  "${EMPTY?error}": "",
  "${TAG:+-a}": "-a",
  "${TAG+-a}": "-a",
  "${EMPTY+a}": "a",
  "${EMPTY:+a}": "",
  "${NONE:+a}": "",
  "${NONE+a}": "",
  "${NONE:-${TAG}}": "3.20",
  "${NONE:-$TAG}": "3.20",
  "${NONE:-${EMPTY:-${NONE-c}}}": "c",
  "${NONE:-a${TAG}b$_T2}c": "a3.20btwoc",
  "${TAG:-${BAD!}}": "3.20",
  "${TAG:+${NONE:-n}}": "n",
  "${NONE:-docker.io:5000/a:-b?c+d}": "docker.io:5000/a:-b?c+d",
  "${NONE:-}${TAG}": "3.20",
  $$: "$",
  "$${TAG}": "${TAG}",
  $$TAG: "$TAG",
  $$$TAG: "$3.20",
  "${NONE:-$$TAG}": "$TAG",
  "${LITERAL}": "$TAG",
  "a $ b": "a $ b",
  "^a$": "^a$",
  "$1 $} $(TAG) $-": "$1 $} $(TAG) $-",
};

const UNKNOWN: Readonly<Record<string, string>> = {
  "alpine:$NONE": "NONE has no value and no default",
  "${TAG}${NONE}": "NONE has no value and no default",
  "${NONE:-$OTHER}": "OTHER has no value and no default",
  "${TAG:+$OTHER}": "OTHER has no value and no default",
  $__proto__: "__proto__ has no value and no default",
  "${NONE:?set it}": "NONE has no value, and the file requires one",
  "${NONE?}": "NONE has no value, and the file requires one",
  "${EMPTY:?$TAG}": "EMPTY has no value, and the file requires one",
  "${": "Compose refuses this form of a variable",
  "${}": "Compose refuses this form of a variable",
  "${TAG": "Compose refuses this form of a variable",
  "${ TAG}": "Compose refuses this form of a variable",
  "${TAG }": "Compose refuses this form of a variable",
  "${TAG!}": "Compose refuses this form of a variable",
  "${TAG:3}": "Compose refuses this form of a variable",
  "${TAG/a/b}": "Compose refuses this form of a variable",
  "${1}": "Compose refuses this form of a variable",
  "${NONE:-${TAG}": "Compose refuses this form of a variable",
  "a:$SECRET": "SECRET may be a secret",
  "${SECRET:-b}": "SECRET may be a secret",
  "${SECRET:+b}": "SECRET may be a secret",
  "${NONE:-$SECRET}": "SECRET may be a secret",
  $LONG$LONG: "it is too long for a reference",
};

describe("interpolate", () => {
  for (const [text, value] of Object.entries(KNOWN)) {
    it(`makes ${JSON.stringify(value)} of ${text}`, () => {
      assert.deepEqual(interpolate(text, variable), { value });
    });
  }

  for (const [text, why] of Object.entries(UNKNOWN)) {
    it(`does not know ${text}`, () => assert.deepEqual(interpolate(text, variable), { why }));
  }

  it("stops at defaults that are nested too deeply", () => {
    const nested = (depth: number): string => `${"${A:-".repeat(depth)}x${"}".repeat(depth)}`;
    assert.deepEqual(interpolate(nested(20), variable), { value: "x" });
    const why = "its variables are nested too deeply";
    assert.deepEqual(interpolate(nested(100_000), variable), { why });
  });

  it("does not copy a long value thousands of times", () => {
    let asked = 0;
    const counting: Variable = (name) => {
      asked++;
      return variable(name);
    };
    interpolate("$LONG".repeat(100_000), counting);
    assert.ok(asked <= 2);
  });

  it("keeps a text without a dollar sign, whatever its length", () => {
    const text = fc.string().map((one) => one.replaceAll("$", "").repeat(500));
    fc.assert(
      fc.property(text, (value) => {
        assert.deepEqual(interpolate(value, variable), { value });
      }),
    );
  });

  it("gives back a text whose dollar signs were doubled", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        assert.deepEqual(interpolate(value.replaceAll("$", "$$$$"), variable), { value });
      }),
    );
  });

  it("never throws", () => {
    const piece = fc.constantFrom("$", "{", "}", ":", "-", "+", "?", "TAG", "NONE", "é", "\n");
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (one) => {
        const expansion = interpolate(one, variable);
        assert.ok("value" in expansion || expansion.why !== "");
      }),
    );
  });
});
