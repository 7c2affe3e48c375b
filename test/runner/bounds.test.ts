import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boundedImages, boundedList, JSON_LIMIT } from "../../src/runner/bounds.ts";
import type { NamedResult, ResultFields } from "../../src/runner/results.ts";

const KEPT = ["reference", "digest", "pinned", "status"];

/** The result of one image, with a label of some length and some platforms. */
function entry(name: string, labels: number, platforms: number): ResultFields {
  return {
    reference: `registry.example/org/${name}:1`,
    digest: `sha256:${"0".repeat(64)}`,
    pinned: `registry.example/org/${name}@sha256:${"0".repeat(64)}`,
    status: "ok",
    message: "",
    labels: { label: "x".repeat(labels) },
    user: "$".repeat(50),
    platforms: Array.from({ length: platforms }, () => ({
      platform: "linux/amd64",
      digest: `sha256:${"1".repeat(64)}`,
    })),
  };
}

/** The value of `json`, which is never too long. */
const bounded = (images: readonly NamedResult[]) => {
  const text = boundedImages(images);
  assert.ok(Buffer.byteLength(text) <= JSON_LIMIT, `${Buffer.byteLength(text)} bytes`);
  return JSON.parse(text) as {
    schema: number;
    truncated?: number;
    images: Record<string, Record<string, unknown>>;
  };
};

const many = (count: number, labels: number, platforms: number) =>
  Array.from(
    { length: count },
    (_, at) => [`app${at}`, entry(`app${at}`, labels, platforms)] as const,
  );

describe("boundedImages", () => {
  it("keeps everything that fits", () => {
    const images = many(3, 100, 2);
    assert.deepEqual(bounded(images), { schema: 1, images: Object.fromEntries(images) });
  });

  it("drops an image's label of 300 kB, and nothing of the others", () => {
    const images = [...many(20, 100, 6), ["large", entry("large", 300_000, 6)] as const];
    const { images: shown, truncated } = bounded(images);
    assert.deepEqual(
      [truncated, shown["large"]?.["truncated"], shown["large"]?.["labels"]],
      [undefined, ["labels"], undefined],
    );
    assert.deepEqual(shown["large"]?.["platforms"], entry("large", 0, 6)["platforms"]);
    for (const [name, whole] of many(20, 100, 6)) assert.deepEqual(shown[name], whole);
  });

  for (const [count, labels, platforms] of [
    [200, 500, 6],
    [200, 2_000, 64],
    [600, 100, 6],
  ] as const) {
    it(`keeps all of ${count} images with ${platforms} platforms, and names the fields they lost`, () => {
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

  it("drops what a publisher fills before longer lists of platforms", () => {
    const images = many(40, 100, 60);
    for (const { truncated } of Object.values(bounded(images).images)) {
      assert.ok(truncated !== undefined, "every image loses its labels before one loses platforms");
    }
  });

  it("drops blobs of all images before the platforms of one", () => {
    const platform = { platform: "linux/amd64", digest: `sha256:${"1".repeat(64)}` };
    const blob = { digest: `sha256:${"2".repeat(64)}`, size: 1_000, source: "mirror.example" };
    const images = Array.from({ length: 40 }, (_, at) => {
      const fields = {
        ...entry(`app${at}`, 0, 0),
        labels: {},
        platforms: Array(50).fill(platform),
        blobs: Array(20).fill(blob),
      };
      return [`app${at}`, fields] as const;
    });
    const shown = Object.values(bounded(images).images);
    assert.ok(shown.some((fields) => !("blobs" in fields)));
    assert.ok(shown.every((fields) => "platforms" in fields));
  });

  it("replaces the names of lost fields by * when they do not fit", () => {
    const { images, truncated } = bounded(many(900, 100, 6));
    assert.deepEqual([Object.keys(images).length, truncated], [900, undefined]);
    for (const fields of Object.values(images)) {
      assert.deepEqual(Object.keys(fields), [...KEPT, "truncated"]);
      assert.deepEqual(fields["truncated"], ["*"]);
    }
  });

  it("leaves images out from the end when they do not fit, and counts them", () => {
    const { images, truncated } = bounded(many(2_000, 10, 1));
    const names = Object.keys(images);
    assert.deepEqual([names[0], names.length + (truncated ?? 0)], ["app0", 2_000]);
    assert.ok(names.length > 400);
  });
});

describe("boundedList", () => {
  const problem = (message: string, at = 0) =>
    ({
      name: `app${at}`,
      reference: `app${at}`,
      platform: "",
      status: "not-found",
      reason: "not-found",
      message,
    }) as const;

  it("keeps everything that fits, and is empty when nothing is missing", () => {
    assert.equal(boundedList([]), "[]");
    assert.deepEqual(JSON.parse(boundedList([problem("gone")])), [problem("gone")]);
  });

  it("cuts long messages, then leaves entries out from the end", () => {
    const [only] = JSON.parse(boundedList([problem("x".repeat(400_000))]));
    assert.deepEqual([only.name, only.message.length], ["app0", 301]);
    const all = Array.from({ length: 5_000 }, (_, at) => problem("$".repeat(1_000), at));
    const text = boundedList(all);
    assert.ok(Buffer.byteLength(text) <= JSON_LIMIT);
    assert.ok(JSON.parse(text).length > 100);
  });

  it("keeps the first entry, even if it alone is too long", () => {
    const long = { ...problem("gone"), reference: "x".repeat(JSON_LIMIT) };
    assert.deepEqual(JSON.parse(boundedList([long, problem("gone")])), [long]);
  });
});
