import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Locked } from "../../src/gate/plan.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { type LockFile, parseLock, printLock } from "../../src/runner/lock-file.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { digestOfAll, locked, PLATFORMS } from "../support/locks.ts";

const directory = temporaryDirectory("merge");

/** What `git merge-file` makes of two changes to a base; undefined when they conflict. */
function merge(ours: LockFile, base: LockFile, theirs: LockFile): string | undefined {
  const files = Object.entries({ ours, base, theirs }).map(([name, lock]) => {
    const file = join(directory, name);
    writeFileSync(file, printLock(lock));
    return file;
  });
  const { status, stdout } = spawnSync("git", ["merge-file", "-p", ...files], { encoding: "utf8" });
  // The number of conflicts, or 255 for an error: https://git-scm.com/docs/git-merge-file
  assert.ok(status !== null && status < 255);
  return status === 0 ? stdout : undefined;
}

type Person = "ours" | "theirs";

/** What happens to one reference: its entry before, and the entry that one of two people makes. */
type Fate = {
  readonly name: string;
  readonly before: Locked | undefined;
  readonly by: Person | undefined;
  readonly after: Locked | undefined;
};

const NAMES = ["a", "b", "c", "d", "e", "f", "g"].map((name) => `ghcr.io/org/${name}:1`);

function fatesOf(
  entryOf: (name: string, state: string) => fc.Arbitrary<Locked>,
): fc.Arbitrary<readonly Fate[]> {
  const fates = NAMES.map((name) => {
    const before = fc.option(entryOf(name, "before"), { nil: undefined });
    const by = fc.constantFrom<Fate["by"]>("ours", "theirs", undefined);
    const after = fc.option(entryOf(name, "after"), { nil: undefined });
    return fc.tuple(before, by, after).map(([...[old, who, now]]) => {
      return { name, before: old, by: who, after: now };
    });
  });
  return fc.tuple(...fates);
}

/** Entries that share no digest, as those of different images. */
function entryOf(name: string, state: string): fc.Arbitrary<Locked> {
  const of = (part: string): Digest => digestOf(Buffer.from(`${name} ${state} ${part}`));
  const platforms = fc.subarray(PLATFORMS);
  const day = fc.constantFrom("2026-11-20", "2026-11-21");
  return fc.tuple(platforms, day).map(([all, on]) => {
    return { digest: of(""), day: on, platforms: new Map(all.map((one) => [one, of(one)])) };
  });
}

/** The lock file after the changes of these people. */
function fileOf(fates: readonly Fate[], ...people: readonly Person[]): LockFile {
  const entries = fates.flatMap(({ name, before, by, after }) => {
    const entry = by !== undefined && people.includes(by) ? after : before;
    return entry === undefined ? [] : [[name, entry] as const];
  });
  return new Map(entries);
}

const isAdded = ({ before, after }: Fate): boolean => before === undefined && after !== undefined;
const isRemoved = ({ before, after }: Fate): boolean => before !== undefined && after === undefined;

/**
 * The places between the entries of the base where someone adds an entry, or next to which they
 * remove one. When they do, an entry that they change may seem to be another one, too.
 */
function placesOf(fates: readonly Fate[], person: Person): ReadonlySet<number> {
  const places = new Set<number>();
  const moves = fates.some((fate) => fate.by === person && (isAdded(fate) || isRemoved(fate)));
  let place = 0;
  for (const fate of fates) {
    const isTouched = fate.by === person && moves;
    if (isTouched) places.add(place);
    if (fate.before !== undefined) place++;
    if (isTouched) places.add(place);
  }
  return places;
}

function isIndependent(fates: readonly Fate[]): boolean {
  const ours = placesOf(fates, "ours");
  const theirs = placesOf(fates, "theirs");
  return [...theirs].every((place) => !ours.has(place));
}

/**
 * True when each person only adds entries or only removes some. Who does both next to an entry may
 * seem to rename it.
 */
function isOneWay(fates: readonly Fate[]): boolean {
  return (["ours", "theirs"] as const).every((person) => {
    const own = fates.filter(({ by }) => by === person);
    return !(own.some(isAdded) && own.some(isRemoved));
  });
}

function mergeOf(fates: readonly Fate[]): string | undefined {
  return merge(fileOf(fates, "ours"), fileOf(fates), fileOf(fates, "theirs"));
}

function digestsOf(lock: LockFile): ReadonlyMap<string, string> {
  return new Map([...lock].map(([name, { digest }]) => [name, digest]));
}

describe("git merge-file", () => {
  it("merges changes to different entries, also to neighbours", () => {
    fc.assert(
      fc.property(fatesOf(entryOf), (fates) => {
        fc.pre(isIndependent(fates) && isOneWay(fates));
        const both = fileOf(fates, "ours", "theirs");
        const merged = mergeOf(fates);
        assert.equal(merged, printLock(both));
        assert.deepEqual(parseLock(merged, "images.lock.json"), { lock: both });
      }),
    );
  });

  it("never gives an entry the digest of another, even if entries have the same lines", () => {
    fc.assert(
      fc.property(
        fatesOf(() => locked),
        (fates) => {
          const merged = mergeOf(fates);
          if (merged === undefined) return;
          const parsed = parseLock(merged, "images.lock.json");
          if (!("lock" in parsed)) return;
          assert.deepEqual(digestsOf(parsed.lock), digestsOf(fileOf(fates, "ours", "theirs")));
        },
      ),
    );
  });

  for (const [change, platforms] of [
    ["its first platform", ["linux/amd64"]],
    ["no platform", []],
  ] as const) {
    it(`merges a new last entry and an update of the one before it to ${change}`, () => {
      const [first = "", second = ""] = NAMES;
      const digest = digestOfAll("b");
      const old = { digest: digestOfAll("a"), day: "2026-11-20", platforms: new Map() };
      const all = platforms.map((platform) => [platform, digest] as const);
      const now = { digest, day: "2026-11-21", platforms: new Map(all) };
      const fates: readonly Fate[] = [
        { name: first, before: old, by: "ours", after: now },
        { name: second, before: undefined, by: "theirs", after: now },
      ];
      assert.equal(mergeOf(fates), printLock(fileOf(fates, "ours", "theirs")));
    });
  }

  it("leaves a conflict when two people add entries at the same place", () => {
    const entry = { digest: digestOfAll("a"), day: "2026-11-20", platforms: new Map() };
    const [first = "", second = ""] = NAMES;
    const ours = new Map([[first, entry]]);
    const theirs = new Map([[second, entry]]);
    assert.equal(merge(ours, new Map(), theirs), undefined);
  });
});
