import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Locked, LockWanted } from "../../src/gate/plan.ts";
import { digestOfImage, type Resolved, statusOf } from "../../src/gate/resolved.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { image, index } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { lockedImage, lockOf, messagesOf, resolved } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const USED = index([AMD64]);
const NEW = index([image("linux/amd64", { salt: "new" })]);
const LOCKED = lockedImage(USED, [AMD64]);
const BEFORE = lockedImage(NEW, [AMD64]);

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
  registry.push("org/app", "1", USED);
});

/** An image that a job used as `USED`, in a step with a lock. */
function ask(
  mode: LockWanted["mode"],
  entry: Locked | undefined,
  more: Parameters<typeof resolved>[2] = {},
): Promise<Resolved> {
  const lock = lockOf(mode, entry);
  return resolved(registry, "registry.test/org/app:1", { lock, used: USED.digest, ...more });
}

/** Lets the tag point at another image, or at none. */
function move(): void {
  registry.push("org/app", "1", NEW);
}
function remove(): void {
  registry.fail(/^claim org\/app 1$/, new PullError("not-found", "it is not there"));
}

describe("an update of an image that a job used", () => {
  for (const [what, entry, tag] of [
    ["is not locked", undefined, ""],
    ["is locked as another one", BEFORE, "moved"],
    ["is locked without its platforms", lockedImage(USED), "same"],
  ] as const) {
    it(`reads the digest that was used where it ${what}`, async () => {
      const found = await ask("update", entry);
      assert.deepEqual([digestOfImage(found), statusOf(found)], [USED.digest, "ok"]);
      assert.deepEqual(found.lock, { digest: entry?.digest, tag });
      assert.deepEqual(found.warnings, []);
      assert.ok(registry.asked.includes(`manifest org/app ${USED.digest}`));
      assert.ok(!registry.asked.includes("manifest org/app 1"));
    });
  }

  it("asks one short HEAD where it is locked already", async () => {
    const found = await ask("update", LOCKED);
    assert.deepEqual([found.unread, found.root], [USED.digest, undefined]);
    assert.deepEqual(registry.asked, ["claim org/app 1"]);
    assert.deepEqual(registry.brief, registry.asked);
  });

  for (const [locked, entry] of [
    ["nothing", undefined],
    ["it", LOCKED],
    ["another one", BEFORE],
  ] as const) {
    it(`takes it and warns when the tag has moved since, with ${locked} locked`, async () => {
      move();
      const found = await ask("update", entry);
      assert.equal(digestOfImage(found), USED.digest);
      const moved = `registry.test/org/app:1: the tag 1 now points at ${NEW.digest}`;
      const used = `the digest that the job used is locked, ${USED.digest}`;
      assert.deepEqual(found.warnings, [`${moved}; ${used}; run the job again to use the new one`]);
    });

    it(`takes it and warns when the tag is gone, with ${locked} locked`, async () => {
      remove();
      const found = await ask("update", entry);
      assert.equal(digestOfImage(found), USED.digest);
      const gone = "registry.test/org/app:1: the tag 1 does not exist any more";
      const used = `the digest that the job used is locked, ${USED.digest}`;
      const next = "replace the image, or push it to a registry of yours";
      assert.deepEqual(found.warnings, [`${gone}; ${used}; ${next}`]);
    });
  }

  it("is read for a pull, too", async () => {
    move();
    const found = await ask("update", LOCKED, { pullsFor: parsePlatform("linux/amd64") });
    assert.equal(digestOfImage(found), USED.digest);
  });

  it("says that the registry no longer has what the job used", async () => {
    registry = new MemoryRegistry();
    registry.push("org/app", "1", NEW);
    const found = await ask("update", BEFORE);
    assert.equal(statusOf(found), "not-found");
    assert.match(
      messagesOf(found),
      /; the job used this digest, and an update without its receipt/,
    );
  });
});

describe("an image that a job used, without an update", () => {
  it("is what the lock file has", async () => {
    move();
    for (const mode of ["check", "frozen"] as const) {
      assert.equal(digestOfImage(await ask(mode, BEFORE)), NEW.digest);
    }
  });

  it("must be in the lock file", async () => {
    for (const mode of ["check", "frozen"] as const) {
      assert.equal(statusOf(await ask(mode, undefined)), "not-locked");
    }
  });

  it("is what its tag points at without a lock file", async () => {
    move();
    const app = "registry.test/org/app:1";
    assert.equal(digestOfImage(await resolved(registry, app, { used: USED.digest })), NEW.digest);
  });
});
