import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Notices } from "../../src/registry/notices.ts";

/** The warnings and log lines for answers with these headers, from two registries in turn. */
function read(...headers: readonly string[]) {
  const warned: string[] = [];
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const warn = (message: string): void => void warned.push(message);
  const notices = new Notices({ say, warn });
  for (const [at, warning] of headers.entries()) notices.read(`${at % 2}.example`, { warning });
  return { warned, said };
}

describe("Notices", () => {
  const many = (word: string): string =>
    Array.from({ length: 1_000 }, (_, at) => `299 - "${word} ${at}"`).join(", ");

  it("passes each warning on once, with the registry's name", () => {
    const { warned, said } = read('299 - "old", 299 - "a \\"b\\""', '299 - "old"', '299 - "old"');
    assert.deepEqual(warned, [
      "0.example warns: old",
      '0.example warns: a \\"b\\"',
      "1.example warns: old",
    ]);
    assert.deepEqual(said, []);
  });

  it("shows five warnings per registry, and logs once that there are more", () => {
    const { warned, said } = read(many("a"), many("b"), many("c"), many("d"));
    for (const registry of ["0.example", "1.example"]) {
      assert.equal(warned.filter((line) => line.startsWith(registry)).length, 5);
      assert.equal(
        said.filter((line) => line.startsWith(`${registry} sends more than 5 warnings`)).length,
        1,
      );
    }
    assert.deepEqual([warned.length, said.length], [10, 2]);
  });

  it("reads no more bytes of warnings than a registry may send", () => {
    const { warned } = read(`299 - "${"x".repeat(4_080)}", 299 - "late"`);
    assert.deepEqual(warned, []);
  });

  for (const [remaining, limit, expected] of [
    ["76;w=21600", "100;w=21600", "76 of 100 pulls left per 21600 s"],
    ["76;w=21600", undefined, "76 of ? pulls left per 21600 s"],
    ["76", "100;w=21600", undefined],
    [undefined, "100;w=21600", undefined],
    ["", "", undefined],
  ] as const) {
    it(`reads the remaining pulls ${remaining} of ${limit} as ${expected}`, () => {
      const notices = new Notices({ say: () => assert.fail(), warn: () => assert.fail() });
      notices.read("docker.io", { "ratelimit-remaining": remaining, "ratelimit-limit": limit });
      assert.equal(notices.remainingPulls.get("docker.io"), expected);
    });
  }

  it("keeps what the last answer states about remaining pulls", () => {
    const notices = new Notices({ say: () => assert.fail(), warn: () => assert.fail() });
    for (const left of [76, 75]) {
      notices.read("docker.io", { "ratelimit-remaining": `${left};w=60` });
    }
    notices.read("docker.io", {});
    assert.deepEqual([...notices.remainingPulls], [["docker.io", "75 of ? pulls left per 60 s"]]);
  });
});
