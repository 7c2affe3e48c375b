import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as realSleep } from "node:timers/promises";
import { locked, REAL_TIME, type Time } from "../../src/store/mutex.ts";
import type { Answer, Round } from "../support/contender.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS, plantLock, zombie } from "../support/holders.ts";

// 200 rounds take half a minute: `FULL_SIZE=1 npm test`.
const ROUNDS = process.env["FULL_SIZE"] === "1" ? 200 : 20;

/** Time that passes only by sleeping. `onSleep` gets the total time slept after each sleep. */
class TestTime implements Time {
  slept = 0;
  /** How far the clock is ahead of the time slept. */
  ahead = 0;
  timers: { readonly at: number; readonly run: () => void }[] = [];
  readonly #onSleep: (slept: number) => void;

  constructor(onSleep: (slept: number) => void = () => undefined) {
    this.#onSleep = onSleep;
  }

  readonly now = (): number => this.slept + this.ahead;

  readonly sleep = async (ms: number): Promise<void> => {
    this.pass(ms);
    this.#onSleep(this.slept);
  };

  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { at: this.slept + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((one) => one !== timer);
    };
  };

  pass(ms: number): void {
    this.slept += ms;
    const due = this.timers.filter(({ at }) => at <= this.slept);
    this.timers = this.timers.filter(({ at }) => at > this.slept);
    for (const { run } of due) run();
  }
}

let directory: string;
let lock: string;
before(() => {
  directory = temporaryDirectory("mutex");
});
beforeEach(() => {
  lock = join(mkdtempSync(join(directory, "test-")), "lock");
});
after(() => rmSync(directory, { recursive: true }));

/** The names in the lock's directory, the lock included. */
const left = (): readonly string[] => readdirSync(join(lock, ".."));

