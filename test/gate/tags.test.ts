import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { LockWanted } from "../../src/gate/plan.ts";
import type { Resolved } from "../../src/gate/resolved.ts";
import { checkTag, type TagCheck, tagHint, UNKNOWN_TAG, withTag } from "../../src/gate/tags.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Refusal } from "../../src/oci/fetched.ts";
import type { Reason, Status } from "../../src/oci/reason.ts";
import { image, index } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { lockedImage, lockOf, resolved, wantedImage } from "../support/resolving.ts";

const NOT_FOUND = new PullError("not-found", "no such manifest");
const REFUSED = new PullError("no-credentials", "answered 401");
const OLD = image("linux/amd64", { salt: "old" });
const NEW = image("linux/amd64", { salt: "new" });

describe("tagHint", () => {
  let registry: MemoryRegistry;
  beforeEach(() => {
    registry = new MemoryRegistry();
  });
  const hint = (tail: string, failure = NOT_FOUND): Promise<string> =>
    tagHint(registry, wantedImage(`${registry.host}/org/app${tail}`), failure);

  it("names the tags that are most like the missing one", async () => {
    for (const tag of ["1.0", "1.1", "2.0"]) registry.push("org/app", tag, NEW);
    assert.match(await hint(":1.2"), /^; nearest of its 3 tags: 1\.[01], 1\.[01]/);
  });

  it("names at most five tags", async () => {
    for (let at = 0; at < 40; at++) registry.push("org/app", `1.${at}`, NEW);
    const [, named = ""] = /^; nearest of its 40 tags: (.*)$/.exec(await hint(":1.50")) ?? [];
    assert.equal(named.split(", ").length, 5);
  });

  it("is empty for a repository without tags", async () => {
    assert.equal(await hint(":1"), "");
  });

  it("is empty when the tags cannot be listed", async () => {
    registry.push("org/app", "1", NEW);
    registry.fail(/^tags/, REFUSED);
    assert.equal(await hint(":2"), "");
  });

  for (const [what, tail, failure] of [
    ["another failure than a missing image", ":1", REFUSED],
    ["a reference with a digest", `:1@${OLD.digest}`, NOT_FOUND],
    ["a reference without a tag", `@${OLD.digest}`, NOT_FOUND],
  ] as const) {
    it(`is empty for ${what}, and lists no tags`, async () => {
      registry.push("org/app", "2", NEW);
      assert.deepEqual([await hint(tail, failure), registry.asked], ["", []]);
    });
  }

  for (const mode of ["check", "frozen"] as const) {
    it(`is the day on which a digest was locked, and lists no tags: ${mode}`, async () => {
      const lock = lockOf(mode, lockedImage(OLD));
      const wanted = wantedImage(`${registry.host}/org/app:1`, { lock });
      const words = "; images.lock.json locked this digest on 2026-11-01, and lock: update takes";
      assert.equal(await tagHint(registry, wanted, NOT_FOUND), `${words} the tag's digest`);
      assert.deepEqual(registry.asked, []);
    });
  }

  it("names tags for an update of the lock file, which asks for the tag", async () => {
    registry.push("org/app", "2", NEW);
    const lock = lockOf("update", lockedImage(OLD));
    const wanted = wantedImage(`${registry.host}/org/app:1`, { lock });
    assert.equal(await tagHint(registry, wanted, NOT_FOUND), "; its only tag: 2");
  });

  it("throws a bug", async () => {
    registry.fail(/^tags/, new TypeError("a bug"));
    await assert.rejects(hint(":1"), TypeError);
  });
});

const WRITTEN = "registry.test/org/app:1";

