import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namedImages, namedRepositories } from "../../src/action/named-images.ts";
import type { LockFile } from "../../src/runner/lock-file.ts";
import { image, multiPlatform } from "../support/image.ts";
import { digestOfAll } from "../support/locks.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { lockedImage, resolved } from "../support/resolving.ts";
import { APP, failedResult, resultOf } from "../support/results.ts";

const MADE = multiPlatform(["linux/amd64", "linux/arm64"]);
const OLD = image("linux/amd64", { salt: "old" });
const NO_LOCK: LockFile = new Map();
const NAME = "registry.test/org/app";

describe("namedImages", () => {
  it("has what the step resolved, as its registry confirmed it", async () => {
    const images = [await resultOf(MADE)];
    assert.deepEqual(namedImages({ images, lock: NO_LOCK }), [
      {
        name: NAME,
        tag: "1",
        digest: MADE.digest,
        parts: [],
        isConfirmed: true,
        isPrivate: false,
      },
    ]);
  });

  it("has an image that only some can read as private", async () => {
    const registry = new MemoryRegistry();
    registry.isPrivate = true;
    const images = [await resolved(registry, registry.push("org/app", "1", OLD))];
    const [named] = namedImages({ images, lock: NO_LOCK });
    assert.equal(named?.isPrivate, true);
  });

  it("has an image by digest without a tag", async () => {
    const registry = new MemoryRegistry();
    registry.push("org/app", "1", OLD);
    const images = [await resolved(registry, `${NAME}@${OLD.digest}`)];
    const [named] = namedImages({ images, lock: NO_LOCK });
    assert.deepEqual([named?.tag, named?.digest], ["", OLD.digest]);
  });

  it("has no image of which no digest is known", () => {
    const images = [failedResult(APP)];
    assert.deepEqual(namedImages({ images, lock: NO_LOCK }), []);
  });

  it("has what is locked with its platforms, and what the step resolved after it", async () => {
    const lock: LockFile = new Map([[APP, lockedImage(OLD, [image("linux/amd64")])]]);
    const [locked, found, ...others] = namedImages({ images: [await resultOf(MADE)], lock });
    assert.deepEqual(locked, {
      name: NAME,
      tag: "1",
      digest: OLD.digest,
      parts: [image("linux/amd64").digest],
      isConfirmed: false,
      isPrivate: true,
    });
    assert.deepEqual([found?.digest, others], [MADE.digest, []]);
  });
});

describe("namedRepositories", () => {
  it("has those of the images and of the lock file, each once and in full", () => {
    const images = [failedResult("alpine:3.20"), failedResult("alpine:3.21"), failedResult(APP)];
    const locked = { digest: digestOfAll("a"), platforms: new Map(), day: "2026-11-21" };
    const lock: LockFile = new Map([
      ["ghcr.io/org/other:1", locked],
      ["docker.io/library/alpine:3.20", locked],
    ]);
    assert.deepEqual(namedRepositories({ images, lock }), [
      "docker.io/library/alpine",
      NAME,
      "ghcr.io/org/other",
    ]);
  });
});
