import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Locked, Wanted } from "../../src/gate/plan.ts";
import { digestOfImage, type Resolved, statusOf } from "../../src/gate/resolved.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { artifact, image, index } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import {
  lockedImage,
  lockOf,
  messagesOf,
  required,
  resolved,
  statesOf,
  wantedImage,
} from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const OLD = index([AMD64, ARM64]);
const NEW = index([image("linux/amd64", { salt: "new" })]);
const LOCKED = lockedImage(OLD, [AMD64, ARM64]);

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
  registry.push("org/app", "1", OLD);
});

const update = (
  entry: Locked | undefined,
  more: Parameters<typeof resolved>[2] = {},
): Promise<Resolved> =>
  resolved(registry, "registry.test/org/app:1", { lock: lockOf("update", entry), ...more });

/** The kinds of questions that were asked, each once. */
const kinds = (): readonly string[] => [
  ...new Set(registry.asked.map((line) => line.split(" ")[0] ?? "")),
];

describe("an update of an image whose tag did not move", () => {
  for (const [platforms, entry, states] of [
    ["linux/amd64", LOCKED, ["linux/amd64 ok", "linux/arm64 listed unrequired"]],
    ["linux/arm64,linux/x86_64", LOCKED, ["linux/amd64 ok", "linux/arm64 ok"]],
    ["any", LOCKED, ["linux/amd64 listed unrequired", "linux/arm64 listed unrequired"]],
    ["any", lockedImage(OLD), []],
  ] as const) {
    for (const verify of ["index", "manifest"] as const) {
      const names = [...entry.platforms.keys()].join(" and ") || "none";
      it(`asks one HEAD and nothing else: ${platforms}, locked ${names}, ${verify}`, async () => {
        const found = await update(entry, { platforms: required(platforms), verify });
        assert.deepEqual([registry.asked, registry.brief], [["claim org/app 1"], []]);
        assert.deepEqual([found.root, found.unread], [undefined, OLD.digest]);
        assert.deepEqual([statesOf(found), statusOf(found)], [states, "ok"]);
        assert.deepEqual(found.lock, { digest: OLD.digest, tag: "same" });
      });
    }
  }

  it("has the locked digests of its platforms", async () => {
    const { platforms } = await update(LOCKED);
    const digests = platforms.map(({ digest }) => digest);
    assert.deepEqual(digests, [AMD64.digest, ARM64.digest]);
  });

  it("finds Windows builds in the entry", async () => {
    const windows = image("windows(10.0.20348.2)/amd64");
    const made = index([windows]);
    registry.push("org/app", "1", made);
    for (const platforms of ["windows/amd64", "windows(10.0.20348)/amd64"]) {
      const found = await update(lockedImage(made, [windows]), { platforms: required(platforms) });
      assert.deepEqual(statesOf(found), ["windows(10.0.20348.2)/amd64 ok"]);
    }
    assert.deepEqual(kinds(), ["claim"]);
  });

  it("asks one HEAD for an artifact", async () => {
    const chart = artifact();
    registry.push("org/app", "1", chart);
    const found = await update(lockedImage(chart), { platforms: "any" });
    assert.deepEqual([found.unread, registry.asked], [chart.digest, ["claim org/app 1"]]);
  });

  for (const [what, entry, more] of [
    ["its entry lacks a required platform", lockedImage(OLD, [ARM64]), {}],
    [
      "its entry lacks one of two required platforms",
      lockedImage(OLD, [AMD64]),
      { platforms: required("linux/amd64,linux/arm64") },
    ],
    ["its entry has no platform", lockedImage(OLD), {}],
    ["all platforms are required", LOCKED, { platforms: "all" }],
    ["layers are verified", LOCKED, { verify: "blobs" }],
    ["a pull follows", LOCKED, { pullsFor: parsePlatform("linux/amd64") }],
    ["it has a base", LOCKED, { base: "auto" }],
    ["it was not locked before", undefined, {}],
  ] as const) {
    it(`is read when ${what}`, async () => {
      const found = await update(entry, more);
      assert.deepEqual([found.root?.fetched.digest, found.unread], [OLD.digest, undefined]);
      assert.equal(statusOf(found), "ok");
      const tag = entry === undefined ? "" : "same";
      assert.deepEqual(found.lock, { digest: entry?.digest, tag });
      assert.ok(!kinds().includes("claim"));
    });
  }

  it("is read when the registry announces no digest", async () => {
    registry.claim = async () => ({ digest: undefined, authenticated: false, private: false });
    const found = await update(LOCKED);
    assert.deepEqual([found.root?.fetched.digest, found.lock?.tag], [OLD.digest, "same"]);
  });

  it("is read when its digest has another algorithm, and cannot be compared", async () => {
    const found = await update({ ...LOCKED, digest: digestOf(OLD.bytes, "sha512") });
    assert.deepEqual([found.root?.fetched.digest, found.lock?.tag], [OLD.digest, ""]);
  });
});

describe("an update of an image whose tag moved", () => {
  it("reads the new image, and has the locked digest beside it", async () => {
    registry.push("org/app", "1", NEW);
    const found = await update(LOCKED);
    assert.deepEqual([digestOfImage(found), found.warnings], [NEW.digest, []]);
    assert.deepEqual(found.lock, { digest: OLD.digest, tag: "moved" });
    assert.deepEqual(kinds(), ["claim", "manifest", "blob"]);
  });

  it("may lack a platform that was locked", async () => {
    registry.push("org/app", "1", NEW);
    const found = await update(LOCKED, { platforms: required("linux/arm64") });
    assert.deepEqual([statusOf(found), found.lock?.tag], ["platform-missing", "moved"]);
  });
});

describe("an update of an image that cannot be read", () => {
  it("names the nearest tags when the tag does not exist", async () => {
    registry.push("org/app", "2", OLD);
    registry.remove("org/app", "1");
    const found = await update(LOCKED);
    assert.deepEqual([statusOf(found), digestOfImage(found)], ["not-found", undefined]);
    assert.match(messagesOf(found), /; its only tag: 2$/);
    assert.deepEqual(found.lock, { digest: OLD.digest, tag: "" });
  });

  it("has the registry's refusal as its problem", async () => {
    registry.fail(/^claim/, new PullError("rate-limited", "answered 429"));
    assert.equal(statusOf(await update(LOCKED)), "rate-limited");
  });

  it("throws a bug", async () => {
    registry.fail(/^claim/, new TypeError("a bug"));
    await assert.rejects(update(LOCKED), TypeError);
  });
});

describe("an update of an image with a second form", () => {
  const otherwise: NonNullable<Wanted["otherwise"]> = wantedImage("registry.test/org/app:v1");
  beforeEach(() => {
    registry.push("org/app", "v1", OLD);
    registry.remove("org/app", "1");
  });

  it("asks one HEAD for each when the second has not moved", async () => {
    const found = await update(LOCKED, { otherwise });
    assert.deepEqual([found.wanted.written, found.unread], [otherwise.written, OLD.digest]);
    assert.deepEqual(registry.asked, ["claim org/app 1", "claim org/app v1"]);
  });

  it("reads the second when that is new", async () => {
    const found = await update(undefined, { otherwise });
    assert.deepEqual([found.wanted.written, digestOfImage(found)], [otherwise.written, OLD.digest]);
    assert.deepEqual(found.lock, { digest: undefined, tag: "" });
  });
});
