import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { statusOf } from "../../src/gate/resolved.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Fetched, Refusal } from "../../src/oci/fetched.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import type { Reason } from "../../src/oci/reason.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import type { CachedRegistry } from "../../src/pull/cached-registry.ts";
import type { Reliance } from "../../src/pull/reliance.ts";
import { behindCache, STRICT } from "../support/behind-cache.ts";
import { image, index, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache } from "../support/memory-store.ts";
import { asBlob, failure, lockedImage, lockOf, resolved } from "../support/resolving.ts";

const AMD64 = [parsePlatform("linux/amd64")];
const [PLATFORM] = AMD64;
const KEYS = keysUnder("prefix", 100);
const MADE = image("linux/amd64");
const TOP = index([MADE]);
const [CONFIG, LAYER] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const ENTRY = new Map([TOP, MADE, CONFIG].map(({ digest, bytes }) => [digest, bytes] as const));
const REPOSITORY = parseReference("registry.test/org/app");
const OTHER = parseReference("registry.test/org/other");
const USED: Reliance = { confirms: true, whenRefused: "use-cache", mayHavePrivate: true };

let registry: MemoryRegistry;
let cached: CachedRegistry;

/** Begins a run with documents and config in the cache. */
function begin(reliance: Reliance, sentCredentials = false): void {
  registry = new MemoryRegistry();
  registry.push("org/app", "1", TOP);
  registry.sentCredentials = () => sentCredentials;
  const cache = new MemoryCache();
  cache.bundles.set(KEYS.image(TOP.digest, AMD64), ENTRY);
  cached = behindCache(registry, { cache, keys: KEYS, reliance });
}
beforeEach(() => begin(STRICT));

const refuse = (reason: Reason, question = /./): void =>
  registry.fail(question, new PullError(reason, "answered badly", { next: "do this" }));
const open = (): Promise<Fetched> => cached.manifest(REPOSITORY, TOP.digest, { platforms: AMD64 });
const config = () => cached.blob(REPOSITORY, asBlob(CONFIG));
const gate = (more: Parameters<typeof resolved>[2] = {}) => {
  const lock = lockOf("check", lockedImage(TOP, [MADE]));
  return resolved(cached, "registry.test/org/app:1", { lock, ...more });
};

const OUTAGES: readonly Reason[] = ["no-answer", "server-error", "rate-limited", "tls-failed"];
const REFUSALS: readonly Reason[] = ["not-found", "no-credentials", "credentials-refused"];
const OTHERS: readonly Reason[] = ["digest-differs", "unexpected-answer", "timeout", "cancelled"];
const ASK = /^answered badly; a copy is in the cache or the layout; do this, or set when-unavail/;
const REVOKED = /^answered badly; credentials were sent, so .* do this, or set cache-private: true/;

/** What becomes of a refusal of something that is here; undefined when the copy is used. */
const TABLE = [
  ["fail", false, false, ASK],
  ["fail", false, true, ASK],
  ["fail", true, false, ASK],
  ["fail", true, true, ASK],
  ["use-cache", false, false, undefined],
  ["use-cache", false, true, undefined],
  ["use-cache", true, false, REVOKED],
  ["use-cache", true, true, undefined],
] as const;

describe("a copy that the registry does not confirm", () => {
  for (const [whenRefused, isSent, mayHavePrivate, thrown] of TABLE) {
    const scope = mayHavePrivate ? "a private cache" : "a public cache";
    const policy = `${whenRefused}, ${isSent ? "with" : "without"} credentials, ${scope}`;
    const start = (reason: Reason): void => {
      begin({ confirms: true, whenRefused, mayHavePrivate }, isSent);
      refuse(reason, /^(claim|size)/);
    };
    const expectUsed = async (reason: Reason): Promise<void> => {
      start(reason);
      const { status } = new PullError(reason, "");
      const refusal: Refusal = { registry: "registry.test", status, found: "answered badly" };
      const manifest = await open();
      assert.deepEqual([manifest.bytes, manifest.refusal], [TOP.bytes, refusal]);
      assert.deepEqual([manifest.private, manifest.authenticated], [true, isSent]);
      const { bytes, private: isPrivate, refusal: ofConfig } = await config();
      assert.deepEqual([bytes, isPrivate, ofConfig], [CONFIG.bytes, true, refusal]);
      assert.equal(await cached.size(REPOSITORY, CONFIG.digest), CONFIG.bytes.length);
      assert.equal(registry.brief.length, 3);
    };
    const expectThrown = async (reason: Reason, message: RegExp): Promise<void> => {
      start(reason);
      await assert.rejects(open(), failure(reason, message));
      await assert.rejects(config(), failure(reason, message));
      await assert.rejects(cached.size(REPOSITORY, CONFIG.digest), failure(reason, message));
    };

    for (const reason of OUTAGES) {
      it(`is used in an outage: ${policy}: ${reason}`, () => expectUsed(reason));
    }
    for (const reason of REFUSALS) {
      const verdict = thrown === undefined ? "is used" : "is not used";
      it(`${verdict} after a refusal: ${policy}: ${reason}`, () =>
        thrown === undefined ? expectUsed(reason) : expectThrown(reason, thrown));
    }
    for (const reason of OTHERS) {
      it(`is not used after another failure: ${policy}: ${reason}`, () =>
        expectThrown(reason, /^answered badly; do this$/));
    }
  }

  it("is no help for a tag, because nothing else says what it points at", async () => {
    begin(USED);
    refuse("no-answer", /^claim/);
    const asked = cached.manifest(REPOSITORY, "1", { platforms: AMD64 });
    await assert.rejects(asked, failure("no-answer"));
  });

  it("does not hide a bug", async () => {
    registry.fail(/^claim/, new TypeError("a bug"));
    await assert.rejects(open(), TypeError);
  });
});

