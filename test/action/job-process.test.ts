import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jobEnd, jobProcesses } from "../../src/action/job-process.ts";
import type { Life } from "../../src/store/holder.ts";

describe("jobProcesses", () => {
  const named = (holder: string): string => holder;
  for (const [what, above, expected] of [
    [
      "the runner's process for the job alone",
      ["node", "Runner.Worker", "Runner.Listener", "systemd"],
      ["Runner.Worker"],
    ],
    ["the nearest of two runners", ["Runner.Worker", "bash", "Runner.Worker"], ["Runner.Worker"]],
    [
      "all where another program runs the steps",
      ["bash", "act", "systemd"],
      ["bash", "act", "systemd"],
    ],
    [
      "all for a program with a similar name",
      ["Runner.Listener", "runner.worker"],
      ["Runner.Listener", "runner.worker"],
    ],
    ["none in a container", [], []],
  ] as const) {
    it(`are ${what}`, () => assert.deepEqual(jobProcesses(above, named), expected));
  }

  it("are processes above this one", () => {
    const [nearest] = jobProcesses();
    assert.ok(nearest?.startsWith(`${process.ppid}.`) || nearest === undefined);
  });
});

describe("jobEnd", () => {
  let time = 0;
  const lives = new Map<string, Life>();
  const life = (holder: string): Life => lives.get(holder) ?? "dead";

  /** What it says at each of some times, at which processes have ended. */
  function ends(
    processes: readonly string[],
    ...steps: readonly (readonly [at: number, alive: string])[]
  ): readonly boolean[] {
    time = 0;
    const isOver = jobEnd(processes, () => time, life);
    return steps.map(([at, alive]) => {
      time = at;
      lives.clear();
      for (const holder of alive.split(" ")) lives.set(holder, "alive");
      return isOver();
    });
  }

  it("is not over while the runner's process lives", () => {
    assert.deepEqual(ends(["worker"], [0, "worker"], [5_000, "worker"], [9e9, "worker"]), [
      false,
      false,
      false,
    ]);
  });

  it("is over once that has ended, but not in the first five seconds", () => {
    assert.deepEqual(ends(["worker"], [4_999, ""], [5_000, ""]), [false, true]);
    assert.deepEqual(ends(["worker"], [6_000, "worker"], [7_000, ""]), [false, true]);
  });

  it("waits for the nearest process that outlives the first five seconds", () => {
    const processes = ["shell", "act", "init"];
    assert.deepEqual(ends(processes, [1_000, "act init"], [6_000, "act init"], [7_000, "init"]), [
      false,
      false,
      true,
    ]);
    assert.deepEqual(ends(processes, [6_000, "shell act init"], [7_000, "act init"]), [
      false,
      true,
    ]);
  });

  it("is over when all have ended", () => {
    assert.deepEqual(ends(["shell", "act"], [6_000, ""]), [true]);
  });

  it("is never over when no process is known", () => {
    assert.deepEqual(ends([], [0, ""], [9e9, ""]), [false, false]);
  });

  it("is not over when it cannot be told whether a process lives", () => {
    time = 0;
    const isOver = jobEnd(
      ["worker"],
      () => time,
      () => "unknown",
    );
    time = 9e9;
    assert.equal(isOver(), false);
  });
});
