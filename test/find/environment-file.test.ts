import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Guard, parseEnvironment } from "../../src/find/environment-file.ts";
import type { Variable } from "../../src/find/interpolation.ts";

const GIVEN: ReadonlyMap<string, string> = new Map([
  ["HOST", "ghcr.io"],
  ["OVERRIDDEN", "outside"],
]);

function parse(text: string): Readonly<Record<string, string>> {
  const expansions = parseEnvironment(text, given, (_name, value) => ({ value }));
  const values = [...expansions].map(([name, expansion]) => {
    return [name, "value" in expansion ? expansion.value : `? ${expansion.why}`];
  });
  return Object.fromEntries(values);
}

const given: Variable = (name) => {
  const value = GIVEN.get(name);
  return value === undefined ? undefined : { value };
};

type Row = readonly [text: string, values: Readonly<Record<string, string>>];

const ROWS: Readonly<Record<string, Row>> = {
  "takes a value to the end of its line": ["A=b c\nB=1", { A: "b c", B: "1" }],
  "takes spaces around the key and the value": ["  A =  b \t\n\tB= c", { A: "b", B: "c" }],
  "takes an empty value": ["A=\nB=''\nC=\"\"\nD", { A: "", B: "", C: "" }],
  "takes the last of two values": ["A=1\nA=2", { A: "2" }],
  "takes export": ["export A=1\nexport\tB=2\n  export C=3\nexportD=4", expected("1234")],
  "takes a colon": ["A: 1\nB:2\nC=x:y", { A: "1", B: "2", C: "x:y" }],
  "skips comments and blank lines": ["# A=1\n\n  # B=2\nC=3\n", { C: "3" }],
  "ends a value at a comment after a space": [
    "A=b # c\nB=b#c\nC=b #\nD=#d",
    { A: "b", B: "b#c", C: "b", D: "#d" },
  ],
  "ends a quoted value at its quote": [
    "A='b' # c\nB=\"b\" # c\nC='a # b'\nD=\"a#b\"#c",
    { A: "b", B: "b", C: "a # b", D: "a#b" },
  ],
  "takes a quoted value over several lines": [
    "A='x\nB=1'\nC=\"y\nD=2\"\nE=3",
    { A: "x\nB=1", C: "y\nD=2", E: "3" },
  ],
  "takes a quote without an end as text": ["A='x\nB=\"y\nC=3", { A: "'x", B: '"y', C: "3" }],
  "takes quotes inside a value as text": ["A=b'c\"d", { A: "b'c\"d" }],
  "reads escapes in double quotes only": [
    "A=\"a\\\"b\\n\\\\c\\d\"\nB='a\\nb'\nC=a\\nb\nD='it\\'s'",
    { A: 'a"b\n\\c\\d', B: "a\\nb", C: "a\\nb", D: "it's" },
  ],
  "puts in earlier values": [
    "V=1\nA=$V\nB=\"${V}.2\"\nC='$V'\nD=${NONE:-$V}",
    { V: "1", A: "1", B: "1.2", C: "$V", D: "1" },
  ],
  "puts in the environment before earlier values": [
    "OVERRIDDEN=inside\nA=$OVERRIDDEN\nB=${HOST}/app",
    { OVERRIDDEN: "inside", A: "outside", B: "ghcr.io/app" },
  ],
  "starts no variable at an escaped dollar sign": [
    'V=1\nA="\\$V"\nB=$$V\nC="$$V"',
    { V: "1", A: "$V", B: "$V", C: "$V" },
  ],
  "does not know a value with a variable that has none": [
    "A=$NONE\nB=1\nB=${NONE}\nC=x$A\nD=${\nE=4",
    {
      A: "? NONE has no value and no default",
      B: "? NONE has no value and no default",
      C: "? NONE has no value and no default",
      D: "? Compose refuses this form of a variable",
      E: "4",
    },
  ],
  "takes a byte order mark and CRLF": [
    "\uFEFFA=1\r\nB='2'\r\n\r\nC=\"3\" # c\r\n",
    { A: "1", B: "2", C: "3" },
  ],
  "skips what is no assignment": ["hello\n=x\nA B=1\né=2\nC=3", { C: "3" }],
};

function expected(values: string): Readonly<Record<string, string>> {
  const [A = "", B = "", C = "", exportD = ""] = values;
  return { A, B, C, exportD };
}

describe("parseEnvironment", () => {
  for (const [what, [text, values]] of Object.entries(ROWS)) {
    it(what, () => assert.deepEqual(parse(text), values));
  }

  it("takes a key that every object has", () => {
    const guard: Guard = (_name, value) => ({ value });
    const values = parseEnvironment("__proto__=1\nA=$__proto__\n", () => undefined, guard);
    assert.deepEqual(
      [...values],
      [
        ["__proto__", { value: "1" }],
        ["A", { value: "1" }],
      ],
    );
  });

  it("asks about each value, and takes the answer for the values that have it", () => {
    const guard: Guard = (name, value) => (name === "B" ? { why: `not ${value}` } : { value });
    const values = parseEnvironment("A=1\nB='2'\nC=x$B\nD=$A\n", () => undefined, guard);
    assert.deepEqual(Object.fromEntries(values), {
      A: { value: "1" },
      B: { why: "not 2" },
      C: { why: "not 2" },
      D: { value: "1" },
    });
  });

  it("gives back what was written in single quotes", () => {
    const value = fc.string().map((one) => one.replace(/['\\]/g, ""));
    fc.assert(fc.property(value, (one) => assert.deepEqual(parse(`A='${one}'`), { A: one })));
  });

  it("never throws, and takes time linear in the text", () => {
    const piece = fc.constantFrom("A", "=", '"', "'", "\\", "$", "{", "}", " ", "#", "\n", "\r");
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));
    fc.assert(fc.property(text, (one) => void parse(one)));
    for (const unit of ['A="\n', "A='\n", 'A="\\"\n', "A \n", "export ", "A=$A\n", '"']) {
      parse(unit.repeat(200_000));
    }
  });
});
