import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { problem } from "../../src/gate/problem.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import type { CachedRegistry } from "../../src/pull/cached-registry.ts";
import { notPulled, type Outcome } from "../../src/pull/outcome.ts";
import type { PendingSaves } from "../../src/pull/pending-saves.ts";
import { pull } from "../../src/pull/pull.ts";
import { planSaves, type SavePolicy, whyNotSaved } from "../../src/pull/save-plan.ts";
import { behindCache } from "../support/behind-cache.ts";
import { artifact, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache, MemoryStore } from "../support/memory-store.ts";
import { asBlob, pullOptions, required, resolved } from "../support/resolving.ts";

// Between the size of a config and that of the large layer.
const KEYS = keysUnder("prefix", 100_000);
const LARGE = Buffer.alloc(200_000, "a layer");
const MADE = image("linux/amd64", { busybox: LARGE });
const [CONFIG, LAYER, ...SMALL] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const POLICY: SavePolicy = {
  ...{ cache: { kind: "service" }, keys: KEYS, pullsFor: parsePlatform("linux/amd64") },
  ...{ most: Number.POSITIVE_INFINITY, includePrivate: false },
};

let registry: MemoryRegistry;
let cache: MemoryCache;
let store: MemoryStore;
let cached: CachedRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
  cache = new MemoryCache();
  store = new MemoryStore();
  open();
});

/** Begins a run: nothing is known of cache and registry. */
function open(): void {
  cached = behindCache(registry, { cache, keys: KEYS });
}

/** Resolves and pulls images, each as `reference platforms`. */
async function pulled(...images: readonly string[]): Promise<Outcome> {
  const wanted = images.map((line) => {
    const [written = "", platforms = "linux/amd64"] = line.split(" ");
    return resolved(cached, written, { name: line, platforms: required(platforms) });
  });
  return pull(await Promise.all(wanted), { registry: cached, store }, pullOptions());
}
const plan = (outcome: Outcome, policy: Partial<SavePolicy> = {}): PendingSaves =>
  planSaves(outcome, cached, { ...POLICY, ...policy });

/** The keys of the entries, and what the entries of images hold. */
const keysOf = ({ entries }: PendingSaves): readonly string[] => entries.map(({ key }) => key);
const bundleOf = ({ entries }: PendingSaves): readonly Digest[] =>
  entries.flatMap((entry) => ("bundle" in entry ? entry.bundle : []));

