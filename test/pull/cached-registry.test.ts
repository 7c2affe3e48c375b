import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { ManifestHints } from "../../src/gate/source.ts";
import type { Blob } from "../../src/oci/blob.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Provenance } from "../../src/oci/fetched.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import type { CachedRegistry } from "../../src/pull/cached-registry.ts";
import { behindCache } from "../support/behind-cache.ts";
import { type Content, content, image, index, type Made, multiPlatform } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache, MemoryStore } from "../support/memory-store.ts";
import { asBlob, failure, required, resolved } from "../support/resolving.ts";

const MIB = 1024 * 1024;
const AMD64 = required("linux/amd64");
const KEYS = keysUnder("prefix", 100);
const MADE = image("linux/amd64");
const [CONFIG, LAYER] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const REPOSITORY = parseReference("registry.test/org/app");
const DOWN = new PullError("no-answer", "gave no answer");

let registry: MemoryRegistry;
let cache: MemoryCache;
let store: MemoryStore;
let cached: CachedRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
  cache = new MemoryCache();
  store = new MemoryStore();
  cached = behindCache(registry, { cache, keys: KEYS });
});

/** Puts the entry of an image into the cache, and returns its key. */
function save(top: Content, contents: readonly Content[], platforms = AMD64): string {
  const key = KEYS.image(top.digest, platforms);
  const blobs = [top, ...contents].map(({ digest, bytes }) => [digest, bytes] as const);
  cache.bundles.set(key, new Map(blobs));
  return key;
}

/** Downloads a blob into the store. */
async function download(blob: Blob): Promise<Provenance> {
  const ingest = await store.ingest(blob);
  return cached.download(REPOSITORY, blob, () => ingest);
}

const open = (made: Made) => cached.manifest(REPOSITORY, made.digest, { platforms: AMD64 });
const blobKey = (one: Content): string => KEYS.blob(asBlob(one)) ?? "";

