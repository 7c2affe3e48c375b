import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Memo } from "../../src/registry/memo.ts";

describe("Memo", () => {
  it("runs a request once per key, for callers at the same time and later", async () => {
    const memo = new Memo();
    let runs = 0;
    const ask = async (): Promise<number> => {
      runs++;
      return runs;
    };
    assert.deepEqual(await Promise.all([memo.once("a", ask), memo.once("a", ask)]), [1, 1]);
    assert.equal(await memo.once("a", ask), 1);
    assert.equal(await memo.once("b", ask), 2);
  });

  it("passes a failure to all who wait for it, and runs the request again after it", async () => {
    const memo = new Memo();
    const failing = (): Promise<never> => Promise.reject(new Error("failed"));
    const pending = [memo.once("a", failing), memo.once("a", async () => "right")];
    for (const one of pending) await assert.rejects(one, /failed/);
    assert.equal(await memo.once("a", async () => "right"), "right");
  });

  it("knows the results that it has, and those that are pending", async () => {
    const memo = new Memo();
    assert.equal(memo.known("a"), undefined);
    const pending = memo.once("a", async () => 1);
    assert.equal(memo.known("a"), pending);
    assert.equal(await memo.known("a"), 1);
  });

  it("forgets what was used longest ago beyond its limit, and runs that again", async () => {
    const memo = new Memo(2);
    const runs: string[] = [];
    const ask = (key: string): Promise<string> =>
      memo.once(key, async () => {
        runs.push(key);
        return key;
      });
    for (const key of ["a", "b", "a", "c", "a", "b"]) await ask(key);
    assert.deepEqual(runs, ["a", "b", "c", "b"]);
  });

  it("forgets no later answer when a request fails that it had forgotten", async () => {
    const memo = new Memo(1);
    let fail = (_: Error): void => undefined;
    const late = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const failing = memo.once("a", () => late);
    await memo.once("b", async () => "b");
    const again = memo.once("a", async () => "right");
    fail(new Error("failed"));
    await assert.rejects(failing, /failed/);
    assert.equal(memo.known("a"), again);
  });
});