describe("planSaves", () => {
  it("saves an entry for the image and one for each large blob", async () => {
    const outcome = await pulled(registry.push("org/app", "1", MADE));
    const { layout, cache, entries } = plan(outcome);
    assert.deepEqual([layout, cache], [store.path, { kind: "service" }]);
    const bundle = [MADE, CONFIG, ...SMALL].map(({ digest }) => digest);
    assert.deepEqual(entries, [
      { key: KEYS.image(MADE.digest, required("linux/amd64")), bundle, inline: [] },
      { key: KEYS.blob(asBlob(LAYER)), blob: asBlob(LAYER) },
    ]);
  });

  it("puts a config into the image's entry, however large it is", async () => {
    const made = image("linux/amd64", { labels: { long: "x".repeat(200_000) } });
    const saves = plan(await pulled(registry.push("org/app", "1", made)));
    assert.deepEqual(
      [saves.entries.length, bundleOf(saves).includes(made.blobs[0]?.digest ?? CONFIG.digest)],
      [1, true],
    );
  });

  it("puts indexes and the required manifests into the image's entry", async () => {
    const [one, other] = [image("linux/arm64"), image("linux/s390x")];
    const inner = index([one, other]);
    const made = index([inner]);
    const saves = plan(await pulled(`${registry.push("org/app", "1", made)} linux/arm64`));
    const expected = [made, inner, one, ...one.blobs].map(({ digest }) => digest);
    assert.deepEqual(bundleOf(saves), expected);
  });

  it("saves one entry for each set of platforms of the same image", async () => {
    const made = index([image("linux/amd64"), image("linux/arm64")]);
    const written = registry.push("org/app", "1", made);
    const sets = ["linux/amd64", "linux/arm64", "linux/arm64,linux/amd64"];
    const saves = plan(await pulled(...sets.map((set) => `${written} ${set}`)));
    assert.deepEqual(
      keysOf(saves),
      sets.map((set) => KEYS.image(made.digest, required(set))),
    );
  });

  it("names the entry of an image without a requirement by the platform that is pulled", async () => {
    const made = index([image("linux/amd64"), image("linux/arm64")]);
    const written = registry.push("org/app", "1", made);
    for (const runner of ["linux/amd64", "linux/arm64"]) {
      open();
      const pullsFor = parsePlatform(runner);
      const wanted = { platforms: required("any"), pullsFor };
      const found = [await resolved(cached, written, wanted)];
      const outcome = await pull(found, { registry: cached, store }, pullOptions());
      const key = KEYS.image(made.digest, [pullsFor]);
      assert.deepEqual(keysOf(plan(outcome, { pullsFor })), [key]);
      assert.ok(cache.asked.includes(key), "the gate looked for the same entry");
    }
  });

  it("saves one entry for two images that are the same", async () => {
    const images = [registry.push("org/one", "1", MADE), registry.push("org/two", "1", MADE)];
    assert.equal(plan(await pulled(...images)).entries.length, 2);
  });

  it("saves a schema 1 manifest inline, without its signatures", async () => {
    const made = schema1(true);
    const { entries } = plan(await pulled(registry.push("org/old", "1", made)));
    const [entry] = entries;
    assert.ok(entry && "inline" in entry);
    const [document] = entry.inline;
    assert.equal(document?.digest, made.digest);
    const content = Buffer.from(document?.base64 ?? "", "base64");
    assert.deepEqual(content, schema1(false).bytes);
    assert.deepEqual(
      entry.bundle,
      made.layers.map(({ digest }) => digest),
    );
  });

  it("saves an artifact with its blobs", async () => {
    const chart = artifact();
    const saves = plan(await pulled(`${registry.push("org/chart", "1", chart)} any`));
    assert.deepEqual(
      bundleOf(saves),
      [chart, ...chart.blobs].map(({ digest }) => digest),
    );
  });

  it("saves nothing that the cache has, which a second run shows", async () => {
    const written = registry.push("org/app", "1", MADE);
    for (const entry of plan(await pulled(written)).entries) {
      if ("blob" in entry) cache.blobs.set(entry.key, LAYER.bytes);
      else cache.bundles.set(entry.key, contentsOf(entry.bundle));
    }
    store = new MemoryStore();
    open();
    const again = await pulled(written);
    assert.deepEqual([plan(again).entries, again.pulled?.hit], [[], true]);
    assert.deepEqual(plan(again, { includePrivate: true }).entries, []);
  });

  /** Blobs of the store, by their digests. */
  const contentsOf = (digests: readonly Digest[]): ReadonlyMap<Digest, Buffer> =>
    new Map(digests.map((digest) => [digest, store.blobs.get(digest) ?? Buffer.alloc(0)]));

  it("saves the image's entry again when it lacks a document", async () => {
    const written = registry.push("org/app", "1", MADE);
    const key = KEYS.image(MADE.digest, required("linux/amd64"));
    cache.bundles.set(key, new Map([[MADE.digest, MADE.bytes]]));
    assert.ok(keysOf(plan(await pulled(written))).includes(key));
  });

  for (const [what, most, expected] of [
    ["as large as the limit", 0, 2],
    ["larger than the limit", -1, 0],
  ] as const) {
    it(`saves ${expected} entries of an image that is ${what}`, async () => {
      const outcome = await pulled(registry.push("org/app", "1", MADE));
      const size = MADE.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.equal(plan(outcome, { most: size + most }).entries.length, expected);
    });
  }

  it("saves nothing of an image with a problem", async () => {
    const outcome = await pulled(registry.push("org/app", "1", MADE));
    const failed = { problem: problem("engine-failed", "app", "docker load failed") };
    const images = outcome.images.map((one) => ({ ...one, ...failed }));
    assert.deepEqual(plan({ ...outcome, images }).entries, []);
  });

  it("saves nothing when nothing was pulled", () => {
    assert.deepEqual(plan(notPulled([])), { layout: "", cache: { kind: "service" }, entries: [] });
  });
});