describe("checkTag", () => {
  let registry: MemoryRegistry;
  beforeEach(() => {
    registry = new MemoryRegistry();
    registry.push("org/app", "1", NEW);
  });
  const check = (written: string, lock?: LockWanted): Promise<TagCheck> =>
    checkTag(registry, wantedImage(written, lock === undefined ? {} : { lock }));
  const checkLocked = (entry = lockedImage(OLD)): Promise<TagCheck> =>
    check(WRITTEN, lockOf("check", entry));
  const given = `${WRITTEN}@${OLD.digest}`;

  it("is same for a tag that points at the digest", async () => {
    const same: TagCheck = { ...UNKNOWN_TAG, state: "same" };
    assert.deepEqual(await check(`${WRITTEN}@${NEW.digest}`), same);
    assert.deepEqual(await checkLocked(lockedImage(NEW)), same);
    assert.deepEqual(registry.brief, ["claim org/app 1", "claim org/app 1"]);
  });

  it("is moved for a tag that points at another digest, and warns with both", async () => {
    const moved = `the tag 1 now points at ${NEW.digest}`;
    const warning = `${given}: ${moved}; the given digest is used`;
    assert.deepEqual(await check(given), { ...UNKNOWN_TAG, state: "moved", warning });
    const locked = await checkLocked();
    assert.equal(locked.state, "moved");
    assert.equal(
      locked.warning,
      `${WRITTEN}: ${moved}; the digest that images.lock.json locked on 2026-11-01 is used, ` +
        `${OLD.digest}; run lock: update to take the new one`,
    );
  });

  it("is gone for a tag that does not exist, and warns", async () => {
    registry.remove("org/app", "1");
    const gone = await check(given);
    assert.deepEqual([gone.state, gone.refusal], ["gone", undefined]);
    assert.equal(
      gone.warning,
      `${given}: the tag 1 does not exist; the given digest is used; ` +
        "remove the tag, or name one that exists",
    );
    assert.equal(
      (await checkLocked()).warning,
      `${WRITTEN}: the tag 1 does not exist any more; the digest that images.lock.json locked on ` +
        `2026-11-01 is used, ${OLD.digest}; ` +
        "replace the image, or push it to a registry of yours",
    );
  });

  for (const [reason, status] of [
    ["no-credentials", "unauthorized"],
    ["credentials-refused", "unauthorized"],
    ["rate-limited", "rate-limited"],
    ["server-error", "unreachable"],
    ["no-answer", "unreachable"],
    ["unexpected-answer", "invalid"],
  ] as const satisfies readonly (readonly [Reason, Status])[]) {
    it(`is unknown, with a refusal and without a warning: ${reason}`, async () => {
      registry.fail(/^claim/, new PullError(reason, "answered badly"));
      const refusal: Refusal = { registry: "registry.test", status, found: "answered badly" };
      for (const found of [await check(given), await checkLocked()]) {
        assert.deepEqual(found, { ...UNKNOWN_TAG, refusal });
      }
    });
  }

  for (const reason of ["timeout", "cancelled"] as const) {
    it(`is unknown when the step ends: ${reason}`, async () => {
      registry.fail(/^claim/, new PullError(reason, "too late"));
      assert.deepEqual(await checkLocked(), UNKNOWN_TAG);
    });
  }

  it("is unknown when the digests have two algorithms", async () => {
    const digest = digestOf(OLD.bytes, "sha512");
    assert.deepEqual(await check(`${WRITTEN}@${digest}`), UNKNOWN_TAG);
    assert.deepEqual(await checkLocked(lockedImage({ ...OLD, digest })), UNKNOWN_TAG);
  });

  it("is unknown when the registry announces no digest", async () => {
    registry.claim = async () => ({ digest: undefined, authenticated: false, private: false });
    assert.deepEqual(await checkLocked(), UNKNOWN_TAG);
  });

  for (const [what, written, lock] of [
    ["a tag alone", WRITTEN, undefined],
    ["a digest alone", `registry.test/org/app@${OLD.digest}`, undefined],
    ["a tag that an update takes anyway", WRITTEN, lockOf("update", lockedImage(OLD))],
    ["a tag that is not locked", WRITTEN, lockOf("check", undefined)],
  ] as const) {
    it(`asks nothing about ${what}`, async () => {
      assert.deepEqual([await check(written, lock), registry.asked], [UNKNOWN_TAG, []]);
    });
  }

  it("throws a bug", async () => {
    registry.fail(/^claim/, new TypeError("a bug"));
    await assert.rejects(checkLocked(), TypeError);
  });
});

describe("withTag", () => {
  const refusal = (status: Refusal["status"]): Refusal => {
    return { registry: "registry.test", status, found: "answered" };
  };
  const TOP = index([OLD]);
  const MOVED: TagCheck = { ...UNKNOWN_TAG, state: "moved", warning: "it moved" };

  /** An image whose top document and manifest were refused like this, with a moved tag. */
  async function refused(
    top: Refusal | undefined,
    manifest: Refusal | undefined,
    tag = MOVED,
  ): Promise<Resolved> {
    const registry = new MemoryRegistry();
    const found = await resolved(registry, registry.push("org/app", "1", TOP));
    const { root } = found;
    assert.ok(root);
    const platforms = found.platforms.map((outcome) => {
      const read = outcome.image && { ...outcome.image, refusal: manifest };
      return { ...outcome, image: read };
    });
    const fetched = { ...root.fetched, refusal: top };
    const image = { ...found, root: { ...root, fetched }, platforms };
    return withTag({ ...image, warnings: ["another"] }, fetched.digest, tag);
  }

  for (const [top, manifest, expected] of [
    [undefined, undefined, undefined],
    ["not-found", undefined, "not-found"],
    [undefined, "unauthorized", "unauthorized"],
    ["rate-limited", undefined, "rate-limited"],
    // That a document is gone matters more than an outage.
    ["unreachable", "not-found", "not-found"],
    ["not-found", "unreachable", "not-found"],
  ] as const) {
    const isGone = expected === "not-found" || expected === "unauthorized";
    const says = isGone ? "leaves out the tag's warning" : "warns of the tag first";
    it(`${says}: document ${top ?? "ok"}, manifest ${manifest ?? "ok"}`, async () => {
      const found = await refused(top && refusal(top), manifest && refusal(manifest));
      assert.equal(found.refusal?.status, expected);
      assert.deepEqual(found.warnings, isGone ? ["another"] : ["it moved", "another"]);
    });
  }

  it("adds no warning of a tag without one, and the refusal to answer about it", async () => {
    const tag = { ...UNKNOWN_TAG, refusal: refusal("unauthorized") };
    const found = await refused(undefined, undefined, tag);
    assert.deepEqual([found.warnings, found.tagRefusal], [["another"], tag.refusal]);
  });
});
