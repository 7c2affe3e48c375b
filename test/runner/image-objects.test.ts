import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readObjects } from "../../src/runner/image-objects.ts";

function read(text: string) {
  const problems: string[] = [];
  const images = readObjects(text, (problem) => problems.push(problem));
  return { images, problems };
}

const FORM =
  '; expected [{"reference": "…", "name": "…", "platform": "…" or ["…"], "optional": true, ' +
  '"base": "…"}, …]';

describe("readObjects", () => {
  it("reads every field", () => {
    const options = { platform: ["c", "d"], optional: true, base: "e" };
    const entry = { reference: "a", name: "b", ...options };
    const { images, problems } = read(JSON.stringify([entry]));
    const { reference: written, platform: platforms, ...others } = entry;
    assert.deepEqual(images, [{ where: "images, entry 1", written, platforms, ...others }]);
    assert.deepEqual(problems, []);
  });

  it("needs a reference only, and takes one platform for a list", () => {
    const { images } = read('[{"reference": "a"}, {"reference": "b", "platform": "all"}]');
    const nothing = { name: undefined, platforms: [], optional: false, base: undefined };
    assert.deepEqual(images, [
      { where: "images, entry 1", written: "a", ...nothing },
      { where: "images, entry 2", written: "b", ...nothing, platforms: ["all"] },
    ]);
  });

  it("takes every value as it is", () => {
    const written = "alpine,optional=true\n# b";
    assert.equal(read(JSON.stringify([{ reference: written }])).images[0]?.written, written);
  });

  for (const [entry, problem] of [
    ["null", "expected an object, got null"],
    ['"a"', "expected an object, got a string"],
    ["[]", "expected an object, got a list"],
    ["{}", "reference: expected a string, got nothing"],
    ['{"reference": 7}', "reference: expected a string, got a number"],
    ['{"reference": "a", "name": null}', "name: expected a string, got null"],
    [
      '{"reference": "a", "platform": [1]}',
      "platform: expected a string or a list of strings, got a list",
    ],
    ['{"reference": "a", "optional": "true"}', "optional: expected true or false, got a string"],
    ['{"reference": "a", "base": true}', "base: expected a string, got a boolean"],
    ['{"reference": "a", "tag": "b"}', 'unknown key "tag"'],
    ['{"reference": "a", "__proto__": "b"}', 'unknown key "__proto__"'],
  ] as const) {
    it(`refuses ${entry}, and keeps the entries beside it`, () => {
      const { images, problems } = read(`[{"reference": "a"}, ${entry}]`);
      assert.deepEqual(problems, [`images, entry 2: ${problem}${FORM}`]);
      assert.equal(images[0]?.written, "a");
      assert.equal(images[1], undefined);
    });
  }

  it("reports every problem of an entry", () => {
    const { problems } = read('[{"name": 1, "optional": 2, "other": 3}]');
    assert.equal(problems.length, 4);
  });

  for (const [what, text, problem] of [
    ["not JSON", '[{"reference": hunter2}]', "images: not JSON, though it starts with ["],
    ["cut", '[{"reference": "hunter2"', "images: not JSON, though it starts with ["],
    [
      "JSON with a repeated key",
      '[{"a": 1, "a": 2}]',
      "images: the array is refused: duplicate key",
    ],
  ] as const) {
    it(`returns no image for an array that is ${what}, and quotes none of it`, () => {
      const { images, problems } = read(text);
      assert.deepEqual(images, []);
      assert.ok(problems[0]?.startsWith(problem), problems[0]);
      assert.ok(!problems.join().includes("hunter2"));
    });
  }
});
