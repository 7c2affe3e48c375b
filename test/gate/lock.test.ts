import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Locked, LockWanted, Wanted } from "../../src/gate/plan.ts";
import { existsAll, failsStep, problemsOf, type Resolved } from "../../src/gate/resolved.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { artifact, descriptor, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import {
  lockedImage,
  lockOf,
  messagesOf,
  required,
  resolved,
  wantedImage,
} from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const OLD = index([AMD64, ARM64]);
const NEW = index([image("linux/amd64", { salt: "new" })]);
const WRITTEN = "registry.test/org/app:1";
const LOCKED = lockedImage(OLD, [AMD64, ARM64]);

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
  registry.push("org/app", "1", OLD);
});

/** An image with an entry of the lock file; the tag is asked for unless the mode is `frozen`. */
function gate(
  mode: LockWanted["mode"],
  entry: Locked | undefined,
  more: Parameters<typeof resolved>[2] = {},
): Promise<Resolved> {
  const lock = lockOf(mode, entry);
  return resolved(registry, WRITTEN, { lock, checksTags: mode !== "frozen", ...more });
}

/** The reason of each problem, after its platform. */
const reasonsOf = (found: Resolved): readonly string[] =>
  problemsOf(found).map(({ platform, reason }) => `${platform} ${reason}`.trim());

const sha512 = (made: Made) => ({ ...made, digest: digestOf(made.bytes, "sha512") });

describe("a locked image", () => {
  it("is the locked one, and its tag is asked for by one brief HEAD", async () => {
    registry.push("org/app", "1", NEW);
    const found = await gate("check", LOCKED);
    assert.deepEqual(found.root?.fetched.digest, OLD.digest);
    assert.deepEqual(found.lock, { digest: OLD.digest, tag: "moved" });
    const [config] = AMD64.blobs;
    assert.deepEqual(registry.asked, [
      `manifest org/app ${OLD.digest}`,
      "claim org/app 1",
      `manifest org/app ${AMD64.digest}`,
      `blob org/app ${config?.digest}`,
    ]);
    assert.deepEqual(registry.brief, ["claim org/app 1"]);
  });

  for (const tail of [":1", `:1@${OLD.digest}`]) {
    it(`has no tag that is asked for when no tag is checked: ${tail.slice(0, 12)}`, async () => {
      registry.push("org/app", "1", NEW);
      const lock = tail === ":1" ? { lock: lockOf("frozen", LOCKED) } : {};
      const options = { ...lock, checksTags: false };
      const found = await resolved(registry, `registry.test/org/app${tail}`, options);
      assert.deepEqual([found.root?.fetched.digest, found.warnings], [OLD.digest, []]);
      assert.equal(found.lock?.tag ?? "", "");
      assert.ok(registry.asked.every((line) => !line.startsWith("claim")));
    });
  }

  it("needs no lock beside a digest of its own, whose tag is checked as before", async () => {
    registry.push("org/app", "1", NEW);
    const found = await resolved(registry, `${WRITTEN}@${OLD.digest}`);
    assert.deepEqual([found.lock, found.warnings.length], [undefined, 1]);
  });

  it("may have a digest of another algorithm", async () => {
    const made = sha512(AMD64);
    registry.push("org/app", "2", made);
    const entry = { ...LOCKED, digest: made.digest, platforms: new Map() };
    const found = await gate("check", entry, { platforms: "any" });
    assert.deepEqual([found.root?.fetched.digest, found.lock?.tag], [made.digest, ""]);
  });

  it("may have a schema 1 manifest", async () => {
    const made = schema1(true);
    registry.push("org/app", "1", made);
    const entry = { ...lockedImage(made), platforms: new Map([["linux/amd64", made.digest]]) };
    const found = await gate("check", entry);
    assert.deepEqual([reasonsOf(found), found.lock?.tag], [[], "same"]);
  });

  it("may be an artifact, which needs no platform", async () => {
    const chart = artifact();
    registry.push("org/app", "1", chart);
    const found = await gate("frozen", lockedImage(chart), { platforms: "any" });
    assert.deepEqual([reasonsOf(found), found.root?.document.kind], [[], "artifact"]);
  });
});

describe("a locked digest that the registry lost", () => {
  beforeEach(() => registry.remove("org/app", OLD.digest));

  it("is a missing image, whose message names the lock file and no other tag", async () => {
    const found = await gate("check", LOCKED);
    assert.deepEqual(reasonsOf(found), ["not-found"]);
    const words = "images.lock.json locked this digest on 2026-11-01, and lock: update takes";
    assert.ok(messagesOf(found).includes(words), messagesOf(found));
    assert.ok(registry.asked.every((line) => !line.startsWith("tags")));
  });

  it("is not looked for under another form of the reference", async () => {
    const otherwise = wantedImage("registry.test/org/app:v1");
    const found = await gate("frozen", LOCKED, { otherwise });
    assert.equal(found.wanted.written, WRITTEN);
    assert.deepEqual(registry.asked, [`manifest org/app ${OLD.digest}`]);
  });
});

