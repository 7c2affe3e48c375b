import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resolved } from "../../src/gate/resolved.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { toPullable } from "../../src/pull/pullable.ts";
import { artifact, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { asBlob, failure, required, resolved } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");

/** What the gate finds out about one image before a pull. */
function gate(made: Made, platforms: string): Promise<Resolved> {
  const registry = new MemoryRegistry();
  return resolved(registry, registry.push("org/app", "1", made), {
    platforms: required(platforms),
    pullsFor: parsePlatform("linux/arm64"),
  });
}

describe("toPullable", () => {
  it("takes the required platforms, their blobs, and which of these are configs", async () => {
    const pullable = toPullable(await gate(index([AMD64, ARM64]), "linux/amd64"));
    assert.deepEqual(pullable.blobs, AMD64.blobs.map(asBlob));
    assert.deepEqual(
      pullable.platforms.map(({ manifest }) => manifest.digest),
      [AMD64.digest],
    );
    assert.deepEqual([...pullable.configs], [AMD64.blobs[0]?.digest]);
  });

  it("takes the platform of this machine when any is allowed", async () => {
    const pullable = toPullable(await gate(index([AMD64, ARM64]), "any"));
    assert.deepEqual(pullable.blobs, ARM64.blobs.map(asBlob));
  });

  it("names each blob once that platforms share", async () => {
    const shared = image("linux/amd64", { labels: { other: "config" } });
    const other = { ...shared, platform: "linux/amd64/v3" };
    const made = index([AMD64, other]);
    const { platforms, blobs } = toPullable(await gate(made, "linux/amd64,linux/amd64/v3"));
    assert.deepEqual(
      platforms.map((platform) => platform.blobs.length),
      [3, 3],
    );
    assert.equal(blobs.length, 4);
  });

  it("takes an artifact whole, without platforms and configs", async () => {
    const chart = artifact();
    const { platforms, blobs, configs } = toPullable(await gate(chart, "any"));
    assert.deepEqual([platforms, [...configs], blobs], [[], [], chart.blobs.map(asBlob)]);
  });

  it("takes schema 1, whose config is no blob", async () => {
    const made = schema1(true);
    const { blobs, configs } = toPullable(await gate(made, "linux/amd64"));
    assert.deepEqual([blobs, [...configs]], [made.layers.map(asBlob), []]);
  });

  describe("fails for an image that a pull would not complete:", () => {
    it("one with a problem, for its reason", async () => {
      const image = await gate(AMD64, "linux/s390x");
      assert.throws(() => toPullable(image), failure("platform-missing", /it was not resolved/));
    });

    it("one without a top document", async () => {
      const image = { ...(await gate(AMD64, "any")), root: undefined };
      assert.throws(() => toPullable(image), failure("not-found"));
    });

    it("one with a required platform that was not examined", async () => {
      const registry = new MemoryRegistry();
      const written = registry.push("org/app", "1", index([AMD64]));
      const image = await resolved(registry, written, { verify: "index" });
      const words = /linux\/amd64 was not examined/;
      assert.throws(() => toPullable(image), failure("manifest-missing", words));
    });

    it("one of which no platform was chosen", async () => {
      const registry = new MemoryRegistry();
      const written = registry.push("org/app", "1", index([AMD64]));
      const image = await resolved(registry, written, { platforms: "any" });
      const words = /none of its platforms was chosen/;
      assert.throws(() => toPullable(image), failure("platform-unnamed", words));
    });

    it("one with a layer of unknown size", async () => {
      const registry = new MemoryRegistry();
      registry.statesSizes = false;
      const written = registry.push("org/old", "1", schema1(false));
      const image = await resolved(registry, written);
      const words = /the registry states no size for sha256:\w+/;
      assert.throws(() => toPullable(image), failure("size-unknown", words));
    });

    it("one whose platforms list a blob with two sizes", async () => {
      const found = await gate(index([AMD64, ARM64]), "linux/amd64,linux/arm64");
      const [first, second] = found.platforms;
      assert.ok(first?.image && second?.image);
      const [layer] = first.image.blobs.slice(1);
      assert.ok(layer);
      const wrong = { ...layer, size: 7 };
      const other = { ...second.image, blobs: [...second.image.blobs, wrong] };
      const image = { ...found, platforms: [first, { ...second, image: other }] };
      const words = new RegExp(`${layer.digest} is listed with ${layer.size} and with 7 bytes`);
      assert.throws(() => toPullable(image), failure("size-differs", words));
    });
  });
});