describe("what is private", () => {
  it("is not saved, unless the policy includes it", async () => {
    registry.isPrivate = true;
    const outcome = await pulled(registry.push("org/app", "1", MADE));
    assert.deepEqual(plan(outcome).entries, []);
    assert.equal(plan(outcome, { includePrivate: true }).entries.length, 2);
  });

  it("is left out of the entry of an image that anyone can read", async () => {
    const written = registry.push("org/app", "1", MADE);
    registry.on(/^download/, () => {
      registry.isPrivate = true;
    });
    const saves = plan(await pulled(written));
    assert.deepEqual(bundleOf(saves), [MADE.digest, CONFIG.digest]);
    assert.equal(saves.entries.length, 1);
  });

  it("includes blobs that were in the layout before, which may be from anywhere", async () => {
    for (const { digest, bytes } of [LAYER, ...SMALL]) await store.put(digest, bytes);
    const saves = plan(await pulled(registry.push("org/app", "1", MADE)));
    assert.deepEqual(bundleOf(saves), [MADE.digest, CONFIG.digest]);
    assert.equal(saves.entries.length, 1);
  });
});

describe("whyNotSaved", () => {
  async function why(made: Made, policy: Partial<SavePolicy> = {}): Promise<string | undefined> {
    const { images, pulled: totals } = await pulled(registry.push("org/app", "1", made));
    const [result] = images;
    assert.ok(result);
    return whyNotSaved(result, totals, cached, { ...POLICY, ...policy });
  }

  it("is undefined for an image that is saved", async () => {
    assert.equal(await why(MADE), undefined);
  });

  it("names the size of an image that is too large", async () => {
    const words =
      /^not cached: registry\.test\/org\/app:1 has \d+ bytes, more than cache-max-size$/;
    assert.match((await why(MADE, { most: 10 })) ?? "", words);
  });

  it("names a private image, and what to set to save it", async () => {
    registry.isPrivate = true;
    const words = /^not cached: registry\.test\/org\/app:1 \(pulled with .*Set cache-private: true/;
    assert.match((await why(MADE)) ?? "", words);
    assert.equal(await why(MADE, { includePrivate: true }), undefined);
  });

  it("counts the private layers of an image that anyone can read", async () => {
    registry.on(/^download/, () => {
      registry.isPrivate = true;
    });
    assert.match((await why(MADE)) ?? "", /^not cached: 3 layers of registry\.test\/org\/app:1 /);
  });

  it("is undefined for an image whose entry the cache has, also when its layers were evicted", async () => {
    const written = registry.push("org/app", "1", MADE);
    const { images, pulled: totals } = await pulled(written);
    const [result] = images;
    assert.ok(result?.root);
    const fetched = { ...result.root.fetched, private: true };
    const unconfirmed = { ...result, root: { ...result.root, fetched } };
    const why = (holds: boolean): string | undefined =>
      whyNotSaved(unconfirmed, totals, { holds: () => holds }, POLICY);
    assert.equal(why(true), undefined);
    assert.match(why(false) ?? "", /^not cached: /);
  });

  it("is undefined for an image with a problem, which has a message of its own", async () => {
    const outcome = await pulled(`${registry.push("org/app", "1", MADE)} linux/s390x`);
    const [result] = outcome.images;
    assert.ok(result);
    assert.equal(whyNotSaved(result, outcome.pulled, cached, POLICY), undefined);
  });
});
