import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { Fetched } from "../../src/oci/fetched.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import { CachedRegistry } from "../../src/pull/cached-registry.ts";
import { image } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache } from "../support/memory-store.ts";
import { asBlob, failure, required } from "../support/resolving.ts";

const AMD64 = required("linux/amd64");
const KEYS = keysUnder("prefix", 100);
const MADE = image("linux/amd64");
const [CONFIG, LAYER] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const REPOSITORY = parseReference("registry.test/org/app");
const DOWN = new PullError("no-answer", "gave no answer");

describe("an unavailable registry behind a cache", () => {
  let registry: MemoryRegistry;
  let warned: string[];
  let cached: CachedRegistry;
  beforeEach(() => {
    registry = new MemoryRegistry();
    registry.push("org/app", "1", MADE);
    const cache = new MemoryCache();
    const entry = [MADE, CONFIG].map(({ digest, bytes }) => [digest, bytes] as const);
    cache.bundles.set(KEYS.image(MADE.digest, AMD64), new Map(entry));
    warned = [];
    const warn = (message: string): void => void warned.push(message);
    cached = new CachedRegistry(registry, { cache, keys: KEYS, warn });
  });
  const open = (): Promise<Fetched> =>
    cached.manifest(REPOSITORY, MADE.digest, { platforms: AMD64 });

  for (const reason of ["no-answer", "server-error", "rate-limited"] as const) {
    it(`is one warning, and cached copies are used: ${reason}`, async () => {
      registry.fail(/./, new PullError(reason, "answered badly"));
      const { bytes } = await open();
      await cached.blob(REPOSITORY, asBlob(CONFIG));
      assert.deepEqual(bytes, MADE.bytes);
      assert.deepEqual(warned, [
        "registry.test is unavailable: using cached copies, whose digests are right, " +
          "without checking that the registry has them (answered badly)",
      ]);
      assert.equal(registry.asked.length, 1);
    });
  }

  it("is one warning for questions that are asked at the same time", async () => {
    await open();
    registry.fail(/^size/, DOWN);
    const asked = [CONFIG, LAYER].map(({ digest }) => cached.size(REPOSITORY, digest));
    assert.deepEqual(await Promise.all(asked), [undefined, undefined]);
    assert.deepEqual([warned.length, registry.asked.length], [1, 3]);
  });

  it("states no sizes, which is fine once one of its documents came from the cache", async () => {
    registry.fail(/^(claim|size)/, DOWN);
    await assert.rejects(cached.size(REPOSITORY, LAYER.digest), failure("no-answer"));
    await open();
    assert.equal(await cached.size(REPOSITORY, LAYER.digest), undefined);
  });

  it("fails for a tag, because nothing else says what it points at", async () => {
    registry.fail(/^claim/, DOWN);
    const asked = cached.manifest(REPOSITORY, "1", { platforms: AMD64 });
    await assert.rejects(asked, failure("no-answer"));
  });

  for (const reason of ["timeout", "credentials-refused"] as const) {
    it(`is something else than ${reason}, which fails`, async () => {
      registry.fail(/./, new PullError(reason, "no"));
      await assert.rejects(open(), failure(reason));
      assert.deepEqual(warned, []);
    });
  }

  it("makes its cached copies private, because nothing shows that they are public", async () => {
    registry.fail(/./, DOWN);
    const manifest = await open();
    assert.deepEqual([manifest.authenticated, manifest.private], [true, true]);
    assert.ok((await cached.blob(REPOSITORY, asBlob(CONFIG))).private);
  });
});
