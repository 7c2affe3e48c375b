import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boundedImages, boundedList, JSON_LIMIT } from "../../src/runner/bounds.ts";

const KEPT = ["reference", "digest", "pinned", "status"];

/** The entry of one image, with labels and platforms of some size. */
function entry(name: string, labels: number, platforms: number): Readonly<Record<string, unknown>> {
  return {
    reference: `registry.example/org/${name}:1`,
    digest: `sha256:${"0".repeat(64)}`,
    pinned: `registry.example/org/${name}@sha256:${"0".repeat(64)}`,
    status: "ok",
    message: "",
    labels: { label: "x".repeat(labels) },
    user: "$".repeat(50),
    platforms: Array.from({ length: platforms }, () => ({ platform: "linux/amd64", digest: `sha256:${"1".repeat(64)}` })),
  };
}

const bounded = (images: readonly (readonly [string, Readonly<Record<string, unknown>>])[]) => {
  const text = boundedImages(images);
  assert.ok(Buffer.byteLength(text) <= JSON_LIMIT, `${Buffer.byteLength(text)} bytes`);
  return JSON.parse(text) as { schema: number; truncated?: number; images: Record<string, Record<string, unknown>> };
};
const many = (count: number, labels: number, platforms: number) =>
  Array.from({ length: count }, (_, at) => [`app${at}`, entry(`app${at}`, labels, platforms)] as const);

describe("json of at most 256 KiB", () => {
  it("is everything where that fits", () => {
    const images = many(3, 100, 2);
    assert.deepEqual(bounded(images), { schema: 1, images: Object.fromEntries(images) });
  });

  it("loses one image's label of 300 kB, and nothing of the others", () => {
    const images = [...many(20, 100, 6), ["large", entry("large", 300_000, 6)] as const];
    const { images: shown, truncated } = bounded(images);
    assert.deepEqual([truncated, shown["large"]?.["truncated"], shown["large"]?.["labels"]], [undefined, ["labels"], undefined]);
    assert.deepEqual(shown["large"]?.["platforms"], entry("large", 0, 6)["platforms"]);
    for (const [name, whole] of many(20, 100, 6)) assert.deepEqual(shown[name], whole);
  });

  for (const [count, labels, platforms] of [
    [200, 500, 6],
    [200, 2_000, 64],
    [600, 100, 6],
  ] as const) {
    it(`keeps what matters of every one of ${count} images with ${platforms} platforms, and names what went`, () => {
      const { images, truncated } = bounded(many(count, labels, platforms));
      assert.deepEqual([Object.keys(images).length, truncated], [count, undefined]);
      for (const [name, whole] of many(count, labels, platforms)) {
        const shown = images[name] ?? {};
        for (const field of KEPT) assert.equal(shown[field], whole[field]);
        const gone = Object.keys(whole).filter((field) => !(field in shown));
        assert.deepEqual(((shown["truncated"] ?? []) as string[]).toSorted(), gone.toSorted());
      }
    });
  }

  it("leaves images out from the end where even what matters does not fit, and counts them", () => {
    const { images, truncated } = bounded(many(2_000, 10, 1));
    const names = Object.keys(images);
    assert.deepEqual([names[0], names.length + (truncated ?? 0)], ["app0", 2_000]);
    assert.ok(names.length > 400);
  });
});

describe("missing of at most 256 KiB", () => {
  const problem = (message: string, at = 0) =>
    ({ name: `app${at}`, reference: `app${at}`, platform: "", status: "not-found", reason: "not-found", message }) as const;

  it("is everything where that fits, and empty when nothing is missing", () => {
    assert.equal(boundedList([]), "[]");
    assert.deepEqual(JSON.parse(boundedList([problem("gone")])), [problem("gone")]);
  });

  it("is never empty when something is missing, however much there is to say", () => {
    const [only] = JSON.parse(boundedList([problem("x".repeat(400_000))]));
    assert.deepEqual([only.name, only.message.length], ["app0", 301]);
    const all = Array.from({ length: 5_000 }, (_, at) => problem("$".repeat(1_000), at));
    const text = boundedList(all);
    assert.ok(Buffer.byteLength(text) <= JSON_LIMIT);
    assert.ok(JSON.parse(text).length > 100);
  });
});
