import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PullError } from "../../src/oci/failure.ts";
import {
  asList,
  asObject,
  asShortList,
  asString,
  asStringMap,
  excerpt,
  kindOf,
  parseJson,
} from "../../src/oci/json.ts";

const parse = (text: string | Buffer): unknown => parseJson(Buffer.from(text), "manifest");

describe("parseJson", () => {
  for (const [name, text, problem] of [
    ["a key given twice", '{"layers":[1],"layers":[2]}', /duplicate key "layers"/],
    [
      "a key given twice, once escaped",
      '{"layers":[1],"\\u006cayers":[2]}',
      /duplicate key "layers"/,
    ],
    ["a key given twice deep inside", '[{"a":{"b":1,"b":2}}]', /duplicate key "b"/],
    ["nesting deeper than 32", `${"[".repeat(33)}${"]".repeat(33)}`, /too deep/],
    ["text that is not JSON", "<html>", /not JSON/],
    ["an empty body", "", /not JSON/],
    ["a byte order mark", "\uFEFF{}", /byte order mark/],
    ["a NUL", "{}\0", /not JSON/],
  ] as const) {
    it(`refuses ${name}`, () => assert.throws(() => parse(text), problem));
  }

  it("refuses bytes that are not UTF-8", () =>
    assert.throws(() => parse(Buffer.from([0x22, 0xff, 0x22])), /not valid UTF-8/));

  it("refuses 500,000 levels and 4 MiB of garbage without overflowing the stack", () => {
    assert.throws(() => parse("[".repeat(500_000)), /too deep/);
    assert.throws(() => parse('"\\'.repeat(2 * 1024 * 1024)), /not JSON/);
    assert.throws(() => parse('{"a":'.repeat(800_000)), /too deep/);
  });

  it("takes 32 levels, and the same key in different objects", () => {
    assert.equal(JSON.stringify(parse(`${"[".repeat(32)}${"]".repeat(32)}`)).length, 64);
    assert.deepEqual(parse('[{"a":1},{"a":{"a":"\\"a\\":"}}]'), [{ a: 1 }, { a: { a: '"a":' } }]);
  });

  it("takes __proto__ as an ordinary key", () => {
    const value = asStringMap(
      asObject(parseJson(Buffer.from('{"__proto__":"x","constructor":"y"}'), "labels"), "labels"),
      "labels",
    );
    assert.deepEqual(
      [...value],
      [
        ["__proto__", "x"],
        ["constructor", "y"],
      ],
    );
    assert.equal(({} as { x?: unknown }).x, undefined);
  });

  it("reads everything that JSON.stringify writes, as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 10 }), (value) => {
        const text = JSON.stringify(value, undefined, 1);
        assert.deepEqual(parse(text), JSON.parse(text));
      }),
    );
  });

  it("throws only PullErrors", () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0a1 \n'), maxLength: 60 });
    fc.assert(
      fc.property(
        fc.oneof(
          hostile.map((text) => Buffer.from(text)),
          fc.uint8Array().map(Buffer.from),
        ),
        (bytes) => {
          try {
            parseJson(bytes, "x");
          } catch (error) {
            assert.ok(error instanceof PullError && error.status === "invalid");
          }
        },
      ),
    );
  });
});

describe("readers of values", () => {
  it("refuse a known field in another case, which Go would read as the field", () => {
    assert.throws(
      () => asObject({ LAYERS: [] }, "manifest", ["layers"]),
      /ambiguous: it has "LAYERS" where layers/,
    );
    assert.deepEqual(asObject({ Other: 1 }, "manifest", ["layers"]), { Other: 1 });
  });

  it("name what was expected and what was found", () => {
    assert.throws(() => asObject([], "config"), /config: expected an object, got a list/);
    assert.throws(() => asList({}, "layers"), /layers: expected a list, got an object/);
    assert.throws(() => asString(1, "mediaType"), /mediaType: expected a string, got a number/);
    assert.throws(() => asStringMap({ a: 1 }, "labels"), /labels a: expected a string/);
    assert.throws(() => asObject(undefined, "config"), /got nothing/);
    assert.throws(() => asObject(null, "config"), /got null/);
  });

  it("take an absent or null value as empty", () => {
    assert.deepEqual(
      [asList(null, "x"), asList(undefined, "x"), asString(null, "x"), [...asStringMap(null, "x")]],
      [[], [], "", []],
    );
  });
});

describe("asShortList", () => {
  it("takes 1024 entries and no more", () => {
    assert.equal(asShortList(Array(1024).fill(1), "layers").length, 1024);
    assert.throws(
      () => asShortList(Array(1025).fill(1), "layers"),
      /too many layers: expected at most 1024, got 1025/,
    );
  });
});

describe("excerpt", () => {
  for (const [length, expected] of [
    [100, "x".repeat(100)],
    [101, `${"x".repeat(100)}…`],
  ] as const) {
    it(`of ${length} characters has ${expected.length}`, () =>
      assert.equal(excerpt("x".repeat(length)), expected));
  }
});

describe("kindOf", () => {
  for (const [value, kind] of [
    [undefined, "nothing"],
    [null, "null"],
    [[], "a list"],
    [{}, "an object"],
    ["", "a string"],
    [0, "a number"],
    [false, "a boolean"],
  ] as const) {
    it(`of ${JSON.stringify(value)} is ${kind}`, () => assert.equal(kindOf(value), kind));
  }
});
