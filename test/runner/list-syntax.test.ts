import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import { formatPlatform } from "../../src/oci/platform.ts";
import { attempt, lines, listItems, readPlatforms } from "../../src/runner/list-syntax.ts";

describe("lines", () => {
  // text, then the lines, each with its number
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["one", ["1 one"]],
    ["one\ntwo\r\nthree", ["1 one", "2 two", "3 three"]],
    ["\n\n  one  \n\ntwo", ["3 one", "5 two"]],
    ["# a comment\none # another\n\t#third", ["2 one"]],
    ["one#two", ["1 one#two"]],
  ];
  for (const [text, expected] of table) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const found = lines("images", text).map(({ where, text }) => `${where} ${text}`);
      assert.deepEqual(
        found,
        expected.map((line) => `images, line ${line}`),
      );
    });
  }
});

describe("listItems", () => {
  it("takes lines and commas apart, each item with its line", () => {
    const items = listItems("trusted-realms", "a, b,,c\n# none\n ,d,");
    assert.deepEqual(
      items.map(({ where, text }) => `${where}: ${text}`),
      [
        "trusted-realms, line 1: a",
        "trusted-realms, line 1: b",
        "trusted-realms, line 1: c",
        "trusted-realms, line 3: d",
      ],
    );
  });
});

describe("readPlatforms", () => {
  function read(text: string): readonly unknown[] {
    const problems: string[] = [];
    const complain = (problem: string): void => void problems.push(problem);
    const found = readPlatforms(listItems("platforms", text), complain);
    const platforms = typeof found === "object" ? found.map(formatPlatform).join(" ") : found;
    return [platforms, ...problems];
  }

  for (const [text, expected] of [
    ["", undefined],
    ["all", "all"],
    ["any", "any"],
    ["linux/amd64", "linux/amd64"],
    ["linux/amd64, linux/arm64", "linux/amd64 linux/arm64"],
    ["linux/arm64\nlinux/aarch64,linux/386", "linux/arm64 linux/386"],
  ] as const) {
    it(`reads ${JSON.stringify(text)} as ${expected ?? "nothing"}`, () =>
      assert.deepEqual(read(text), [expected]));
  }

  for (const [word, text, line] of [
    ["all", "linux/amd64\nall", 2],
    ["any", "any\nlinux/amd64", 1],
  ] as const) {
    it(`refuses ${word} beside another item, and keeps the other`, () => {
      const expected = "expected all, any, or a list of os/arch[/variant]";
      const problem = `platforms, line ${line}: ${word} stands alone: ${expected}`;
      assert.deepEqual(read(text), ["linux/amd64", problem]);
    });
  }

  it("reports every wrong platform with its line", () => {
    const [platforms, ...problems] = read("x\nlinux/amd64\ny");
    assert.equal(platforms, "linux/amd64");
    assert.equal(problems.length, 2);
    assert.match(String(problems[0]), /^platforms, line 1: platform "x": /);
    assert.match(String(problems[1]), /^platforms, line 3: platform "y": /);
  });
});

describe("attempt", () => {
  const problems: string[] = [];
  const complain = (problem: string): void => void problems.push(problem);

  it("returns what is read", () =>
    assert.equal(
      attempt(() => 1, "here", complain),
      1,
    ));

  it("reports a failure with its place", () => {
    const fail = (): never => {
      throw new PullError("wrong-platform", "found", { next: "next" });
    };
    assert.equal(attempt(fail, "here", complain), undefined);
    assert.deepEqual(problems, ["here: found; next"]);
  });

  it("throws a bug", () => {
    const fail = (): never => {
      throw new TypeError("a bug");
    };
    assert.throws(() => attempt(fail, "here", complain), /a bug/);
  });
});