describe("a manifest", () => {
  beforeEach(() => {
    registry.push("org/app", "1", MADE);
  });

  for (const [named, asked] of [
    ["1", ["claim org/app 1"]],
    [MADE.digest, [`claim org/app ${MADE.digest}`]],
  ] as const) {
    const how = named === "1" ? "tag" : "digest";
    it(`named by ${how} comes from the image's entry, and a HEAD asks the registry`, async () => {
      save(MADE, [CONFIG]);
      const fetched = await cached.manifest(REPOSITORY, named, { platforms: AMD64 });
      assert.deepEqual([fetched.bytes, fetched.origin], [MADE.bytes, "cache"]);
      assert.deepEqual([fetched.digest, fetched.content], [MADE.digest, MADE.bytes]);
      assert.deepEqual([fetched.source, fetched.refusal], ["cache", undefined]);
      assert.deepEqual(registry.asked, asked);
      // What a tag points at decides; a copy that is here is only confirmed.
      assert.deepEqual(registry.brief, how === "tag" ? [] : asked);
    });

    for (const isPrivate of [true, false]) {
      const who = isPrivate ? "some" : "anyone";
      it(`named by ${how} is as private as the registry's answer: ${who} can read it`, async () => {
        registry.isPrivate = isPrivate;
        save(MADE, [CONFIG]);
        const fetched = await cached.manifest(REPOSITORY, named, { platforms: AMD64 });
        assert.deepEqual([fetched.private, fetched.authenticated], [isPrivate, isPrivate]);
      });
    }
  }

  it("is asked of the registry with what that says the tag points at", async () => {
    const hinted: (ManifestHints | undefined)[] = [];
    const { manifest } = registry;
    registry.manifest = (repository, reference, hints?: ManifestHints) => {
      hinted.push(hints);
      return manifest.call(registry, repository, reference);
    };
    await cached.manifest(REPOSITORY, "1", { platforms: AMD64 });
    await cached.manifest(REPOSITORY, MADE.digest, { size: MADE.bytes.length });
    const claimed = { platforms: AMD64, claimed: MADE.digest };
    assert.deepEqual(hinted, [claimed, { size: MADE.bytes.length }]);
  });

  it("comes from the registry when the cache has no entry", async () => {
    const fetched = await cached.manifest(REPOSITORY, "1", { platforms: AMD64 });
    assert.deepEqual([fetched.bytes, fetched.origin], [MADE.bytes, "registry"]);
    assert.deepEqual(cache.asked, [KEYS.image(MADE.digest, AMD64)]);
  });

  it("comes from the registry when that does not say what the tag points at", async () => {
    registry.claim = async () => ({ digest: undefined, authenticated: false, private: false });
    const fetched = await cached.manifest(REPOSITORY, "1", { platforms: AMD64 });
    assert.deepEqual([fetched.origin, cache.asked], ["registry", []]);
  });

  it("has an entry for its own platforms, and not one for those of another image", async () => {
    save(MADE, [CONFIG], required("linux/arm64"));
    assert.equal((await open(MADE)).origin, "registry");
    const again = { platforms: required("linux/arm64") };
    assert.equal((await cached.manifest(REPOSITORY, MADE.digest, again)).origin, "cache");
  });

  it("opens an entry once, however often it is asked for", async () => {
    const key = save(MADE, [CONFIG]);
    await Promise.all([open(MADE), open(MADE)]);
    await open(MADE);
    assert.deepEqual(cache.asked, [key]);
  });

  it("fails when the registry lost it, although the cache has it", async () => {
    save(MADE, [CONFIG]);
    registry.remove("org/app", MADE.digest);
    await assert.rejects(open(MADE), failure("not-found"));
  });

  it("takes the size that is listed, and asks the registry about any other", async () => {
    const top = index([MADE]);
    registry.push("org/app", "2", top);
    save(top, [MADE]);
    await open(top);
    const size = MADE.bytes.length;
    assert.equal((await cached.manifest(REPOSITORY, MADE.digest, { size })).origin, "cache");
    const other = await cached.manifest(REPOSITORY, MADE.digest, { size: size + 1 });
    assert.equal(other.origin, "registry");
  });

  it("is not taken from the cache when it has more than 4 MiB", async () => {
    const large = content(MADE.mediaType, Buffer.alloc(4 * MIB + 1));
    registry.push("org/app", "large", { ...large, manifests: [], blobs: [large] });
    save(MADE, [large]);
    await open(MADE);
    const manifest = await cached.manifest(REPOSITORY, large.digest);
    const blob = await cached.blob(REPOSITORY, asBlob(large));
    assert.deepEqual([manifest.origin, blob.origin], ["registry", "registry"]);
  });
});

describe("a config", () => {
  beforeEach(() => {
    registry.push("org/app", "1", MADE);
  });

  it("comes from the image's entry, and a HEAD asks the registry", async () => {
    save(MADE, [CONFIG]);
    await open(MADE);
    const { bytes, origin } = await cached.blob(REPOSITORY, asBlob(CONFIG));
    assert.deepEqual([bytes, origin], [CONFIG.bytes, "cache"]);
    assert.equal(registry.asked.at(-1), `size org/app ${CONFIG.digest}`);
  });

  it("takes the size that is listed, and asks the registry about any other", async () => {
    save(MADE, [CONFIG]);
    await open(MADE);
    const { digest, size } = asBlob(CONFIG);
    const other = await cached.blob(REPOSITORY, { digest, size: size - 1 });
    assert.equal(other.origin, "registry");
  });

  it("read from the registry is not looked for in the cache by a download", async () => {
    cache.blobs.set(blobKey(CONFIG), CONFIG.bytes);
    await cached.blob(REPOSITORY, asBlob(CONFIG));
    assert.deepEqual(await download(asBlob(CONFIG)), {
      ...{ origin: "registry", source: "registry.test", private: false },
    });
    assert.deepEqual(cache.asked, []);
  });
});

