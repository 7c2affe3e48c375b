import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Locked, LockWanted, Wanted } from "../../src/gate/plan.ts";
import type { Resolved } from "../../src/gate/resolved.ts";
import { type LockFile, parseLock, printLock } from "../../src/runner/lock-file.ts";
import { changesBetween, type Updating, updatedLock } from "../../src/runner/lock-update.ts";
import { artifact, image, type Made, multiPlatform } from "../support/image.ts";
import { digestOfAll, lockFile } from "../support/locks.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  RUNNER,
  resultOf,
  unreadResult,
} from "../support/results.ts";

const OLD_DAY = "2026-01-02";
const TODAY = "2026-11-21";
const KEEPS: Updating = { day: TODAY, prunes: false };
const PRUNES: Updating = { day: TODAY, prunes: true };
const UPDATE: LockWanted = { file: "images.lock.json", mode: "update", entry: undefined };
const OTHER = "docker.io/library/other:1";

/** An image that a step resolved while it updates the lock file. */
function lockable(made: Made, more: Partial<Wanted> = {}): Promise<Resolved> {
  return resultOf(made, { lock: UPDATE, ...more });
}

/** An entry, with the platforms of an image as they are offered, or others. */
function entryOf(made: Made, platforms: readonly string[], day = OLD_DAY): Locked {
  const digests = platforms.map((platform, at) => {
    return [platform, made.manifests[at]?.digest ?? made.digest] as const;
  });
  return { digest: made.digest, platforms: new Map(digests), day };
}

const TWO = multiPlatform(["linux/amd64", "linux/arm64"]);
const [AMD64, ARM64] = TWO.manifests.map(({ digest }) => digest);

function platformsIn(lock: LockFile): readonly string[] {
  return [...(lock.get(APP)?.platforms.keys() ?? [])];
}