describe("a lock", () => {
  it("runs the work, returns its result and leaves nothing behind", async () => {
    const time = new TestTime();
    assert.equal(await locked(lock, async () => readdirSync(lock).length, time), 1);
    await assert.rejects(
      locked(lock, () => Promise.reject(new Error("the work's own")), time),
      /the work's own/,
    );
    assert.deepEqual([left(), time.slept, time.timers], [[], 0, []]);
  });

  for (const [what, holder] of [
    ["a process that has ended", HOLDERS.ended],
    ["an earlier process with the same id", HOLDERS.reused],
  ] as const) {
    it(`is taken over at once from ${what}`, async () => {
      const time = new TestTime();
      plantLock(lock, holder);
      await locked(lock, async () => undefined, time);
      assert.ok(time.slept < 1_000, `${time.slept} ms`);
      assert.deepEqual(left(), []);
    });
  }

  it("is taken over at once from a process that is never reaped", async () => {
    const { holder, reap } = await zombie();
    try {
      const time = new TestTime();
      plantLock(lock, holder);
      await locked(lock, async () => undefined, time);
      assert.ok(time.slept < 1_000, `${time.slept} ms`);
    } finally {
      await reap();
    }
  });

  it("is free when it is empty, as a process leaves it that is killed while it releases it", async () => {
    mkdirSync(lock);
    await locked(lock, async () => undefined, new TestTime());
    assert.deepEqual(left(), []);
  });

  for (const [what, holder] of [
    ["another container", HOLDERS.elsewhere],
    ["another boot or machine", HOLDERS.otherBoot],
    ["a system that states no start time", HOLDERS.noStart],
  ] as const) {
    it(`is taken over from a silent process of ${what}, after 20 s and not before`, async () => {
      const time = new TestTime();
      plantLock(lock, holder);
      await locked(lock, async () => undefined, time);
      assert.ok(time.slept >= 20_000 && time.slept < 21_000, `${time.slept} ms`);
      assert.deepEqual(left(), []);
    });

    it(`is not taken from a process of ${what} that touches its file every second`, async () => {
      const time = new TestTime((slept) => {
        if (slept % 1_000 === 0) utimesSync(file, slept, slept);
      });
      const file = plantLock(lock, holder);
      await assert.rejects(
        locked(lock, async () => undefined, time),
        /locked: .*lock is held by process \d+ for more than a minute; .*, remove the lock/,
      );
      assert.ok(time.slept > 60_000 && existsSync(file), `${time.slept} ms`);
      assert.deepEqual(left(), ["lock"]);
    });
  }

  it("waits 20 s for each new holder in another container", async () => {
    let first = plantLock(lock, HOLDERS.elsewhere);
    const time = new TestTime((slept) => {
      if (slept !== 15_000) return;
      rmSync(first);
      first = plantLock(lock, HOLDERS.elsewhere);
    });
    await locked(lock, async () => undefined, time);
    assert.ok(time.slept >= 35_000 && time.slept < 36_000, `${time.slept} ms`);
  });

  it("is not taken over because a clock was set or the machine was suspended", async () => {
    plantLock(lock, HOLDERS.elsewhere);
    const time = new TestTime(() => {
      time.ahead = time.ahead === 3_600_000 ? -3_600_000 : 3_600_000;
    });
    await locked(lock, async () => undefined, time);
    assert.ok(time.slept >= 20_000 && time.slept < 21_000, `${time.slept} ms`);
  });

  const dead = (): string => plantLock(`${lock}-of-another-directory`, HOLDERS.ended);
  for (const [what, plant] of [
    ["a living process", () => void plantLock(lock, HOLDERS.living)],
    ["a file", () => writeFileSync(lock, HOLDERS.ended)],
    ["a pipe", () => void spawnSync("mkfifo", [lock])],
    ["a link to nowhere", () => symlinkSync("/nonexistent/file", lock)],
    ["a link to a dead process's lock", () => symlinkSync(join(dead(), ".."), lock)],
    [
      "a directory with a file of another name",
      () => {
        mkdirSync(lock);
        writeFileSync(join(lock, "file"), "");
      },
    ],
  ] as const) {
    it(`is waited for a minute, and left as it is, when it is ${what}`, async () => {
      const time = new TestTime();
      plant();
      const before = [lstatSync(lock).ino, left()];
      await assert.rejects(
        locked(lock, async () => undefined, time),
        /locked: .*lock is held by (process \d+|an unknown process) for more than a minute; .*, remove the lock/,
      );
      assert.ok(time.slept > 60_000 && time.slept < 61_000, `${time.slept} ms`);
      assert.deepEqual([lstatSync(lock).ino, left()], before);
      for (const path of left().filter((one) => one.endsWith("directory"))) {
        assert.equal(readdirSync(join(lock, "..", path)).length, 1);
      }
    });
  }

  it("is touched every second by its holder, until the work ends", async () => {
    const time = new TestTime();
    await locked(
      lock,
      async () => {
        const [name = ""] = readdirSync(lock);
        for (const second of [1, 2, 3]) {
          time.pass(1_000);
          const touched = (): number => lstatSync(join(lock, name)).mtimeMs;
          for (let looks = 0; looks < 1_000 && touched() !== second * 1_000; looks++) {
            await realSleep(1);
          }
          assert.equal(touched(), second * 1_000);
        }
      },
      time,
    );
    assert.deepEqual(time.timers, []);
  });

  it("that was lost fails the work, whose release leaves the new holder's", async () => {
    let other = "";
    const work = async (expectHeld: () => Promise<void>): Promise<void> => {
      await expectHeld();
      rmSync(lock, { recursive: true });
      other = plantLock(lock, HOLDERS.elsewhere);
      await expectHeld();
    };
    await assert.rejects(
      locked(lock, work, new TestTime()),
      /lock lost: .*lock was taken over: this process was suspended for more than 20 s; run/,
    );
    assert.ok(existsSync(other));
  });

  it("fails at once in a directory that does not exist", async () => {
    await assert.rejects(
      locked(join(lock, "nowhere", "lock"), async () => undefined, new TestTime()),
      /ENOENT/,
    );
  });
});

