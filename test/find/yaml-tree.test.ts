import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SourceText } from "../../src/find/source-text.ts";
import { YamlTree } from "../../src/find/yaml-tree.ts";
import type { YamlValue } from "../../src/find/yaml-value.ts";

function parse(text: string): YamlTree {
  return new YamlTree(new SourceText(text), text);
}

/** The value at a path of keys in the first document. */
function at({ documents }: YamlTree, ...keys: readonly string[]): YamlValue {
  const [document] = documents;
  assert.ok(document);
  return keys.reduce((value, key) => value.get(key), document);
}

type Row = readonly [text: string, value: string, written: string, style: string];

const SCALARS: Readonly<Record<string, Row>> = {
  "a plain scalar": ["a: b # c", "b", "b", "plain"],
  "a number as it is written": ["a: 1.20", "1.20", "1.20", "plain"],
  "a word that other schemas read as a boolean": ["a: yes", "yes", "yes", "plain"],
  "single quotes": ["a: 'b''c'", "b'c", "b''c", "quoted"],
  "double quotes": ['a: "b\\tc"', "b\tc", "b\\tc", "quoted"],
  "a literal block": ["a: |-\n  b\n  c\nd: e", "b\nc", "b\n  c", "block"],
  "a folded block": ["a: >+\n\n  b\n  c\n\n", "b c", "b\n  c", "block"],
  "an empty block": ["a: |\nb: c", "", "", "block"],
  "a plain scalar of several lines": ["a: b\n  c", "b c", "b\n  c", "plain"],
  "a scalar with a tag and an anchor": ["a: !!str &x b", "b", "b", "plain"],
};

const NOTHING = ["a:", "a: ~", "a: null", "a: Null", "a: NULL", "a: ''", "{a}", "a: {}", "a: []"];

const MERGED = `base: &base { image: one, x: base }
other: &other { <<: *base, x: other }
map: { <<: *other }
own: { x: own, <<: *other }
list: { <<: [{ y: first }, *other, { y: last, z: last }] }
deep: { <<: { <<: [{ <<: *other }] } }
unknown: { <<: *nothing, z: here }
`;

const MERGES: readonly (readonly [map: string, key: string, expected: string])[] = [
  ["map", "image", "one"],
  ["map", "x", "other"],
  ["own", "x", "own"],
  ["list", "y", "first"],
  ["list", "x", "other"],
  ["list", "z", "last"],
  ["deep", "image", "one"],
  ["unknown", "z", "here"],
  ["map", "none", ""],
];

// What Go's parser accepts: https://github.com/go-yaml/yaml
const ACCEPTED: Readonly<Record<string, string>> = {
  "a flow collection that ends at its key's column": "a: {\n  b: c\n}\nd: [\n]\n",
  "tabs between tokens": "a:\tb\nc:\t{d: e}\n",
  "a comment without a space before it": 'a: "b"# c\n',
  "a long key": `${"k".repeat(1_100)}: a\n`,
  "a key that is repeated": "a: b\na: c\n",
  "an unknown tag": "a: !reference [b, c]\n",
  "an unknown directive": "%FOO bar\n---\na: b\n",
};

// Flow collections whose lines are indented less than their key, which Go's parser also accepts.
const FLOWS: Readonly<Record<string, readonly [text: string, ...values: string[]]>> = {
  "a list that continues at column 0": ['a:\n  b: ["c",\n"d"]\n  e: f\n', "c d", "f"],
  "JSON at column 0": ['a:\n  b: {\n"x": "y",\n"z": [\n1]\n}\n  e: f\n', "y 1", "f"],
  "brackets, quotes and comments in it": [
    "a:\n  b: [c, # ]\n'it''s ]', \"\\\"]\",\n# }\n{d: ']'}, x#]\n  e: f\n",
    "c it's ] \"] ] x#",
    "f",
  ],
  "quotes over several lines": ["a:\n  b: ['c\nd', \"e\n  f\"]\n  e: f\n", "c d e   f", "f"],
  "a plain scalar over several lines": ["a:\n  b: [c\nd]\n  e: f\n", "c d", "f"],
  "double quotes that end at their key": ['a:\n  b: ["\n    x\n  "]\n  e: f\n', "     x   ", "f"],
  "single quotes that end at their key": ["a:\n  b: 'it''s\n  '\n  e: f\n", "it's   ", "f"],
  "escaped quotes in them": ['a:\n  b: "c\\" x\n  d"\n  e: f\n', 'c" x   d', "f"],
  "several quotes that end at their key": [
    "a:\n  b: ['c\n  ', 'd\n  ']\n  e: f\n",
    "c    d   ",
    "f",
  ],
  "carriage returns": ["a:\r\n  b: [c,\r\nd] # ]\r\n  e: f\r\n", "c d", "f"],
  "several of them": [
    "a:\n  x: [1,\n2]\n  b:\n  - [c,\n]\n  - {d,\n}\n  e: [f,\ng]\n",
    "c ",
    "f g",
  ],
};

/** The scalars in a value, in a line. */
function joined(value: YamlValue): string {
  if (value.text !== undefined) return value.string;
  const inner = [...value.items, ...value.entries.map(([, one]) => one)];
  return inner.map(joined).join(" ");
}