describe("updatedLock", () => {
  it("has the digests of an image and of its required platforms, and the day", async () => {
    const lock = updatedLock(new Map(), [await lockable(TWO)], KEEPS);
    const platforms = new Map([["linux/amd64", AMD64]]);
    assert.deepEqual(lock, new Map([[APP, { digest: TWO.digest, platforms, day: TODAY }]]));
  });

  // what is required, and what is locked
  for (const [platforms, locked] of [
    ["all", ["linux/amd64", "linux/arm64"]],
    ["any", []],
    ["linux/arm64", ["linux/arm64"]],
  ] as const) {
    it(`locks ${locked.join(" and ") || "no platform"} where ${platforms} is required`, async () => {
      const resolved = await lockable(TWO, { platforms: required(platforms) });
      assert.deepEqual(platformsIn(updatedLock(new Map(), [resolved], KEEPS)), locked);
    });
  }

  it("keeps the same entry, with its day, when nothing changed", async () => {
    const entry = entryOf(TWO, ["linux/amd64"]);
    const lock = updatedLock(new Map([[APP, entry]]), [await lockable(TWO)], KEEPS);
    assert.equal(lock.get(APP), entry);
  });

  it("has today as the day of an image that moved, and of one that has more platforms", async () => {
    const moved = new Map([[APP, entryOf(image("linux/amd64", { salt: "old" }), ["linux/amd64"])]]);
    const fewer = new Map([[APP, entryOf(TWO, [])]]);
    for (const before of [moved, fewer]) {
      const entry = updatedLock(before, [await lockable(TWO)], KEEPS).get(APP);
      assert.deepEqual([entry?.digest, entry?.day], [TWO.digest, TODAY]);
    }
  });

  it("keeps the platforms that another workflow locked, with their digests of now", async () => {
    const old = digestOfAll("d");
    const platforms = new Map([
      ["linux/arm64", old],
      ["linux/amd64", old],
    ]);
    const before = new Map([[APP, { digest: old, platforms, day: OLD_DAY }]]);
    const entry = updatedLock(before, [await lockable(TWO)], KEEPS).get(APP);
    assert.deepEqual([...(entry?.platforms ?? [])].toSorted(), [
      ["linux/amd64", AMD64],
      ["linux/arm64", ARM64],
    ]);
  });

  it("drops a platform that a moved image does not offer any more", async () => {
    const old = image("linux/386");
    const before = new Map([[APP, entryOf(old, ["linux/386"])]]);
    const lock = updatedLock(before, [await lockable(TWO)], KEEPS);
    assert.deepEqual(platformsIn(lock), ["linux/amd64"]);
  });

  it("keeps a platform that the step does not require of the same image", async () => {
    const before = new Map([[APP, entryOf(TWO, ["linux/amd64", "linux/arm64"])]]);
    const lock = updatedLock(before, [await lockable(TWO)], KEEPS);
    assert.equal(lock.get(APP), before.get(APP));
  });

  it("keeps the platforms of the same image where a step lists none of them", async () => {
    const before = new Map([[APP, entryOf(TWO, ["linux/amd64", "linux/arm64"])]]);
    const resolved = { ...(await lockable(TWO, { platforms: "any" })), platforms: [] };
    assert.equal(updatedLock(before, [resolved], KEEPS).get(APP), before.get(APP));
  });

  it("keeps a build of Windows in its new revision, and adds no other build", async () => {
    const resolved = await lockable(TWO, { platforms: "any" });
    const builds = ["windows(10.0.17763.9)/amd64", "windows(10.0.20348.200)/amd64"];
    const platforms = resolved.platforms.map((outcome, at) => {
      return { ...outcome, platform: builds[at] ?? "" };
    });
    const old = entryOf(image("linux/amd64"), ["windows(10.0.20348.169)/amd64"]);
    const lock = updatedLock(new Map([[APP, old]]), [{ ...resolved, platforms }], KEEPS);
    assert.deepEqual(platformsIn(lock), ["windows(10.0.20348.200)/amd64"]);
  });

  it("makes one entry of an image that is named with different platforms", async () => {
    const images = [
      await lockable(TWO, { name: "one" }),
      await lockable(TWO, { name: "two", platforms: required("linux/arm64") }),
    ];
    for (const all of [images, images.toReversed()]) {
      const lock = updatedLock(new Map(), all, KEEPS);
      assert.equal(lock.size, 1);
      assert.deepEqual(platformsIn(lock).toSorted(), ["linux/amd64", "linux/arm64"]);
    }
  });

  it("never writes the name of a platform that no lock file can have", async () => {
    const resolved = await lockable(TWO, { platforms: "all" });
    const [first, ...others] = resolved.platforms;
    assert.ok(first);
    for (const platform of ["linux/amd64/v1", "Linux/amd64", "a b/c", "linux", "", "linux//x"]) {
      const odd = { ...resolved, platforms: [{ ...first, platform }, ...others] };
      const lock = updatedLock(new Map(), [odd], KEEPS);
      assert.deepEqual(platformsIn(lock), ["linux/arm64"]);
      assert.deepEqual(parseLock(printLock(lock), "lock"), { lock });
    }
  });

  // images that change no entry
  for (const [what, resolved] of [
    ["an image with a problem", failedResult(APP, "no-answer", { lock: UPDATE })],
    ["an optional image with a problem", failedResult(APP, "not-found", { optional: true })],
  ] as const) {
    for (const updating of [KEEPS, PRUNES]) {
      it(`keeps the entry of ${what}${updating.prunes ? ", also when it prunes" : ""}`, () => {
        const before = new Map([[APP, entryOf(TWO, ["linux/amd64"])]]);
        const image = { ...resolved, wanted: { ...resolved.wanted, lock: UPDATE } };
        assert.deepEqual(updatedLock(before, [image], updating), before);
      });
    }
  }

  it("keeps the entry of an image that misses a platform", async () => {
    const resolved = await lockable(TWO);
    const platforms = [...resolved.platforms, failedPlatform("linux/386", "platform-missing")];
    const before = new Map([[APP, entryOf(image("linux/386"), ["linux/386"])]]);
    assert.deepEqual(updatedLock(before, [{ ...resolved, platforms }], KEEPS), before);
  });

  it("adds nothing for an image that needs no entry", async () => {
    const images = [await resultOf(TWO), failedResult("gone", "not-found", { lock: UPDATE })];
    assert.deepEqual(updatedLock(new Map(), images, KEEPS), new Map());
  });

  it("keeps the entry of an image that was not read again", () => {
    const unread = unreadResult();
    const entry = unread.wanted.lock?.entry;
    assert.ok(entry);
    assert.equal(updatedLock(new Map([[APP, entry]]), [unread], PRUNES).get(APP), entry);
  });

  it("drops what the step does not name only when it prunes", async () => {
    const before = new Map([
      [APP, entryOf(TWO, ["linux/amd64"])],
      [OTHER, entryOf(TWO, [])],
    ]);
    const images = [await lockable(TWO)];
    assert.deepEqual([...updatedLock(before, images, KEEPS).keys()], [APP, OTHER]);
    assert.deepEqual([...updatedLock(before, images, PRUNES).keys()], [APP]);
    assert.deepEqual([...before.keys()], [APP, OTHER], "the old one stays as it is");
  });

  it("prunes the entry of an image that the step names only by digest", async () => {
    const before = new Map([[APP, entryOf(TWO, ["linux/amd64"])]]);
    const images = [await resultOf(TWO)];
    assert.deepEqual(updatedLock(before, images, PRUNES), new Map());
    assert.deepEqual(updatedLock(before, images, KEEPS), before);
  });

  it("prunes neither form of a reference that has two", async () => {
    const resolved = failedResult(APP, "no-answer", { lock: UPDATE });
    const otherwise = { written: "other:1", reference: failedResult("other:1").wanted.reference };
    const image = { ...resolved, wanted: { ...resolved.wanted, otherwise } };
    const before = new Map([[OTHER, entryOf(TWO, [])]]);
    assert.deepEqual(updatedLock(before, [image], PRUNES), before);
  });

  it("changes nothing in any file that names none of the images, and prunes all of it", () =>
    fc.assert(
      fc.property(lockFile, (before) => {
        assert.deepEqual(updatedLock(before, [], KEEPS), before);
        assert.deepEqual(updatedLock(before, [], PRUNES), new Map());
      }),
    ));

  it("changes nothing the second time", async () => {
    const images = [await lockable(TWO), await lockable(TWO, { platforms: "all" })];
    const first = updatedLock(new Map(), images, KEEPS);
    const again = updatedLock(first, images, { day: "2026-12-24", prunes: true });
    assert.equal(printLock(again), printLock(first));
  });
});