describe("eight processes", () => {
  let contenders: readonly ChildProcess[];
  before(() => {
    const script = join(import.meta.dirname, "../support/contender.ts");
    contenders = Array.from({ length: 8 }, () => fork(script));
  });
  after(async () => {
    for (const contender of contenders) contender.disconnect();
    await Promise.all(contenders.map((contender) => once(contender, "exit")));
  });

  const ask = async (contender: ChildProcess, round: Round): Promise<Answer> => {
    const answered = once(contender, "message");
    contender.send(round);
    const [answer] = await answered;
    return answer;
  };
  const namesIn = (path: string): readonly string[] =>
    JSON.parse(readFileSync(join(path, "index.json"), "utf8")).manifests.map(
      (entry: { annotations: Record<string, string> }) =>
        entry.annotations["io.containerd.image.name"],
    );

  it(`L8: that find a dead process's lock hold it one at a time and lose no entry, ${ROUNDS} times`, {
    timeout: 300_000,
  }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const path = join(directory, `round-${round}`);
      for (const place of ["", ".registry-pull"]) {
        plantLock(join(path, place, "lock"), HOLDERS.ended);
      }
      const rounds = contenders.map((contender, at) =>
        ask(contender, { path, name: `image${at}` }),
      );
      const answers = await Promise.all(rounds);
      assert.deepEqual(answers, Array(8).fill("alone"), `round ${round}`);
      const names = contenders.map((_, at) => `image${at}`);
      assert.deepEqual(namesIn(path).toSorted(), names, `round ${round}`);
      assert.deepEqual(
        [readdirSync(join(path, ".registry-pull")), existsSync(join(path, "lock"))],
        [[], false],
      );
      rmSync(path, { recursive: true });
    }
  });
});

describe("a process in another PID namespace", () => {
  const unshare = ["-rpf", "--mount-proc", "--kill-child"];
  // Some systems allow that only to root.
  const possible = spawnSync("unshare", [...unshare, "true"]).status === 0;
  before((context) => {
    if (!possible && process.env["REQUIRE_REAL_PARTS"] === "1") {
      throw new Error("this machine allows no PID namespaces");
    }
    if (!possible && "diagnostic" in context) {
      context.diagnostic("not run: this machine allows no PID namespaces");
    }
  });

  const MODULE = join(import.meta.dirname, "../../src/store/mutex.ts");
  /** Holds the lock until it is killed, and touches its file fifty times a second. */
  const SCRIPT = `
    import { locked, REAL_TIME } from ${JSON.stringify(MODULE)};
    const time = { ...REAL_TIME, after: (ms, run) => REAL_TIME.after(ms / 50, run) };
    await locked(process.argv[1], () => {
      process.stdout.write("inside");
      return new Promise(() => undefined);
    }, time);
  `;

  it("keeps its lock while it lives, and loses it after it is killed", {
    skip: !possible,
  }, async () => {
    const args = [
      ...unshare,
      process.execPath,
      "--input-type=module-typescript",
      "-e",
      SCRIPT,
      lock,
    ];
    const child = spawn("unshare", args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    // Twice as many polls as a silent holder would be waited for.
    const KILLED_AFTER = 1_600;
    let looks = 0;
    const sleep = async (): Promise<void> => {
      looks++;
      if (looks === KILLED_AFTER) child.kill("SIGKILL");
      await realSleep(1);
    };
    const exited = once(child, "exit");
    try {
      await locked(lock, async () => undefined, { ...REAL_TIME, sleep });
    } finally {
      child.kill("SIGKILL");
      await exited;
    }
    assert.ok(looks > KILLED_AFTER, `taken from a living process after ${looks} polls`);
    assert.deepEqual(left(), []);
  });
});
