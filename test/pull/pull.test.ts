import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type Resolved, statusOf } from "../../src/gate/resolved.ts";
import { PullError } from "../../src/oci/failure.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import type { Pulled, Result } from "../../src/pull/outcome.ts";
import type { Registry } from "../../src/pull/ports.ts";
import { type PullOptions, pull } from "../../src/pull/pull.ts";
import { behindCache } from "../support/behind-cache.ts";
import { artifact, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache, MemoryStore } from "../support/memory-store.ts";
import { asBlob, pullOptions, required, resolved } from "../support/resolving.ts";

const MB = 1_000_000;
const ONE = image("linux/amd64", { salt: "one" });
const TWO = image("linux/amd64", { salt: "two" });
const LOST = new PullError("not-found", "BLOB_UNKNOWN");
const sizeOf = ({ blobs }: Made): number => blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);

let registry: MemoryRegistry;
let store: MemoryStore;
beforeEach(() => {
  registry = new MemoryRegistry();
  store = new MemoryStore();
});

/** What the gate finds out about an image, which is pushed first. */
function passed(path: string, made: Made, platforms = "linux/amd64"): Promise<Resolved> {
  const written = registry.push(path, "1", made);
  return resolved(registry, written, { name: path, platforms: required(platforms) });
}

async function run(
  images: readonly Promise<Resolved>[],
  options: Partial<PullOptions> = {},
  from: Registry = registry,
): Promise<{ readonly images: readonly Result[]; readonly pulled: Pulled }> {
  const found = await Promise.all(images);
  const outcome = await pull(found, { registry: from, store }, pullOptions(options));
  assert.ok(outcome.pulled);
  return { images: outcome.images, pulled: outcome.pulled };
}

/** An image's status, and whether it is stored, not stored, or was not pulled at all. */
function stateOf(image: Result): string {
  const { pulled } = image;
  const stored = pulled?.stored === undefined ? "not stored" : "stored";
  return `${statusOf(image)} ${pulled === undefined ? "not pulled" : stored}`;
}

describe("pull", () => {
  it("stores every blob and document, and adds every image to the index at once", async () => {
    const { images } = await run([passed("org/one", ONE), passed("org/two", TWO)]);
    for (const { digest, bytes } of [ONE, TWO, ...ONE.blobs, ...TWO.blobs]) {
      assert.deepEqual(store.blobs.get(digest), bytes);
    }
    assert.deepEqual(images.map(stateOf), ["ok stored", "ok stored"]);
    assert.deepEqual(
      store.entries.map(({ digest }) => digest),
      [ONE.digest, TWO.digest],
    );
  });

  it("adds to the index last", async () => {
    const operations: string[] = [];
    store.before = (operation) => void operations.push(operation);
    await run([passed("org/one", ONE)]);
    assert.equal(operations.indexOf("add"), operations.length - 1);
    assert.ok(operations.includes(`put ${ONE.digest}`));
  });

  it("returns the layout's path and the warnings of its index", async () => {
    store.warnings = ["two images have the tag 1"];
    const { pulled } = await run([passed("org/one", ONE)]);
    assert.deepEqual([pulled.layout, pulled.warnings], ["/memory", ["two images have the tag 1"]]);
  });

  it("leaves an image as it is that has a problem, and pulls the others", async () => {
    const failed = passed("org/none", ONE, "linux/s390x");
    const { images, pulled } = await run([failed, passed("org/two", TWO)]);
    assert.deepEqual(images.map(stateOf), ["platform-missing not pulled", "ok stored"]);
    assert.deepEqual(images[0], { ...(await failed), pulled: undefined });
    assert.equal(pulled.downloaded, sizeOf(TWO));
  });

  it("fails an image that a pull could not complete, and pulls the others", async () => {
    registry.statesSizes = false;
    const old = passed("org/old", schema1(false));
    const { images } = await run([old, passed("org/two", TWO)]);
    assert.deepEqual(images.map(stateOf), ["invalid not pulled", "ok stored"]);
    assert.match(images[0]?.problem?.message ?? "", /:1: the registry states no size for sha256/);
  });

  it("fails an image that lacks a blob, does not name it, and keeps its other blobs", async () => {
    const [, first, last] = ONE.blobs;
    assert.ok(first && last);
    const images = [passed("org/one", ONE), passed("org/two", TWO)];
    registry.fail(new RegExp(`download org/one ${last.digest}`), LOST);
    const { images: results, pulled } = await run(images, { concurrency: 1 });
    assert.deepEqual(results.map(stateOf), ["dangling not stored", "ok stored"]);
    assert.deepEqual(
      store.entries.map(({ digest }) => digest),
      [TWO.digest],
    );
    assert.deepEqual([store.blobs.has(first.digest), store.blobs.has(ONE.digest)], [true, false]);
    assert.equal(results[0]?.pulled?.tally.downloaded, first.bytes.length);
    assert.equal(pulled.hit, false);
  });

  it("fails an image whose documents cannot be stored, and names the others", async () => {
    store.before = (operation) => {
      if (operation === `put ${ONE.digest}`) throw new PullError("disk-failed", "EIO");
    };
    const { images, pulled } = await run([passed("org/one", ONE), passed("org/two", TWO)]);
    assert.deepEqual(images.map(stateOf), ["unsupported not stored", "ok stored"]);
    assert.deepEqual([store.entries.length, pulled.hit], [1, false]);
  });

  it("throws a bug", async () => {
    store.before = (operation) => {
      if (operation === `put ${ONE.digest}`) throw new TypeError("a bug");
    };
    await assert.rejects(run([passed("org/one", ONE)]), TypeError);
  });

  it("says what schema 1 was converted to, and that no engine loads an artifact", async () => {
    const images = [passed("org/old", schema1(true)), passed("org/chart", artifact(), "any")];
    const { images: results } = await run(images);
    const [old, chart] = results.map(({ pulled }) => pulled?.stored);
    assert.equal(old?.converted, store.entries[0]?.digest);
    assert.deepEqual(old?.loadable?.entry, store.entries[0]);
    assert.deepEqual(chart, { converted: undefined, loadable: undefined });
  });

  it("pulls only the required platforms of an index, but stores all of the index", async () => {
    const other = image("linux/s390x");
    const made = index([ONE, other]);
    await run([passed("org/app", made)]);
    const expected = [made, ONE, ...ONE.blobs].map(({ digest }) => digest);
    assert.deepEqual([...store.blobs.keys()].toSorted(), expected.toSorted());
  });
});

