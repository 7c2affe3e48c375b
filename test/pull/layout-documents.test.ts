import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Digest } from "../../src/oci/digest.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import type { CachedRegistry } from "../../src/pull/cached-registry.ts";
import { behindCache } from "../support/behind-cache.ts";
import { content, image, index } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache } from "../support/memory-store.ts";
import { asBlob } from "../support/resolving.ts";

const MIB = 1024 * 1024;
const AMD64 = [parsePlatform("linux/amd64")];
const KEYS = keysUnder("prefix", 100);
const MADE = image("linux/amd64");
const TOP = index([MADE]);
const [CONFIG, LAYER] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const REPOSITORY = parseReference("registry.test/org/app");

let registry: MemoryRegistry;
let cache: MemoryCache;
let layout: Map<Digest, Buffer>;
/** The digests that the layout was asked for. */
let sought: Digest[];
let cached: CachedRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
  registry.push("org/app", "1", TOP);
  cache = new MemoryCache();
  layout = new Map();
  sought = [];
  const inLayout = async (digest: Digest): Promise<Buffer | undefined> => {
    sought.push(digest);
    return layout.get(digest);
  };
  cached = behindCache(registry, { cache, keys: KEYS, inLayout });
});

const ENTRY = new Map([TOP, MADE, CONFIG].map(({ digest, bytes }) => [digest, bytes] as const));

/** Puts documents and config into the cache. */
function save(): void {
  cache.bundles.set(KEYS.image(TOP.digest, AMD64), ENTRY);
}

describe("a document of the layout", () => {
  const size = MADE.bytes.length;
  beforeEach(() => {
    for (const { digest, bytes } of [TOP, MADE, CONFIG]) layout.set(digest, bytes);
  });

  for (const named of ["1", TOP.digest]) {
    it(`is used once the registry confirms it: ${named.slice(0, 10)}`, async () => {
      const fetched = await cached.manifest(REPOSITORY, named, { platforms: AMD64 });
      assert.deepEqual([fetched.bytes, fetched.digest], [TOP.bytes, TOP.digest]);
      assert.deepEqual([fetched.origin, fetched.source], ["cache", "layout"]);
      assert.deepEqual(registry.asked, [`claim org/app ${named}`]);
    });
  }

  it("may be a config", async () => {
    const { bytes, origin, source } = await cached.blob(REPOSITORY, asBlob(CONFIG));
    assert.deepEqual([bytes, origin, source], [CONFIG.bytes, "cache", "layout"]);
    assert.deepEqual(registry.brief, [`size org/app ${CONFIG.digest}`]);
  });

  it("is not sought when the cache has it", async () => {
    save();
    await cached.manifest(REPOSITORY, TOP.digest, { platforms: AMD64 });
    const { source } = await cached.manifest(REPOSITORY, MADE.digest);
    assert.deepEqual([source, sought], ["cache", []]);
  });

  it("is not used when it has another size than the listed one", async () => {
    const manifest = await cached.manifest(REPOSITORY, MADE.digest, { size: size + 1 });
    const { digest } = CONFIG;
    const config = await cached.blob(REPOSITORY, { digest, size: CONFIG.bytes.length + 1 });
    assert.deepEqual([manifest.source, config.source], ["registry.test", "registry.test"]);
  });

  it("is not used when it has more than 4 MiB", async () => {
    const large = content(MADE.mediaType, Buffer.alloc(4 * MIB + 1));
    registry.push("org/app", "large", { ...large, manifests: [], blobs: [] });
    layout.set(large.digest, large.bytes);
    assert.equal((await cached.manifest(REPOSITORY, large.digest)).source, "registry.test");
  });

  it("is not held by the cache, so that it is saved", async () => {
    await cached.manifest(REPOSITORY, TOP.digest, { platforms: AMD64 });
    assert.ok(!cached.holds([TOP.digest]));
  });
});

describe("the size of a blob", () => {
  beforeEach(() => {
    save();
  });

  const open = () => cached.manifest(REPOSITORY, TOP.digest, { platforms: AMD64 });

  it("is asked with the caller's urgency while nothing of the registry is here", async () => {
    await cached.size(REPOSITORY, LAYER.digest);
    assert.deepEqual(registry.brief, []);
    await cached.size(REPOSITORY, LAYER.digest, { brief: true });
    assert.deepEqual(registry.brief, [`size org/app ${LAYER.digest}`]);
  });

  it("is asked briefly once a document of the registry was here", async () => {
    await open();
    assert.equal(await cached.size(REPOSITORY, LAYER.digest), LAYER.bytes.length);
    assert.equal(registry.brief.at(-1), `size org/app ${LAYER.digest}`);
  });

  it("is asked briefly when the blob is here, and the image's documents are not", async () => {
    const entry = new Map([[CONFIG.digest, CONFIG.bytes]]);
    cache.bundles.set(KEYS.image(TOP.digest, AMD64), entry);
    await open();
    await cached.size(REPOSITORY, CONFIG.digest);
    assert.deepEqual(registry.brief, [`size org/app ${CONFIG.digest}`]);
  });

  it("is that of the copy when the registry states none", async () => {
    registry.statesSizes = false;
    await open();
    assert.equal(await cached.size(REPOSITORY, CONFIG.digest), CONFIG.bytes.length);
    assert.equal(await cached.size(REPOSITORY, LAYER.digest), undefined);
  });
});

describe("what is passed on to the registry", () => {
  it("are claims with their urgency, tags, measures, and if credentials were sent", async () => {
    await cached.claim(REPOSITORY, "1");
    await cached.claim(REPOSITORY, MADE.digest, { brief: true });
    assert.deepEqual(registry.brief, [`claim org/app ${MADE.digest}`]);
    assert.deepEqual(await cached.tags(REPOSITORY), ["1"]);
    assert.equal(await cached.measure(REPOSITORY, LAYER.digest), LAYER.bytes.length);
    registry.sentCredentials = (host?: string) => host === "registry.test";
    const sent = ["registry.test", "other.test"].map((host) => cached.sentCredentials(host));
    assert.deepEqual(sent, [true, false]);
  });
});
