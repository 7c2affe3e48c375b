import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { Slots } from "../../src/http/slots.ts";

const never = (): boolean => false;

/** Answers tasks in rounds, as many as run at a time, and notes how many those are. */
class Rounds {
  readonly sizes: number[] = [];
  readonly #held: ((isRefused: boolean) => void)[] = [];

  constructor(slots: Slots, tasks: number) {
    const work = () => new Promise<boolean>((resolve) => this.#held.push(resolve));
    for (let task = 0; task < tasks; task++) {
      void slots.run(work, (isRefused) => isRefused);
    }
  }

  /** Ends all tasks that run, the first of them `refused`. */
  async answer(refused: number): Promise<void> {
    await nextTurn();
    const round = this.#held.splice(0);
    this.sizes.push(round.length);
    for (const [at, end] of round.entries()) end(at < refused);
  }
}

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
          const results = Promise.all(indices.map((index) => slots.run(work(index), never)));
          assert.deepEqual(await scheduler.waitFor(results), indices);
          assert.deepEqual(started, indices);
          assert.equal(most, Math.min(count, length));
        }
      }),
    );
  });

  it("frees the slot of a task that fails, and passes the failure on", async () => {
    const slots = new Slots(1);
    const failing = slots.run(() => Promise.reject(new Error("failed")), never);
    const next = slots.run(async () => "next", never);
    await assert.rejects(failing, /failed/);
    assert.equal(await next, "next");
    assert.equal(await slots.run(async () => "last", never), "last");
  });

  it("runs fewer at a time once it is lowered, and never more again", async () => {
    const slots = new Slots(8);
    const rounds = new Rounds(slots, 40);
    await rounds.answer(0);
    slots.lower(2);
    for (let round = 0; round < 12; round++) await rounds.answer(0);
    assert.deepEqual(rounds.sizes.slice(0, 2), [8, 8]);
    assert.deepEqual([...new Set(rounds.sizes.slice(2, -1))], [2]);
  });

  for (const { what, refused, sizes } of [
    { what: "stays as it is while nothing is refused", refused: [0, 0, 0], sizes: [8, 8, 8] },
    { what: "halves at one refusal", refused: [1, 0], sizes: [8, 4] },
    { what: "halves once for all that ran together", refused: [8, 0], sizes: [8, 4] },
    {
      what: "halves at each refusal, and never to nothing",
      refused: [8, 4, 2, 1, 0],
      sizes: [8, 4, 2, 1, 1],
    },
    {
      what: "grows by one after each round that passed",
      refused: [8, 0, 0, 0, 0, 0],
      sizes: [8, 4, 5, 6, 7, 8],
    },
    {
      what: "never grows above the number that it was given",
      refused: [1, 0, 0, 0, 0, 0, 0],
      sizes: [8, 4, 5, 6, 7, 8, 8],
    },
    {
      what: "halves again from where it has grown to",
      refused: [1, 0, 0, 1, 0],
      sizes: [8, 4, 5, 6, 3],
    },
  ]) {
    it(`${what}: ${sizes.join(", ")} at a time`, async () => {
      const rounds = new Rounds(new Slots(8), 100);
      for (const count of refused) await rounds.answer(count);
      assert.deepEqual(rounds.sizes, sizes);
    });
  }
});