describe("changesBetween", () => {
  const NOTHING = { images: [], before: new Map(), runner: RUNNER };

  it("is empty between a lock file and itself", async () => {
    const lock = updatedLock(new Map(), [await lockable(TWO)], KEEPS);
    assert.deepEqual(changesBetween(lock, new Map(lock), NOTHING), []);
  });

  it("has what is new, what moved and what is removed, sorted", () => {
    const [a, b, c] = ["registry.test/a:1", "registry.test/b:1", "registry.test/c:1"] as const;
    const entry = entryOf(TWO, ["linux/amd64"]);
    const old = new Map([
      [c, entry],
      [b, entry],
    ]);
    const now = new Map([
      [b, { ...entry, digest: digestOfAll("e") }],
      [a, entry],
    ]);
    const shown = changesBetween(old, now, NOTHING).map((change) => {
      return [change.reference, change.old?.digest, change.now?.digest];
    });
    assert.deepEqual(shown, [
      [a, undefined, TWO.digest],
      [b, TWO.digest, digestOfAll("e")],
      [c, TWO.digest, undefined],
    ]);
  });

  it("describes images before and after, with size and date of the required platforms", async () => {
    const older = image("linux/amd64", { config: { created: "2025-01-02T03:04:05Z" } });
    const replaced = await lockable(older);
    const current = await lockable(TWO);
    const old = updatedLock(new Map(), [replaced], KEEPS);
    const now = updatedLock(old, [current], KEEPS);
    const known = { images: [current], before: new Map([[APP, replaced]]), runner: RUNNER };
    const [change] = changesBetween(old, now, known);
    const bytes = (made: Made): number =>
      made.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
    assert.deepEqual(change?.old, {
      digest: older.digest,
      platforms: ["linux/amd64"],
      created: "2025-01-02T03:04:05Z",
      size: bytes(older),
    });
    assert.deepEqual(change?.now, {
      digest: TWO.digest,
      platforms: ["linux/amd64"],
      created: "2026-01-02T03:04:05Z",
      size: bytes(image("linux/amd64")),
    });
  });

  it("counts all platforms of an image that is named twice", async () => {
    const one = await lockable(TWO);
    const other = await lockable(TWO, { platforms: required("linux/arm64") });
    const both = await lockable(TWO, { platforms: "all" });
    const now = updatedLock(new Map(), [one, other], KEEPS);
    const sizes = [[one, other], [both]].map((images) => {
      return changesBetween(new Map(), now, { ...NOTHING, images })[0]?.now?.size;
    });
    assert.equal(sizes[0], sizes[1]);
  });

  it("knows the size of an artifact, and no date", async () => {
    const made = artifact();
    const images = [await lockable(made, { platforms: "any" })];
    const now = updatedLock(new Map(), images, KEEPS);
    const [change] = changesBetween(new Map(), now, { ...NOTHING, images });
    const size = made.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);
    assert.deepEqual(change?.now, { digest: made.digest, platforms: [], created: "", size });
  });

  it("knows neither date nor size of what was not read", async () => {
    const entry = entryOf(TWO, ["linux/amd64"]);
    const images = [unreadResult(), failedResult("gone")];
    const changes = changesBetween(new Map(), new Map([[APP, entry]]), { ...NOTHING, images });
    const { now } = changes[0] ?? {};
    assert.deepEqual([now?.created, now?.size], ["", undefined]);
  });
});