describe("the size of a blob that may not be here", () => {
  it("is not known in an outage, once a document of the registry was here", async () => {
    refuse("no-answer", /^(claim|size)/);
    await assert.rejects(cached.size(REPOSITORY, LAYER.digest), failure("no-answer"));
    await open();
    assert.equal(await cached.size(REPOSITORY, LAYER.digest), undefined);
  });

  it("is a failure when the registry lost only that blob, although copies are used", async () => {
    begin(USED);
    registry.remove("org/app", LAYER.digest);
    assert.equal(statusOf(await gate({ verify: "blobs" })), "dangling");
    await assert.rejects(
      cached.size(REPOSITORY, LAYER.digest),
      failure("not-found", /^the registry does not have sha256:\w+; check the reference/),
    );
  });

  it("is not known once the registry refused to confirm a document of its repository", async () => {
    begin(USED);
    refuse("not-found", /^(claim|size)/);
    await open();
    assert.equal(await cached.size(REPOSITORY, LAYER.digest), undefined);
    await assert.rejects(cached.size(OTHER, LAYER.digest), failure("not-found"));
  });

  it("is a failure when the registry lost it and was unavailable before", async () => {
    begin(USED);
    registry.fail(/^claim/, new PullError("no-answer", "gave no answer"), 1);
    await open();
    registry.remove("org/app", LAYER.digest);
    await assert.rejects(cached.size(REPOSITORY, LAYER.digest), failure("not-found"));
  });

  it("is a failure when the step ends", async () => {
    await open();
    refuse("timeout", /^size/);
    await assert.rejects(cached.size(REPOSITORY, LAYER.digest), failure("timeout"));
  });
});

describe("a registry that is not asked for confirmation", () => {
  const frozen = { checksTags: false, lock: lockOf("frozen", lockedImage(TOP, [MADE])) };
  for (const sent of [true, false]) {
    const is = sent ? "were" : "were not";
    it(`receives no request for a complete image, when credentials ${is} sent`, async () => {
      begin({ ...STRICT, confirms: false }, sent);
      for (const verify of ["index", "manifest", "blobs"] as const) {
        const found = await gate({ ...frozen, verify });
        assert.deepEqual(
          [statusOf(found), found.refusal, found.tagRefusal],
          ["ok", undefined, undefined],
        );
        assert.equal(found.root?.fetched.private, true);
        assert.equal(found.root?.fetched.authenticated, sent);
      }
      assert.deepEqual(registry.asked, []);
    });
  }

  it("receives none for a schema 1 image whose layers are in its entry", async () => {
    const made = schema1(false);
    registry = new MemoryRegistry();
    const cache = new MemoryCache();
    const entry = [made, ...made.blobs].map(({ digest, bytes }) => [digest, bytes] as const);
    cache.bundles.set(KEYS.image(made.digest, AMD64), new Map(entry));
    const reliance = { ...STRICT, confirms: false };
    cached = behindCache(registry, { cache, keys: KEYS, reliance });
    const locked = { ...lockedImage(made), platforms: new Map([["linux/amd64", made.digest]]) };
    const found = await gate({
      checksTags: false,
      lock: lockOf("frozen", locked),
      pullsFor: PLATFORM,
    });
    assert.deepEqual([statusOf(found), registry.asked], ["ok", []]);
  });

  it("is asked for a document that is not here", async () => {
    begin({ ...STRICT, confirms: false });
    const { source } = await cached.manifest(REPOSITORY, MADE.digest);
    assert.equal(source, "registry.test");
  });
});

describe("a locked image whose registry refuses", () => {
  for (const [reason, tag, warnings] of [
    ["no-answer", "", 0],
    ["not-found", "gone", 0],
    ["no-credentials", "", 0],
  ] as const) {
    it(`is ok with one refusal and no warning of its tag: ${reason}`, async () => {
      begin(USED);
      refuse(reason);
      const found = await gate();
      const { status } = new PullError(reason, "");
      assert.deepEqual([statusOf(found), found.refusal?.status], ["ok", status]);
      assert.deepEqual([found.lock?.tag, found.warnings.length], [tag, warnings]);
    });
  }

  it("is a problem that names the next step when refusals count", async () => {
    refuse("not-found");
    const { problem } = await gate();
    assert.match(problem?.message ?? "", /; a copy is in .*, or set when-unavailable: use-cache/);
    assert.match(problem?.message ?? "", /images\.lock\.json locked this digest on 2026-11-01/);
  });

  it("has the refusal of one config", async () => {
    begin(USED);
    registry.remove("org/app", CONFIG.digest);
    const found = await gate();
    assert.deepEqual([statusOf(found), found.refusal?.status], ["ok", "not-found"]);
  });
});
