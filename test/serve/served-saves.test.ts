import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Digest } from "../../src/oci/digest.ts";
import { parseDocument } from "../../src/oci/document.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import type { Transfer } from "../../src/pull/outcome.ts";
import type { SavePolicy } from "../../src/pull/save-plan.ts";
import { Contents } from "../../src/serve/contents.ts";
import { resolvePulled } from "../../src/serve/pulled-images.ts";
import { planServedSaves } from "../../src/serve/served-saves.ts";
import { artifact, type Content, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { required } from "../support/resolving.ts";
import { transferFrom } from "../support/results.ts";

const APP = parseReference("registry.test/org/app");
const RUNNER = parsePlatform("linux/amd64");
// Between the size of a config and that of the large layer.
const KEYS = keysUnder("prefix", 100_000);
const AMD64 = image("linux/amd64", { busybox: Buffer.alloc(200_000, "a layer") });
const ARM64 = image("linux/arm64", { busybox: Buffer.alloc(200_000, "another layer") });
const INDEX = index([AMD64, ARM64]);
const [CONFIG, LARGE, SMALL] = AMD64.blobs;
assert.ok(CONFIG && LARGE && SMALL);
const POLICY: SavePolicy = {
  ...{ cache: { kind: "service" }, keys: KEYS, pullsFor: RUNNER },
  ...{ most: Number.POSITIVE_INFINITY, includePrivate: false },
};

const FROM_REGISTRY = transferFrom("registry.test");

let contents: Contents;
let store: MemoryStore;
let transfers: Map<Digest, Transfer>;
let restored: Set<Digest>;
beforeEach(() => {
  contents = new Contents();
  store = new MemoryStore();
  transfers = new Map();
  restored = new Set();
});

/** A client got a document, which anyone can read at its registry. */
function gotDocument(content: Content, isPrivate = false): void {
  const { bytes, digest, mediaType } = content;
  contents.confirm(APP, digest, { isPrivate, size: bytes.length });
  contents.add(APP, digest, parseDocument(bytes, mediaType));
  store.blobs.set(digest, bytes);
}

/** A client got blobs, from the registry unless they came from somewhere else. */
function gotBlobs(blobs: readonly Content[], how: Partial<Transfer> = {}): void {
  for (const { digest, bytes } of blobs) {
    store.blobs.set(digest, bytes);
    transfers.set(digest, { ...FROM_REGISTRY, ...how });
  }
}

/** A client pulled an image of one platform, with its index or without. */
function pulled(made: Made, top: Content = made): void {
  for (const document of new Set([top, made])) gotDocument(document);
  gotBlobs(made.blobs);
}

/** The keys of what is saved. */
async function keys(policy: Partial<SavePolicy> = {}): Promise<readonly string[]> {
  const inLayout = async (digest: Digest): Promise<Buffer | undefined> => store.blobs.get(digest);
  const served = { contents, inLayout, store, restored, transfers, runner: RUNNER };
  const { entries, layout } = await planServedSaves(served, { ...POLICY, ...policy });
  assert.equal(layout, store.path);
  return entries.map(({ key }) => key).toSorted();
}

const imageKey = (made: Made, platforms: string): string =>
  KEYS.image(made.digest, required(platforms));
const blobKey = ({ digest }: Content): string => `prefix-blob-${digest.replace(":", "-")}`;

describe("planServedSaves", () => {
  it("saves an entry for an image and one for each large blob", async () => {
    pulled(AMD64, INDEX);
    assert.deepEqual(await keys(), [blobKey(LARGE), imageKey(INDEX, "linux/amd64")].toSorted());
  });

  it("saves an entry for each platform that clients pulled", async () => {
    pulled(AMD64, INDEX);
    pulled(ARM64, INDEX);
    const found = await keys();
    for (const platform of ["linux/amd64", "linux/arm64"]) {
      assert.ok(found.includes(imageKey(INDEX, platform)), platform);
    }
    assert.equal(found.length, 4);
  });

  it("saves another platform than the runner's", async () => {
    pulled(ARM64, INDEX);
    assert.ok((await keys()).includes(imageKey(INDEX, "linux/arm64")));
    assert.ok(!(await keys()).includes(imageKey(INDEX, "linux/amd64")));
  });

  it("saves an image without an index, and an artifact", async () => {
    const chart = artifact();
    pulled(AMD64);
    pulled(chart);
    assert.deepEqual(
      await keys(),
      [blobKey(LARGE), imageKey(AMD64, "linux/amd64"), imageKey(chart, "linux/amd64")].toSorted(),
    );
  });

  it("saves nothing that clients only asked about", async () => {
    contents.confirm(APP, INDEX.digest, { isPrivate: false });
    assert.deepEqual(await keys(), []);
  });

  it("saves nothing of an image of which a document is not in the layout", async () => {
    pulled(AMD64, INDEX);
    store.blobs.delete(AMD64.digest);
    assert.deepEqual(await keys(), []);
  });

  for (const [what, missing] of [
    ["the config", CONFIG],
    ["a small layer", SMALL],
  ] as const) {
    it(`saves no entry for an image of which ${what} is not in the layout`, async () => {
      pulled(AMD64, INDEX);
      store.blobs.delete(missing.digest);
      transfers.delete(missing.digest);
      const found = await keys();
      assert.ok(!found.includes(imageKey(INDEX, "linux/amd64")));
    });
  }

  it("saves the image's entry when a client had its large layer before", async () => {
    pulled(AMD64, INDEX);
    store.blobs.delete(LARGE.digest);
    transfers.delete(LARGE.digest);
    assert.deepEqual(await keys(), [imageKey(INDEX, "linux/amd64")]);
  });

  it("saves no large blob that came from the cache or was in the layout", async () => {
    pulled(AMD64, INDEX);
    gotBlobs([LARGE], { origin: "cache", source: "cache" });
    assert.deepEqual(await keys(), [imageKey(INDEX, "linux/amd64")]);
  });

  it("saves no image whose entry was restored", async () => {
    pulled(AMD64, INDEX);
    for (const { digest } of [INDEX, AMD64, CONFIG, ...AMD64.blobs]) restored.add(digest);
    assert.deepEqual(await keys(), [blobKey(LARGE)]);
  });

  it("saves no image that is larger than the limit", async () => {
    pulled(AMD64, INDEX);
    assert.deepEqual(await keys({ most: 100_000 }), []);
  });

  const isPrivate: readonly (readonly [string, () => void, number])[] = [
    ["an index", () => gotDocument(INDEX, true), 1],
    ["a manifest", () => gotDocument(AMD64, true), 1],
    ["a config", () => gotBlobs([CONFIG], { private: true }), 1],
    ["a large layer", () => gotBlobs([LARGE], { private: true }), 1],
    ["everything", () => gotBlobs([LARGE, CONFIG], { private: true }), 0],
  ];
  for (const [what, arrange, count] of isPrivate) {
    it(`saves no entry with ${what} that is private, unless that is allowed`, async () => {
      pulled(AMD64, INDEX);
      arrange();
      assert.equal((await keys()).length, count);
      assert.equal((await keys({ includePrivate: true })).length, 2);
    });
  }

  it("takes a blob for private of which no transfer is known", async () => {
    pulled(AMD64, INDEX);
    transfers.delete(CONFIG.digest);
    assert.deepEqual(await keys(), [blobKey(LARGE)]);
  });
});

describe("resolvePulled", () => {
  const inLayout = async (digest: Digest): Promise<Buffer | undefined> => store.blobs.get(digest);
  const names = async (): Promise<readonly string[]> => {
    const images = await resolvePulled(contents, transfers, inLayout, RUNNER);
    return images.map(({ wanted }) => wanted.written);
  };

  it("resolves each image by its digest from the layout", async () => {
    pulled(AMD64, INDEX);
    assert.deepEqual(await names(), [`registry.test/org/app@${INDEX.digest}`]);
  });

  it("leaves out a schema 1 image, which states no sizes", async () => {
    pulled(schema1(false));
    assert.deepEqual(await names(), []);
  });

  it("leaves out an image with a wrong document in the layout", async () => {
    pulled(AMD64, INDEX);
    store.blobs.set(AMD64.digest, ARM64.bytes);
    assert.deepEqual(await names(), []);
  });
});
