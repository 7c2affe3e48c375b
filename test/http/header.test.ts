import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EQUALS, Scanner, TOKEN } from "../../src/http/header.ts";

describe("Scanner", () => {
  it("takes what matches at its position, and moves past it", () => {
    const scanner = new Scanner('realm = "a"');
    assert.equal(scanner.take(EQUALS), undefined);
    assert.equal(scanner.take(TOKEN), "realm");
    assert.equal(scanner.take(TOKEN), undefined);
    assert.equal(scanner.take(EQUALS), " = ");
    assert.deepEqual([scanner.at, scanner.done], [8, false]);
    assert.equal(scanner.value(), "a");
    assert.deepEqual([scanner.at, scanner.done], [11, true]);
  });

  for (const [header, value, rest] of [
    ['"a b", c', "a b", 5],
    ['"a\\"b\\\\c"', 'a"b\\c', 9],
    ['""', "", 2],
    ["a/b:c, d", "a/b:c", 5],
    ["a;b", "a", 1],
    ['a"b', "a", 1],
    [",a", "", 0],
    ["", "", 0],
    ['"a', undefined, 0],
    ['"a\\"', undefined, 0],
    ['"a\\', undefined, 0],
  ] as const) {
    it(`reads the value of ${header} as ${JSON.stringify(value)}`, () => {
      const scanner = new Scanner(header);
      assert.deepEqual([scanner.value(), scanner.at], [value, rest]);
    });
  }

  it("ignores what is longer than 16 KiB", () => {
    const scanner = new Scanner("x".repeat(20_000));
    assert.equal(scanner.take(TOKEN)?.length, 16 * 1024);
    assert.ok(scanner.done);
  });
});
