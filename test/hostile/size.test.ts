import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { JSON_LIMIT } from "../../src/runner/bounds.ts";
import { OUTPUTS } from "../../src/runner/outputs.ts";
import { content, descriptor, image, index, type Made } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

const MIB = 1024 ** 2;

describe("M8: the memory and the output that one image may take", () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await Registry.start();
  });
  afterEach(() => registry.stop());

  const problems = (result: StepResult): { status: string; reason: string; message: string }[] =>
    JSON.parse(result.outputs.get("missing") ?? "null");
  /** An index whose entries name these platforms, all for one manifest. */
  const offering = (platforms: readonly Record<string, unknown>[]): Made => {
    const one = image("linux/amd64");
    return {
      ...index([], { entries: platforms.map((platform) => ({ ...descriptor(one), platform })) }),
      manifests: [one],
    };
  };
  const numbered = (count: number): Record<string, unknown>[] =>
    Array.from({ length: count }, (_, at) => ({ os: "linux", architecture: `a${at}` }));

  for (const [what, made, expected] of [
    ["256 platforms", () => offering(numbered(256)), []],
    ["257 platforms", () => offering(numbered(257)), ["too-many"]],
    [
      "a platform of 64 characters",
      () => offering([{ os: "linux", architecture: "a".repeat(64) }]),
      [],
    ],
    [
      "a platform of 65 characters",
      () => offering([{ os: "linux", architecture: "a".repeat(65) }]),
      ["too-large"],
    ],
    [
      "nested indexes of less than 4 MiB together",
      () => index([padded(2 * MIB - 4_096, 1), padded(2 * MIB - 4_096, 2)]),
      [],
    ],
    [
      "nested indexes of more than 4 MiB together",
      () => index([padded(2 * MIB, 1), padded(2 * MIB, 2)]),
      ["too-large"],
    ],
  ] as const) {
    it(`an index with ${what} is ${expected.length === 0 ? "accepted" : "refused"}`, async () => {
      const result = await runStep({
        images: registry.push("org/app", "1", made()),
        platforms: "any",
      });
      assert.deepEqual(
        problems(result).map(({ reason }) => reason),
        expected,
        result.stdout.slice(-2_000),
      );
      assert.ok(Buffer.byteLength(result.outputs.get("platforms") ?? "") <= JSON_LIMIT);
      assert.ok(result.stdout.length < MIB, `${result.stdout.length} characters of log`);
    });
  }

  /** An index that offers nothing and has a little more than so many bytes. */
  function padded(bytes: number, salt: number): Made {
    const document = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [],
      annotations: {},
    };
    const made = content(document.mediaType, {
      ...document,
      annotations: { [`pad${salt}`]: "x".repeat(bytes) },
    });
    return { ...made, manifests: [], blobs: [] };
  }

  it("four configs of almost 4 MiB, nested 31 levels deep, are in the metadata file, and every output is set", async () => {
    const nest = (levels: number, inside: unknown): unknown =>
      levels === 0 ? inside : nest(levels - 1, [inside]);
    // Many small values deep inside: with indentation each would take a line of its own.
    const deep = nest(26, Array(1_900_000).fill(0));
    const images = Array.from({ length: 4 }, (_, at) => {
      const config = content(
        "application/vnd.oci.image.config.v1+json",
        Buffer.from(configWith(deep, at)),
      );
      assert.ok(
        config.bytes.length <= 4 * MIB && config.bytes.length > 3 * MIB,
        `${config.bytes.length}`,
      );
      const mediaType = "application/vnd.oci.image.manifest.v1+json";
      const manifest = content(mediaType, {
        schemaVersion: 2,
        mediaType,
        config: descriptor(config),
        layers: [],
      });
      return registry.push(`org/app${at}`, "1", { ...manifest, manifests: [], blobs: [config] });
    });
    const result = await runStep({ images: images.join("\n"), platforms: "linux/amd64" });
    assert.equal(result.exitCode, 0, result.stdout.slice(-2_000));
    assert.deepEqual([...result.outputs.keys()], [...OUTPUTS]);
    const metadata = JSON.parse(readFileSync(result.outputs.get("metadata-file") ?? "", "utf8"));
    assert.equal(Object.keys(metadata.images).length, 4);
    assert.ok(Buffer.byteLength(result.outputs.get("json") ?? "") <= JSON_LIMIT);
  });

  function configWith(deep: unknown, salt: number): string {
    return JSON.stringify({
      os: "linux",
      architecture: "amd64",
      salt,
      config: { Healthcheck: deep },
    });
  }

  it("300 problems keep the output missing within its limit, and none is left out", async () => {
    const required = Array.from({ length: 300 }, (_, at) => `linux/none${at}`).join(",");
    const result = await runStep({
      images: registry.push("org/app", "1", offering(numbered(200))),
      platforms: required,
    });
    assert.equal(result.exitCode, 1);
    const missing = result.outputs.get("missing") ?? "";
    assert.ok(Buffer.byteLength(missing) <= JSON_LIMIT);
    assert.equal(problems(result).length, 300);
  });
});
