import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Progress } from "../../src/store/progress.ts";

describe("Progress", () => {
  it("wakes all that wait for the next report, once", async () => {
    const progress = new Progress();
    const woken: string[] = [];
    const wait = (name: string) => progress.next().then(() => woken.push(name));
    const waiting = [wait("one"), wait("other")];
    await nextTurn();
    assert.deepEqual(woken, []);
    progress.report();
    await Promise.all(waiting);
    progress.report();
    assert.deepEqual(woken, ["one", "other"]);
  });

  it("wakes no reader for a report from before it waited", async () => {
    const progress = new Progress();
    progress.report();
    let isWoken = false;
    const waiting = progress.next().then(() => {
      isWoken = true;
    });
    await nextTurn();
    assert.equal(isWoken, false);
    progress.report();
    await waiting;
  });

  it("lets a reader wait again as soon as it is woken", async () => {
    const progress = new Progress();
    let reports = 0;
    const reader = async (): Promise<void> => {
      while (reports < 3) await progress.next();
    };
    const reading = reader();
    for (; reports < 3; await nextTurn()) {
      reports++;
      progress.report();
    }
    await reading;
  });
});