const DEEP: Readonly<Record<string, string>> = {
  "mappings in a list": `images: [${"a: ".repeat(3_000)}`,
  brackets: `a: ${"[".repeat(3_000)}`,
  "closed brackets": `a: ${"[".repeat(3_000)}${"]".repeat(3_000)}`,
  JSON: `${'{"a":'.repeat(3_000)}`,
  "lists on a line": `a:\n  ${"- ".repeat(3_000)}`,
  "mappings on a line": "a: ".repeat(3_000),
  "explicit keys": "? ".repeat(3_000),
};

const REFUSED: Readonly<Record<string, readonly [text: string, line: number]>> = {
  "a list that is never closed": ["a: b\nc: [d,\ne: f\ng: h\n", 2],
  "a mapping that is never closed": ["a:\n  b: {c: d,\ne: f}\n  g: {h: i,\nj: [k]\n", 4],
  "a list that ends as a mapping": ["a: b\nc: [d,\ne}\n", 3],
  "a list that a document ends": ["a: [b,\n---\nc]\n", 1],
  "an item at another column": ["a:\n  - b\n - c\n", 3],
  "a key at another column": ["a:\n  b: c\n d: e\n", 3],
  "quotes that are not closed": ['a: b\nc: "d\n', 3],
  "a tab that indents": ["a:\n  b:\n\tc: d\n", 3],
  "a mapping in a plain scalar": ["a: b\nc: d: e\n", 2],
};

describe("YamlTree", () => {
  for (const [what, [text, value, written, style]] of Object.entries(SCALARS)) {
    it(`reads ${what}`, () => {
      const tree = parse(text);
      const read = at(tree, "a").text;
      assert.ok(read !== undefined);
      assert.deepEqual([read.value, read.style], [value, style]);
      assert.equal(tree.source.text.slice(read.start, read.end), written);
    });
  }

  for (const text of NOTHING) {
    it(`reads nothing in ${text}`, () => {
      const tree = parse(text);
      assert.equal(at(tree, "a").string, "");
    });
  }

  it("reads an alias as the last anchor before it", () => {
    const tree = parse("a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: *y\nf: &y 3\n");
    const values = ["b", "d", "e", "f"].map((key) => at(tree, key).string);
    assert.deepEqual(values, ["1", "2", "", "3"]);
  });

  it("takes the first value of a key that is repeated", () => {
    const tree = parse("a: 1\na: 2\n");
    assert.equal(at(tree, "a").string, "1");
  });

  it("keeps the anchors of each document apart", () => {
    const tree = parse("a: &x 1\n---\na: *x\n");
    const values = tree.documents.map((document) => document.get("a").string);
    assert.deepEqual(values, ["1", ""]);
  });

  for (const [map, key, expected] of MERGES) {
    it(`finds ${expected || "nothing"} at ${map}.${key} with merge keys`, () => {
      const tree = parse(MERGED);
      assert.equal(at(tree, map, key).string, expected);
    });
  }

  it("ends at mappings that merge themselves", () => {
    const tree = parse("a: &a { <<: [*b, *a], b: &b { <<: *a } }\n");
    assert.equal(at(tree, "a", "none").exists, false);
  });

  it("has the entries of mappings and the items of lists, and none of anything else", () => {
    const tree = parse("map: { a: 1, [x]: 2, b: *l }\nlist: &l [1, {c: 2}]\n");
    const keys = at(tree, "map").entries.map(([key]) => key);
    const items = at(tree, "list").items.map((item) => item.string);
    assert.deepEqual(
      [keys, items],
      [
        ["a", "b"],
        ["1", ""],
      ],
    );
    assert.deepEqual([at(tree, "list").entries, at(tree, "map").items], [[], []]);
    assert.deepEqual([at(tree, "map").isMap, at(tree, "map").isList], [true, false]);
  });

  for (const [what, text] of Object.entries(ACCEPTED)) {
    it(`accepts ${what}`, () => assert.equal(parse(text).mistake, undefined));
  }

  for (const [what, [text, value, next]] of Object.entries(FLOWS)) {
    it(`reads ${what}, and what follows`, () => {
      const tree = parse(text);
      assert.equal(tree.mistake, undefined);
      assert.equal(joined(at(tree, "a", "b")), value);
      assert.equal(joined(at(tree, "a", "e")), next);
    });
  }

  it("keeps the places in a list that continues at column 0", () => {
    const tree = parse('a: ["é", # c\n"b",\nc]\nd: e\n');
    const places = [...at(tree, "a").items, at(tree, "d")].map(({ text }) => {
      return text && tree.source.text.slice(text.start, text.end);
    });
    assert.deepEqual(places, ["é", "b", "c", "e"]);
  });

  for (const [what, text] of Object.entries(DEEP)) {
    it(`refuses deep ${what}`, () => {
      assert.equal(parse(text).mistake?.message, "it is nested too deeply");
    });
  }

  it("reads what is nested a hundred times", () => {
    const text = `${"[".repeat(100)}a${"]".repeat(100)}`;
    assert.equal(parse(text).mistake, undefined);
  });

  it("names the first of many mistakes", () => {
    const text = `a: b\nc: d\n${"} ".repeat(100_000)}`;
    assert.equal(parse(text).mistake?.line, 3);
  });

  it("names a mistake in a later document, and keeps what stands before it", () => {
    for (const end of ["---\n", "...\n---\n"]) {
      const tree = parse(`a: b\n${end}c: d: e\n`);
      assert.ok(tree.mistake !== undefined);
      assert.equal(at(tree, "a").string, "b");
    }
  });

  for (const [what, [text, line]] of Object.entries(REFUSED)) {
    it(`names the line of ${what}`, () => assert.equal(parse(text).mistake?.line, line));
  }
});
