import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Blob } from "../../src/oci/blob.ts";
import { byRepository, type Need, needsOf } from "../../src/pull/needs.ts";
import { type Pullable, toPullable } from "../../src/pull/pullable.ts";
import { image, type Made } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { asBlob, resolved } from "../support/resolving.ts";

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});

async function pullable(path: string, made: Made, optional = false): Promise<Pullable> {
  const written = registry.push(path, "1", made);
  return toPullable(await resolved(registry, written, { optional, name: path }));
}

const asBlobs = (needs: readonly Need[]): readonly Blob[] =>
  needs.map(({ digest, size }) => ({ digest, size }));
const bySize = (one: Blob, other: Blob): number => other.size - one.size;

describe("needsOf", () => {
  it("lists the largest blob first", async () => {
    const made = image("linux/amd64", { busybox: Buffer.alloc(10_000) });
    const needs = needsOf([await pullable("org/app", made)]);
    assert.deepEqual(asBlobs(needs), made.blobs.map(asBlob).toSorted(bySize));
  });

  it("lists blobs of required images before larger ones of optional images", async () => {
    const large = image("linux/amd64", { salt: "large", busybox: Buffer.alloc(10_000) });
    const small = image("linux/amd64", { salt: "small" });
    const images = [await pullable("org/large", large, true), await pullable("org/small", small)];
    assert.deepEqual(asBlobs(needsOf(images)), [
      ...small.blobs.map(asBlob).toSorted(bySize),
      ...large.blobs.map(asBlob).toSorted(bySize),
    ]);
  });

  it("lists a shared blob once, with all its owners, and early when one is required", async () => {
    const made = image("linux/amd64");
    const images = [await pullable("org/one", made, true), await pullable("org/two", made)];
    const needs = needsOf(images);
    assert.equal(needs.length, made.blobs.length);
    for (const { owners } of needs) assert.deepEqual(owners, images);
  });

  it("knows a config, also when another image lists it as a layer", async () => {
    const made = image("linux/amd64");
    const one = await pullable("org/one", made);
    const stranger = { ...one, configs: new Set<never>() };
    const [config] = made.blobs;
    for (const images of [[one, stranger], [stranger, one], [one]]) {
      const configs = needsOf(images).filter((need) => need.config);
      assert.deepEqual(
        configs.map(({ digest }) => digest),
        [config?.digest],
      );
    }
  });

  it("lists a digest twice that images list with two sizes", async () => {
    const one = await pullable("org/one", image("linux/amd64"));
    const [blob] = one.blobs;
    assert.ok(blob);
    const wrong = { ...one, blobs: [{ ...blob, size: blob.size + 1 }] };
    const needs = needsOf([one, wrong]).filter(({ digest }) => digest === blob.digest);
    assert.deepEqual(
      needs.map(({ size, owners }) => [size, owners]),
      [
        [blob.size + 1, [wrong]],
        [blob.size, [one]],
      ],
    );
  });

  it("is empty for no images", () => assert.deepEqual(needsOf([]), []));
});

describe("byRepository", () => {
  it("groups images by repository, those of required images first", async () => {
    const made = image("linux/amd64");
    const images = [
      await pullable("org/slow", made, true),
      await pullable("org/app", made),
      await pullable("org/other", made),
      await pullable("org/slow", made, true),
    ];
    const [need] = needsOf(images);
    assert.ok(need);
    const names = byRepository(need).map((group) => group.map(({ wanted }) => wanted.name));
    assert.deepEqual(names, [["org/app"], ["org/other"], ["org/slow", "org/slow"]]);
  });

  it("asks a repository early when one of its images is required", async () => {
    const made = image("linux/amd64");
    const images = [
      await pullable("org/app", made),
      await pullable("org/mixed", made, true),
      await pullable("org/mixed", made),
    ];
    const [need] = needsOf(images);
    assert.ok(need);
    const groups = byRepository(need).map((group) => group.map(({ wanted }) => wanted.optional));
    assert.deepEqual(groups, [[false], [false, true]]);
  });
});
