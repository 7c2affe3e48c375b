import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Slots } from "../../src/http/slots.ts";

describe("Slots", () => {
  it("starts tasks in order, and never more at a time than there are slots", async () => {
    const tasks = fc
      .scheduler()
      .chain((scheduler) =>
        fc.tuple(
          fc.constant(scheduler),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ max: 12, min: 1 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(tasks, async ([scheduler, count, length]) => {
        const slots = new Slots(count);
        const started: number[] = [];
        let running = 0;
        let most = 0;
        const work = (index: number) => async (): Promise<number> => {
          started.push(index);
          running++;
          most = Math.max(most, running);
          await scheduler.schedule(Promise.resolve());
          running--;
          return index;
        };
        const indices = Array.from({ length }, (_, index) => index);
        // Twice, because a slot must be free again after its task, and only once.
        for (const _ of ["first", "second"]) {
          started.length = 0;
          most = 0;
          const results = Promise.all(indices.map((index) => slots.run(work(index))));
          assert.deepEqual(await scheduler.waitFor(results), indices);
          assert.deepEqual(started, indices);
          assert.equal(most, Math.min(count, length));
        }
      }),
    );
  });

  it("frees the slot of a task that fails, and passes the failure on", async () => {
    const slots = new Slots(1);
    const failing = slots.run(() => Promise.reject(new Error("failed")));
    const next = slots.run(async () => "next");
    await assert.rejects(failing, /failed/);
    assert.equal(await next, "next");
    assert.equal(await slots.run(async () => "last"), "last");
  });
});
