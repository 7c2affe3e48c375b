import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inTurns } from "../../src/pull/pool.ts";

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("inTurns", () => {
  it("returns results in the order of the items, whichever is done first", async () => {
    const results = await inTurns([3, 1, 2], 3, async (turns) => {
      for (let at = 0; at < turns; at++) await tick();
      return turns * 10;
    });
    assert.deepEqual(results, [30, 10, 20]);
  });

  for (const count of [1, 2, 5]) {
    it(`runs ${count} at a time, started in order`, async () => {
      const started: number[] = [];
      let running = 0;
      let most = 0;
      await inTurns([0, 1, 2, 3, 4], count, async (item) => {
        started.push(item);
        running += 1;
        most = Math.max(most, running);
        await tick();
        running -= 1;
      });
      assert.deepEqual([started, most], [[0, 1, 2, 3, 4], count]);
    });
  }

  it("starts an item as soon as another is done, and does not wait for a slow one", async () => {
    const done: string[] = [];
    await inTurns(["slow", "one", "two", "three"], 2, async (item) => {
      for (let at = 0; at < (item === "slow" ? 20 : 1); at++) await tick();
      done.push(item);
    });
    assert.deepEqual(done, ["one", "two", "three", "slow"]);
  });

  it("returns nothing for no items", async () => {
    assert.deepEqual(await inTurns([], 4, () => assert.fail("there is nothing to do")), []);
  });

  it("fails with the first failure", async () => {
    const work = async (item: number): Promise<void> => {
      if (item === 1) throw new Error("item 1");
    };
    await assert.rejects(inTurns([0, 1, 2], 2, work), /item 1/);
  });
});
