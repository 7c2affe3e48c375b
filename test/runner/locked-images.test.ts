import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Locked, LockWanted, Mention, Wanted } from "../../src/gate/plan.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { lockImages, lockKey } from "../../src/runner/locked-images.ts";
import { digestOfAll } from "../support/locks.ts";
import { wantedImage } from "../support/resolving.ts";

const DIGEST = digestOfAll("a");
const FILE = "images.lock.json";
const PLACE: Mention = { platforms: "any", optional: false };
const CACHE: Mention = { ...PLACE, isCache: true };

function entry(digit: string): Locked {
  return { digest: digestOfAll(digit), platforms: new Map(), day: "2026-11-21" };
}

const ALPINE = entry("1");
const OTHER = entry("2");
const ENTRIES = new Map([
  ["docker.io/library/alpine:3.20", ALPINE],
  ["docker.io/org/app:1.2", OTHER],
]);

function locked(image: Wanted, mode: LockWanted["mode"] = "check"): Wanted {
  const [found] = lockImages([image], { file: FILE, mode, entries: ENTRIES });
  assert.ok(found);
  return found;
}

describe("lockKey", () => {
  for (const [written, key] of [
    ["alpine", "docker.io/library/alpine:latest"],
    ["alpine:3.20", "docker.io/library/alpine:3.20"],
    [`alpine:3.20@${DIGEST}`, "docker.io/library/alpine:3.20"],
    ["ghcr.io/Org/app:v1".toLowerCase(), "ghcr.io/org/app:v1"],
    ["localhost:5000/app:1", "localhost:5000/app:1"],
  ] as const) {
    it(`of ${written.replace(DIGEST, "sha256:…")} is ${key}`, () =>
      assert.equal(lockKey(parseReference(written)), key));
  }
});

describe("lockImages", () => {
  for (const mode of ["check", "frozen", "update"] as const) {
    it(`adds what the lock file has on an image, or that it has nothing: ${mode}`, () => {
      const named = wantedImage("alpine:3.20");
      assert.deepEqual(locked(named, mode), {
        ...named,
        lock: { file: FILE, mode, entry: ALPINE },
      });
      const unknown = locked(wantedImage("busybox:1"), mode);
      assert.deepEqual(unknown.lock, { file: FILE, mode, entry: undefined });
    });
  }

  it("finds an image however its reference is written", () => {
    for (const written of ["alpine:3.20", "library/alpine:3.20", "docker.io/alpine:3.20"]) {
      assert.equal(locked(wantedImage(written)).lock?.entry, ALPINE);
    }
  });

  // what needs no entry
  for (const [what, image] of [
    ["a reference with a digest", wantedImage(`alpine:3.20@${DIGEST}`)],
    ["a digest without a tag", wantedImage(`alpine@${DIGEST}`)],
    ["a build cache", wantedImage("alpine:3.20", { mentions: [CACHE, CACHE] })],
  ] as const) {
    it(`leaves ${what} as it is`, () => assert.equal(locked(image), image));
  }

  it("locks a build cache that is also named as an image", () => {
    const mentions = [CACHE, PLACE];
    assert.equal(locked(wantedImage("alpine:3.20", { mentions })).lock?.entry, ALPINE);
  });

  it("keeps the order of the images", () => {
    const images = ["busybox:1", `alpine@${DIGEST}`, "alpine:3.20"].map((one) => wantedImage(one));
    const found = lockImages(images, { file: FILE, mode: "check", entries: ENTRIES });
    assert.deepEqual(
      found.map(({ name, lock }) => [name, lock?.entry]),
      [
        ["busybox:1", undefined],
        [`alpine@${DIGEST}`, undefined],
        ["alpine:3.20", ALPINE],
      ],
    );
  });
});

describe("the other form of a reference", () => {
  const form = (written: string) => ({ written, reference: parseReference(written) });
  const either = (first: string, other: string): Wanted =>
    wantedImage(first, { otherwise: form(other) });

  // the first form, the other one, which one counts, and what the lock file has on it
  for (const [first, other, counts, found] of [
    ["alpine:3.20", "org/app:1.2", "alpine:3.20", ALPINE],
    ["alpine:3.20", "org/none:1", "alpine:3.20", ALPINE],
    ["org/none:1", "org/app:1.2", "org/app:1.2", OTHER],
    ["org/none:1", "org/none:2", "org/none:1", undefined],
  ] as const) {
    for (const mode of ["check", "frozen"] as const) {
      it(`of ${first} or ${other} counts as ${counts}: ${mode}`, () => {
        const image = locked(either(first, other), mode);
        assert.deepEqual(form(image.written), form(counts));
        assert.deepEqual(image.reference, parseReference(counts));
        assert.equal(image.name, first, "its key in the outputs");
        assert.equal(image.lock?.entry, found);
        assert.equal(image.otherwise, undefined, "the lock file decided");
      });
    }
  }

  it("stays for an update, which asks for the first form again", () => {
    const image = either("org/none:1", "org/app:1.2");
    const lock = { file: FILE, mode: "update", entry: OTHER } as const;
    assert.deepEqual(locked(image, "update"), { ...image, lock });
  });
});
