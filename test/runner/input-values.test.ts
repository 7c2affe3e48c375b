import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InputValues } from "../../src/runner/input-values.ts";

const DEFAULTS = { value: "", "with-default": "a default" };

/** The values of an environment in which the input `value` has some text. */
function valuesOf(value?: string): InputValues<keyof typeof DEFAULTS> {
  return new InputValues({ INPUT_VALUE: value }, DEFAULTS);
}

describe("the text of an input", () => {
  for (const [written, lines, text] of [
    [undefined, "a default", "a default"],
    ["", "a default", "a default"],
    [" \n", " \n", "a default"],
    ["\n a \n", "\n a \n", "a"],
  ] as const) {
    it(`is ${JSON.stringify(text)} for ${JSON.stringify(written)}`, () => {
      const values = new InputValues({ "INPUT_WITH-DEFAULT": written }, DEFAULTS);
      assert.deepEqual([values.lines("with-default"), values.text("with-default")], [lines, text]);
    });
  }

  it("must match a pattern if there is one", () => {
    const values = valuesOf("x y");
    assert.equal(values.matching("value", /^\w+$/, "one word"), "x y");
    assert.deepEqual(values.problems, ['value: expected one word, got "x y"']);
  });

  it("may be a list, whose items keep their lines", () => {
    const items = valuesOf("\na, b\n").items("value");
    assert.deepEqual(items, [
      { where: "value, line 2", text: "a" },
      { where: "value, line 2", text: "b" },
    ]);
  });
});

describe("a number", () => {
  for (const text of ["1", "64", "007"]) {
    it(`may be ${text}`, () => {
      const values = valuesOf(text);
      assert.equal(values.number("value", 1, 64), Number(text));
      assert.deepEqual(values.problems, []);
    });
  }

  for (const text of ["0", "65", "-1", "1.5", "1e1", "0x1", "", "5m", "9".repeat(10)]) {
    it(`from 1 to 64 may not be ${JSON.stringify(text)}`, () => {
      const values = valuesOf(text);
      values.number("value", 1, 64);
      const found = `value: expected a whole number from 1 to 64, got ${JSON.stringify(text)}`;
      assert.deepEqual(values.problems, [found]);
    });
  }
});

describe("a boolean", () => {
  for (const [text, expected] of [
    ["true", true],
    ["True", true],
    ["TRUE", true],
    ["false", false],
    ["False", false],
    ["FALSE", false],
  ] as const) {
    it(`is ${expected} for ${text}`, () => assert.equal(valuesOf(text).boolean("value"), expected));
  }

  for (const text of ["", "yes", "1", "tRUE"]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      const values = valuesOf(text);
      values.boolean("value");
      assert.deepEqual(values.problems, [
        `value: expected true or false, got ${JSON.stringify(text)}`,
      ]);
    });
  }
});

describe("a choice", () => {
  it("is one of some words", () =>
    assert.equal(valuesOf("read").choice("value", ["auto", "read"]), "read"));

  it("may be nothing else", () => {
    const values = valuesOf("Read");
    assert.equal(values.choice("value", ["auto", "read"]), "auto");
    assert.deepEqual(values.problems, ['value: expected auto, read, got "Read"']);
  });
});

describe("a size", () => {
  for (const [text, bytes] of [
    ["0", 0],
    ["500", 500],
    ["500 B", 500],
    ["2k", 2_000],
    ["2kB", 2_000],
    ["2KiB", 2_048],
    ["1MiB", 2 ** 20],
    ["3 gib", 3 * 2 ** 30],
    ["9".repeat(400), Number.MAX_SAFE_INTEGER],
  ] as const) {
    it(`of ${text.slice(0, 10)} is ${bytes} bytes`, () => {
      const values = valuesOf(text);
      assert.equal(values.size("value"), bytes);
      assert.deepEqual(values.problems, []);
    });
  }

  for (const text of ["", "MiB", "1.5MB", "-1", "1 TB", "1  MB"]) {
    it(`may not be ${JSON.stringify(text)}`, () => {
      const values = valuesOf(text);
      assert.equal(values.size("value"), 0);
      assert.match(
        values.problems.join(),
        /^value: expected a size like 500kB, 1MiB or 2GiB, got /,
      );
    });
  }
});

describe("a list of hosts", () => {
  it("is in lower case, each host once", () => {
    const values = valuesOf("Reg.Example:5000, localhost\n[::1]:80\nlocalhost");
    assert.deepEqual([...values.hosts("value")], ["reg.example:5000", "localhost", "[::1]:80"]);
    assert.deepEqual(values.problems, []);
  });

  for (const text of ["http://x", "a/b", "a:b", "a:123456", "::1", "a b"]) {
    it(`may not have ${text}`, () => {
      const values = valuesOf(`good.example\n${text}`);
      values.hosts("value");
      const found = `value, line 2: expected host or host:port, got ${JSON.stringify(text)}`;
      assert.deepEqual(values.problems, [found]);
    });
  }
});