describe("a download", () => {
  beforeEach(() => {
    registry.push("org/app", "1", MADE);
  });
  const fromCache: Provenance = { origin: "cache", source: "cache", private: false };

  it("takes a blob of an opened entry from there", async () => {
    save(MADE, [CONFIG]);
    await open(MADE);
    assert.deepEqual(await download(asBlob(CONFIG)), fromCache);
    assert.deepEqual(store.blobs.get(CONFIG.digest), CONFIG.bytes);
  });

  it("restores a large blob from its own entry", async () => {
    cache.blobs.set(blobKey(LAYER), LAYER.bytes);
    assert.deepEqual(await download(asBlob(LAYER)), fromCache);
    assert.deepEqual([store.blobs.get(LAYER.digest), registry.asked], [LAYER.bytes, []]);
  });

  it("does not look for a small blob in the cache", async () => {
    const small = content("", Buffer.from("small"));
    registry.push("org/app", "2", { ...MADE, blobs: [small] });
    assert.equal((await download(asBlob(small))).origin, "registry");
    assert.deepEqual(cache.asked, []);
  });

  it("takes a blob from the registry when its entry is wrong", async () => {
    cache.blobs.set(blobKey(LAYER), Buffer.alloc(LAYER.bytes.length));
    assert.equal((await download(asBlob(LAYER))).origin, "registry");
    assert.deepEqual(store.blobs.get(LAYER.digest), LAYER.bytes);
  });

  it("asks the cache once for a blob, however often the download is retried", async () => {
    registry.fail(/^download/, DOWN, 2);
    for (const _ of [1, 2]) await assert.rejects(download(asBlob(LAYER)), failure("no-answer"));
    await download(asBlob(LAYER));
    assert.deepEqual(cache.asked, [blobKey(LAYER)]);
  });

  it("restores a blob that another image lists with a wrong size", async () => {
    cache.blobs.set(blobKey(LAYER), LAYER.bytes);
    const { digest, size } = asBlob(LAYER);
    await assert.rejects(download({ digest, size: size + 7 }));
    assert.deepEqual(await download({ digest, size }), fromCache);
  });

  it("takes from an opened entry only a blob of the listed size", async () => {
    save(MADE, [LAYER]);
    await open(MADE);
    await assert.rejects(download({ ...asBlob(LAYER), size: 5_000 }));
    assert.ok(registry.asked.includes(`download org/app ${LAYER.digest}`));
  });
});

describe("holds", () => {
  it("is true for what the opened entries have, and false before", async () => {
    registry.push("org/app", "1", MADE);
    save(MADE, [CONFIG]);
    assert.ok(!cached.holds([MADE.digest]));
    await open(MADE);
    assert.ok(cached.holds([MADE.digest, CONFIG.digest]));
    assert.ok(!cached.holds([MADE.digest, LAYER.digest]));
  });

  it("is false for what no longer fits beside 128 MiB of other blobs", async () => {
    const filler = Array.from({ length: 2 }, (_, at) => content("", Buffer.alloc(64 * MIB, at)));
    save(MADE, filler);
    registry.push("org/app", "1", MADE);
    await open(MADE);
    assert.ok(cached.holds([MADE.digest]));
    assert.ok(!cached.holds(filler.map(({ digest }) => digest)));
  });
});

describe("the gate, asking the cache first", () => {
  it("opens an entry for each set of platforms that images of one reference require", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const written = registry.push("org/app", "1", made);
    for (const platforms of ["linux/amd64", "linux/arm64", "linux/amd64"]) {
      await resolved(cached, written, { platforms: required(platforms) });
    }
    assert.deepEqual(
      cache.asked,
      ["linux/amd64", "linux/arm64"].map((name) => KEYS.image(made.digest, required(name))),
    );
  });
});
