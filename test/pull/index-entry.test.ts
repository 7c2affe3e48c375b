import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { OCI_CONFIG, OCI_MANIFEST } from "../../src/oci/media-type.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import { type Named, storeDocuments } from "../../src/pull/index-entry.ts";
import { toPullable } from "../../src/pull/pullable.ts";
import { artifact, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { asBlob, failure, required, resolved } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const S390X = image("linux/s390x");

describe("storeDocuments", () => {
  let store: MemoryStore;
  let stop: AbortController;
  beforeEach(() => {
    store = new MemoryStore();
    stop = new AbortController();
  });

  /** The entry of an image on a runner of linux/arm64; `reference` names it, a tag by default. */
  async function named(made: Made, platforms: string, reference = ":1"): Promise<Named> {
    const registry = new MemoryRegistry();
    registry.push("org/app", "1", made);
    const runner = parsePlatform("linux/arm64");
    const more = { platforms: required(platforms), pullsFor: runner };
    const found = await resolved(registry, `registry.test/org/app${reference}`, more);
    return storeDocuments(toPullable(found), store, { runner, signal: stop.signal });
  }

  it("stores the index, nested indexes and the required manifests, and nothing else", async () => {
    const inner = index([AMD64, ARM64]);
    const made = index([inner, S390X]);
    await named(made, "linux/arm64");
    const digests = [made, inner, ARM64].map(({ digest }) => digest);
    assert.deepEqual([...store.blobs.keys()].toSorted(), digests.toSorted());
    assert.deepEqual(store.blobs.get(inner.digest), inner.bytes);
    assert.deepEqual(store.entries, []);
  });

  for (const [what, reference, annotations, tag] of [
    [
      "its tag",
      ":1",
      {
        "io.containerd.image.name": "registry.test/org/app:1",
        "org.opencontainers.image.ref.name": "1",
      },
      "registry.test/org/app:1",
    ],
    [
      "its tag, when it has a digest, too",
      `:1@${AMD64.digest}`,
      {
        "io.containerd.image.name": "registry.test/org/app:1",
        "org.opencontainers.image.ref.name": "1",
      },
      "registry.test/org/app:1",
    ],
    [
      "its digest, without a tag",
      `@${AMD64.digest}`,
      { "io.containerd.image.name": `registry.test/org/app@${AMD64.digest}` },
      undefined,
    ],
  ] as const) {
    it(`names an image by ${what}`, async () => {
      const { entry, stored } = await named(AMD64, "any", reference);
      const { mediaType } = AMD64;
      assert.deepEqual(entry, { mediaType, ...asBlob(AMD64), annotations });
      assert.equal(stored.loadable?.tag, tag);
    });
  }

  it("lists for an engine the documents, and each platform with all its blobs", async () => {
    const inner = index([AMD64]);
    const made = index([inner, S390X]);
    const { stored, entry } = await named(made, "linux/amd64,linux/s390x");
    const { loadable } = stored;
    assert.deepEqual([loadable?.entry, stored.converted], [entry, undefined]);
    assert.deepEqual(loadable?.documents, [made, inner].map(asBlob));
    const [first] = loadable?.platforms ?? [];
    const [config, ...layers] = AMD64.blobs;
    assert.deepEqual(first, {
      platform: parsePlatform("linux/amd64"),
      manifest: { ...asBlob(AMD64), mediaType: AMD64.mediaType },
      config: config?.digest,
      layers: layers.map(({ digest }) => digest),
      blobs: [AMD64, ...AMD64.blobs].map(asBlob),
    });
  });

  for (const [platforms, expected] of [
    ["all", ["linux/arm64", "linux/amd64", "linux/s390x"]],
    ["linux/s390x,linux/amd64", ["linux/s390x", "linux/amd64"]],
  ] as const) {
    it(`puts the platform that represents the image first: ${platforms}`, async () => {
      const { stored } = await named(index([AMD64, ARM64, S390X]), platforms);
      const names = stored.loadable?.platforms.map(({ platform }) => formatPlatform(platform));
      assert.deepEqual(names, expected);
    });
  }

  it("has nothing to load of an artifact", async () => {
    const chart = artifact();
    const { entry, stored } = await named(chart, "any");
    assert.deepEqual(stored, { converted: undefined, loadable: undefined });
    assert.deepEqual([entry.digest, [...store.blobs.keys()]], [chart.digest, [chart.digest]]);
  });

  for (const signed of [true, false]) {
    it(`converts ${signed ? "signed" : "unsigned"} schema 1 to an OCI image`, async () => {
      const made = schema1(signed);
      const { entry, stored } = await named(made, "linux/amd64");
      assert.deepEqual([entry.mediaType, entry.digest], [OCI_MANIFEST, stored.converted]);
      assert.ok(!store.blobs.has(made.digest));
      const bytes = store.blobs.get(entry.digest) ?? Buffer.alloc(0);
      const manifest = JSON.parse(bytes.toString());
      assert.deepEqual(
        manifest.layers.map(({ digest, size }: { digest: string; size: number }) => [digest, size]),
        made.layers.map(({ digest, bytes: { length } }) => [digest, length]),
      );
      const { mediaType, digest } = manifest.config;
      assert.equal(mediaType, OCI_CONFIG);
      const config = store.blobs.get(digest) ?? Buffer.alloc(0);
      assert.equal(digestOf(config), digest);
      const diffIds = JSON.parse(config.toString()).rootfs.diff_ids;
      assert.deepEqual(
        diffIds,
        made.layers.map((layer) => layer.digest),
      );
      const [platform] = stored.loadable?.platforms ?? [];
      assert.deepEqual([platform?.manifest.digest, platform?.config], [entry.digest, digest]);
      assert.equal(platform?.blobs.length, 2 + made.layers.length);
    });
  }

  it("fails with the signal's reason when that aborts before the conversion", async () => {
    stop.abort(new PullError("timeout", "overdue"));
    await assert.rejects(named(schema1(false), "linux/amd64"), failure("timeout"));
  });

  it("fails as the store does", async () => {
    store.before = (operation) => {
      if (operation.startsWith("put")) throw new PullError("disk-full", "no space left");
    };
    await assert.rejects(named(AMD64, "linux/amd64"), failure("disk-full"));
  });
});