describe("the totals of a pull", () => {
  it("count a shared blob once together, and for each image that needs it", async () => {
    const { images, pulled } = await run([passed("org/one", ONE), passed("org/two", ONE)]);
    assert.equal(pulled.downloaded, sizeOf(ONE));
    for (const image of images) assert.equal(image.pulled?.tally.downloaded, sizeOf(ONE));
  });

  it("list every blob from a registry as missed", async () => {
    const [present] = ONE.blobs.slice(1);
    assert.ok(present);
    await store.put(present.digest, present.bytes);
    const { pulled } = await run([passed("org/one", ONE)]);
    const expected = ONE.blobs.filter((blob) => blob !== present).map(asBlob);
    assert.deepEqual(new Set(pulled.missed), new Set(expected));
    assert.deepEqual([pulled.alreadyThere, pulled.hit], [present.bytes.length, false]);
  });

  it("are a hit when the layout has every blob", async () => {
    for (const { digest, bytes } of ONE.blobs) await store.put(digest, bytes);
    const { pulled } = await run([passed("org/one", ONE)]);
    assert.deepEqual([pulled.hit, pulled.missed, pulled.transfers.size], [true, [], 0]);
    assert.deepEqual(
      [pulled.seconds, pulled.rates],
      [0, { cache: undefined, registry: undefined }],
    );
  });

  it("are a hit when the rest comes from the cache", async () => {
    const keys = keysUnder("prefix", 0);
    const cache = new MemoryCache();
    for (const one of ONE.blobs) cache.blobs.set(keys.blob(asBlob(one)) ?? "", one.bytes);
    const cached = behindCache(registry, { cache, keys });
    const { pulled } = await run([passed("org/one", ONE)], {}, cached);
    assert.deepEqual([pulled.hit, pulled.restored, pulled.downloaded], [true, sizeOf(ONE), 0]);
  });

  it("are no hit without blobs, or when an image could not be pulled", async () => {
    assert.equal((await run([])).pulled.hit, false);
    for (const { digest, bytes } of TWO.blobs) await store.put(digest, bytes);
    registry.statesSizes = false;
    const { pulled } = await run([passed("org/old", schema1(false)), passed("org/two", TWO)]);
    assert.equal(pulled.hit, false);
  });

  it("have the seconds of the whole pull, and the rate of a single transfer", async () => {
    const large = image("linux/amd64", { busybox: Buffer.alloc(2 * MB) });
    const layer = large.blobs[1];
    assert.ok(layer);
    let time = 0;
    const now = (): number => time;
    registry.on(new RegExp(`download .*${layer.digest}`), () => {
      time += 500;
    });
    store.before = (operation) => {
      if (operation === "add") time += 1_500;
    };
    const { images, pulled } = await run([passed("org/app", large)], { now, concurrency: 1 });
    assert.deepEqual([pulled.seconds, images[0]?.pulled?.tally.seconds], [2, 0.5]);
    assert.equal(pulled.rates.registry, layer.bytes.length * 2);
  });
});
