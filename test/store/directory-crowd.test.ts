import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DirectoryCache } from "../../src/store/directory-cache.ts";
import type { Found, Task } from "../support/cache-user.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { outgoing } from "../support/outgoing.ts";

const KILLS = process.env["FULL_SIZE"] === "1" ? 300 : 30;
const SCRIPT = join(import.meta.dirname, "../support/cache-user.ts");
// From 4 to 96 KiB, each of another size.
const ENTRIES = Array.from({ length: 24 }, (_, at) => (at + 1) * 4_096);
// A quarter of all entries, so that most saves remove others.
const LIMIT = ENTRIES.reduce((sum, size) => sum + size, 0) / 4;

describe("eight processes that share a cache directory and are killed at random", () => {
  let path: string;
  let outcomes: Map<string, number>;
  let largest = 0;
  let users: ChildProcess[];
  before(() => {
    path = join(temporaryDirectory("crowd"), "cache");
    outcomes = new Map();
    users = Array.from({ length: 8 }, start);
  });
  after(() => rmSync(path, { recursive: true }));

  function start(): ChildProcess {
    const user = fork(SCRIPT);
    user.on("message", ({ outcome }: Found) => {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
    user.send({ path, size: LIMIT, entries: ENTRIES } satisfies Task);
    return user;
  }

  async function kill(user: ChildProcess): Promise<void> {
    const exited = once(user, "exit");
    user.kill("SIGKILL");
    await exited;
  }

  /** The bytes of all files now. One that is gone since it was listed has none. */
  const sizeNow = (): number =>
    readdirSync(path)
      .map((name) => lstatSync(join(path, name), { throwIfNoEntry: false }))
      .reduce((sum, found) => sum + (found?.isFile() ? found.size : 0), 0);

  const count = (outcome: string): number => outcomes.get(outcome) ?? 0;

  /** Samples the size all the time, and replaces a random process every few samples. */
  async function killSome(): Promise<void> {
    for (let killed = 0; killed < KILLS; killed++) {
      const until = count("saved") + 5;
      while (count("saved") < until) {
        largest = Math.max(largest, sizeNow());
        await sleep(Math.random() * 5);
      }
      const at = Math.floor(Math.random() * users.length);
      const [user] = users.splice(at, 1);
      assert.ok(user);
      await kill(user);
      users.push(start());
    }
  }

  it("never exceed its size, restore no other bytes, block none, and leave nothing for long", {
    timeout: 300_000,
  }, async () => {
    const first = users[0];
    assert.ok(first);
    await once(first, "message");
    await killSome();
    await Promise.all(users.map(kill));
    assert.ok(largest <= LIMIT && sizeNow() <= LIMIT, `${largest} bytes, limit ${LIMIT}`);
    assert.ok(largest > LIMIT / 2, `${largest} bytes, limit ${LIMIT}`);
    assert.ok(count("restored") > 0);
    const expected = ["existed", "failed", "restored", "saved"];
    // Eight temporary files may take all the room at one moment.
    const others = [...outcomes.keys()].filter((key) => !/other jobs are saving/.test(key));
    assert.deepEqual(
      others.filter((key) => !expected.includes(key)),
      [],
    );
    const { signal } = new AbortController();
    const fail = (message: string): void => assert.fail(message);
    const options = { signal, warn: fail, say: fail, size: LIMIT };
    const further = Buffer.alloc(LIMIT, "x");
    const cache = new DirectoryCache(path, options);
    assert.equal(await cache.save("further", outgoing(further)), "saved");
    assert.deepEqual(readdirSync(path), ["further.cache-entry"]);
  });
});