describe("an image that the lock file does not have", () => {
  const otherwise = wantedImage("registry.test/org/app:v1");
  for (const [what, mode, more] of [
    ["to check", "check", {}],
    ["frozen", "frozen", {}],
    ["optional", "check", { optional: true }],
    ["with a second form", "check", { otherwise }],
    ["without a platform", "check", { platforms: "any" }],
    ["before a pull", "frozen", { verify: "blobs", pullsFor: required("linux/amd64")[0] }],
  ] as const) {
    it(`is a problem, and nothing is asked for: ${what}`, async () => {
      const found = await gate(mode, undefined, more as Partial<Wanted>);
      assert.deepEqual([reasonsOf(found), registry.asked], [["not-locked"], []]);
      assert.deepEqual(found.lock, { digest: undefined, tag: "" });
      const words = "images.lock.json has no digest for it; run a step with lock: update, and";
      assert.equal(messagesOf(found), `${WRITTEN}: ${words} commit the lock file`);
    });
  }

  it("fails the step also when absence is forgiven, and may exist", async () => {
    const found = await gate("check", undefined);
    assert.deepEqual([failsStep(found, false), existsAll([found])], [true, undefined]);
  });

  it("fails no step when it is optional", async () => {
    assert.ok(!failsStep(await gate("check", undefined, { optional: true }), true));
  });
});

describe("the platforms of a locked image", () => {
  const other = image("linux/arm64", { salt: "other" });
  for (const [platforms, entry, expected] of [
    ["linux/amd64", [AMD64], []],
    ["linux/x86_64", [AMD64], []],
    ["linux/amd64,linux/arm64", [AMD64], ["linux/arm64 platform-not-locked"]],
    ["linux/amd64,linux/arm64", [AMD64, other], ["linux/arm64 lock-differs"]],
    ["linux/s390x", [AMD64], ["linux/s390x platform-missing"]],
    ["all", [AMD64, ARM64], []],
    ["all", [ARM64], ["linux/amd64 platform-not-locked"]],
    ["all", [], ["linux/amd64 platform-not-locked", "linux/arm64 platform-not-locked"]],
    ["any", [], []],
    ["any", [other], []],
  ] as const) {
    for (const verify of ["index", "manifest", "blobs"] as const) {
      const names = entry.map(({ platform }) => platform).join(" and ") || "none";
      it(`have ${expected.length} problems: ${platforms}, locked ${names}, ${verify}`, async () => {
        const more = { platforms: required(platforms), verify };
        assert.deepEqual(reasonsOf(await gate("check", lockedImage(OLD, entry), more)), expected);
      });
    }
  }

  it("have messages that name the file and what it has", async () => {
    const missing = await gate("check", lockedImage(OLD, [ARM64]));
    assert.equal(
      messagesOf(missing),
      `${WRITTEN} linux/amd64: images.lock.json has no digest for this platform, only for ` +
        "linux/arm64; run a step that requires the platform with lock: update, and commit the " +
        "lock file",
    );
    const none = await gate("check", lockedImage(OLD));
    assert.match(messagesOf(none), /for this platform, only for no platform; run/);
    const differing = await gate("check", lockedImage(OLD, [{ ...AMD64, digest: NEW.digest }]));
    const found = `has ${NEW.digest}, but the locked image has ${AMD64.digest}; delete the entry`;
    assert.ok(messagesOf(differing).includes(found), messagesOf(differing));
  });

  it("keep another problem that they have", async () => {
    registry.remove("org/app", AMD64.digest);
    const found = await gate("check", lockedImage(OLD, [ARM64]));
    assert.deepEqual(reasonsOf(found), ["linux/amd64 manifest-missing"]);
  });

  for (const [entry, expected] of [
    [[AMD64], []],
    [[ARM64], ["linux/amd64 platform-not-locked"]],
    [[{ ...AMD64, digest: NEW.digest }], ["linux/amd64 lock-differs"]],
  ] as const) {
    it(`have ${expected.join() || "no problem"} for a single manifest`, async () => {
      registry.push("org/app", "1", AMD64);
      assert.deepEqual(reasonsOf(await gate("check", lockedImage(AMD64, entry))), expected);
    });
  }

  it("are compared below nested indexes", async () => {
    const nested = index([AMD64]);
    const top = { ...index([], { entries: [descriptor(nested)] }), manifests: [nested, AMD64] };
    registry.push("org/app", "1", { ...top, blobs: nested.blobs });
    assert.deepEqual(reasonsOf(await gate("check", lockedImage(top, [AMD64]))), []);
    const found = await gate("check", lockedImage(top, [{ ...AMD64, digest: NEW.digest }]));
    assert.deepEqual(reasonsOf(found), ["linux/amd64 lock-differs"]);
  });
});
