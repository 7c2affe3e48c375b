import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Progress } from "../../src/store/progress.ts";

/** A progress whose timers run when `pass` is called. */
function progressWithTimers() {
  const timers = new Set<() => void>();
  const progress = new Progress((_, run) => {
    timers.add(run);
    return () => timers.delete(run);
  });
  const woken: string[] = [];
  const wait = (name: string, at: number, enough: number): Promise<unknown> =>
    progress.beyond(at, enough).then(() => woken.push(name));
  const pass = async (): Promise<void> => {
    for (const run of timers) {
      timers.delete(run);
      run();
    }
    await nextTurn();
  };
  return { progress, timers, woken, wait, pass };
}

describe("Progress", () => {
  it("wakes a reader at once when enough is there, and not before", async () => {
    const { progress, woken, wait } = progressWithTimers();
    void wait("one", 0, 100);
    void wait("other", 0, 200);
    progress.report(99);
    await nextTurn();
    assert.deepEqual(woken, []);
    progress.report(100);
    await nextTurn();
    assert.deepEqual(woken, ["one"]);
    progress.report(500);
    void wait("late", 300, 500);
    await nextTurn();
    assert.deepEqual(woken, ["one", "other", "late"]);
  });

  it("wakes a reader soon when something is there, and all such readers together", async () => {
    const { progress, timers, woken, wait, pass } = progressWithTimers();
    void wait("one", 0, 100);
    void wait("ahead", 50, 150);
    assert.equal(timers.size, 0, "no timer while there is nothing to read");
    progress.report(20);
    progress.report(50);
    void wait("late", 49, 149);
    assert.equal(timers.size, 1);
    await pass();
    assert.deepEqual([woken, timers.size], [["one", "late"], 0]);
    progress.report(51);
    await pass();
    assert.deepEqual(woken, ["one", "late", "ahead"]);
  });

  for (const [what, end, state] of [
    ["discarded", (progress: Progress) => progress.discard(), "open"],
    ["complete", (progress: Progress) => progress.complete(300), "complete"],
    ["aborted", (progress: Progress) => progress.abort(), "aborted"],
  ] as const) {
    it(`wakes every reader when everything is ${what}, and leaves no timer`, async () => {
      const { progress, timers, woken, wait } = progressWithTimers();
      void wait("one", 0, 100);
      void wait("ahead", 400, 500);
      progress.report(50);
      end(progress);
      await nextTurn();
      assert.deepEqual([woken, timers.size], [["one", "ahead"], 0]);
      assert.equal(progress.state, state);
      assert.equal(progress.reached, what === "complete" ? 300 : 0);
      assert.equal(progress.discards, what === "discarded" ? 1 : 0);
    });
  }
});
