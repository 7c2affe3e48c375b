import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { removeLeftovers } from "../../src/store/leftovers.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS, nameOf, plantLock } from "../support/holders.ts";

type Holder = keyof typeof HOLDERS;

describe("removeLeftovers", () => {
  let root: string;
  let directory: string;
  before(() => {
    root = temporaryDirectory("leftovers");
  });
  beforeEach(() => {
    directory = mkdtempSync(join(root, "test-"));
  });
  after(() => rmSync(root, { recursive: true }));

  const HOUR_MS = 3_600_000;
  const inHours = (hours: number) => (): number => Date.now() + hours * HOUR_MS;
  const plant = (holder: Holder): string => {
    const name = nameOf(HOLDERS[holder], "sha256-x");
    writeFileSync(join(directory, name), "");
    return name;
  };

  for (const [holder, after23Hours, after25Hours] of [
    ["living", true, true],
    ["ended", false, false],
    ["reused", false, false],
    ["elsewhere", true, false],
    ["otherBoot", true, false],
    ["noStart", true, false],
  ] as const) {
    const kept = (is: boolean): string => (is ? "kept" : "removed");
    const title = `${kept(after23Hours)} after 23 hours, ${kept(after25Hours)} after 25`;
    it(`a file of a process that is ${holder}: ${title}`, async () => {
      const name = plant(holder);
      await removeLeftovers(directory, inHours(23));
      assert.deepEqual(readdirSync(directory), after23Hours ? [name] : []);
      await removeLeftovers(directory, inHours(25));
      assert.deepEqual(readdirSync(directory), after25Hours ? [name] : []);
    });
  }

  it("removes a directory, as a process leaves it that is killed while it waits for a lock", async () => {
    plantLock(join(directory, nameOf(HOLDERS.ended)), HOLDERS.ended);
    await removeLeftovers(directory, Date.now);
    assert.deepEqual(readdirSync(directory), []);
  });

  it("keeps every file of another name, however old", async () => {
    for (const name of ["lock", "index.json", "sha256-x"]) writeFileSync(join(directory, name), "");
    await removeLeftovers(directory, inHours(10_000));
    assert.deepEqual(readdirSync(directory).toSorted(), ["index.json", "lock", "sha256-x"]);
  });
});
