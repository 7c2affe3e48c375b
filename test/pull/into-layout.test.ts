import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { temporaryDirectory } from "../support/directory.ts";
import {
  artifact,
  buildkitCache,
  image,
  index,
  type Made,
  multiPlatform,
} from "../support/image.ts";
import { Registry, refuse } from "../support/registry.ts";
import { runStep } from "../support/runner.ts";

const THREE = ["linux/ppc64le", "linux/s390x", "linux/arm/v6"];

describe("a pull into a layout", () => {
  let registry: Registry;
  let directory: string;
  let path: string;
  beforeEach(async () => {
    registry = await Registry.start();
    directory = temporaryDirectory("pull");
    path = join(directory, "layout");
  });
  afterEach(async () => {
    await registry.stop();
    rmSync(directory, { recursive: true });
  });

  const pull = (images: string, inputs: Readonly<Record<string, string>> = {}) =>
    runStep({ images, platforms: THREE.slice(0, 2).join(","), pull: "layout", path, ...inputs });
  const blobs = (): string[] =>
    ["sha256", "sha512"].flatMap((algorithm) =>
      readdirSync(join(path, "blobs", algorithm)).map((hex) => `${algorithm}:${hex}`),
    );
  const read = (digest: string): Buffer =>
    readFileSync(join(path, "blobs", digest.replace(":", "/")));
  const entries = () =>
    JSON.parse(readFileSync(join(path, "index.json"), "utf8")).manifests as {
      digest: Digest;
      mediaType: string;
      annotations: Record<string, string>;
    }[];
  const sizes = (...made: Made[]): number =>
    made.flatMap((one) => one.blobs).reduce((sum, { bytes }) => sum + bytes.length, 0);

  it("stores the whole index, and the blobs of the required platforms only", async () => {
    const images = THREE.map((platform) => image(platform));
    const made = index(images);
    const { exitCode, outputs } = await pull(registry.push("org/app", "1.0", made));
    assert.equal(exitCode, 0);
    const [first, second] = images;
    assert.ok(first && second);
    const expected = [made, first, second, ...first.blobs, ...second.blobs];
    assert.deepEqual(
      blobs().toSorted(),
      [...new Set(expected.map(({ digest }) => digest))].toSorted(),
    );
    for (const { digest, bytes } of expected) assert.deepEqual(read(digest), bytes);
    assert.deepEqual(entries(), [
      {
        mediaType: made.mediaType,
        digest: made.digest,
        size: made.bytes.length,
        annotations: {
          "io.containerd.image.name": `${registry.host}/org/app:1.0`,
          "org.opencontainers.image.ref.name": "1.0",
        },
      },
    ] as unknown);
    assert.deepEqual(
      [outputs.get("oci-layout"), outputs.get("bytes-downloaded"), outputs.get("exists")],
      [path, String(sizes(first, second)), "true"],
    );
    assert.equal(
      outputs.get("build-contexts"),
      `${registry.host}/org/app:1.0=oci-layout://${path}@${made.digest}`,
    );
  });

  it("downloads a blob that is missing or wrong, once, and no other", async () => {
    const [one, two] = [
      image("linux/ppc64le"),
      image("linux/ppc64le", { labels: { other: "config" } }),
    ];
    const images = [registry.push("org/one", "1", one), registry.push("org/two", "1", two)].join(
      "\n",
    );
    await pull(images, { platforms: "all" });
    const layers = () =>
      registry.log.filter((line) => one.blobs.slice(1).some(({ digest }) => line.includes(digest)));
    assert.equal(layers().length, 2);
    registry.seen.length = 0;
    const again = await pull(images, { platforms: "all" });
    assert.deepEqual([layers(), again.outputs.get("bytes-downloaded")], [[], "0"]);
    const [, layer] = one.blobs;
    writeFileSync(join(path, "blobs", layer?.digest.replace(":", "/") ?? ""), "rotten");
    const repaired = await pull(images, { platforms: "all" });
    assert.deepEqual([layers().length, repaired.exitCode], [1, 0]);
    assert.deepEqual(read(layer?.digest ?? ""), layer?.bytes);
  });

  it("stores nested indexes, sha512 references, artifacts and caches", async () => {
    const nested = index([index([image("linux/s390x")])]);
    const chart = artifact();
    const cache = buildkitCache("docker-index");
    const single = image("linux/s390x", { salt: "512" });
    registry.push("org/app", "single", single);
    registry.push("org/app", digestOf(single.bytes, "sha512"), single);
    const images = [
      registry.push("org/app", "nested", nested),
      `${registry.push("org/app", "chart", chart)},platform=any`,
      `${registry.push("org/app", "cache", cache)},platform=any`,
      `${registry.host}/org/app@${digestOf(single.bytes, "sha512")}`,
    ];
    const { exitCode, stdout } = await pull(images.join("\n"), { platforms: "linux/s390x" });
    assert.equal(exitCode, 0, stdout);
    assert.equal(entries().length, 4);
    for (const { digest } of [
      nested,
      ...nested.manifests,
      ...nested.blobs,
      chart,
      ...chart.blobs,
      cache,
      ...cache.blobs,
      ...single.blobs,
    ]) {
      assert.ok(blobs().includes(digest));
    }
    assert.ok(blobs().includes(digestOf(single.bytes, "sha512")));
    assert.deepEqual(Object.keys(entries()[3]?.annotations ?? {}), ["io.containerd.image.name"]);
  });

  it("pulls nothing when the gate fails the step", async () => {
    const { exitCode, outputs } = await pull(
      registry.push("org/app", "1.0", multiPlatform(THREE)),
      {
        platforms: "linux/riscv64,linux/s390x",
      },
    );
    assert.deepEqual(
      [exitCode, existsSync(path), outputs.get("oci-layout"), outputs.get("bytes-downloaded")],
      [1, false, "", ""],
    );
  });

  it("names a lost layer, keeps verified ones, and leaves the image out", async () => {
    const [good, bad] = [image("linux/s390x"), image("linux/s390x", { salt: "bad" })];
    const [, layer] = bad.blobs;
    registry.faults.push((request, response) => {
      const lost = request.url?.includes(layer?.digest ?? "-") === true;
      if (lost) refuse(response, 404, "BLOB_UNKNOWN", "blob unknown to registry", null);
      return lost;
    });
    const incomplete = `${registry.push("org/bad", "1", bad)},optional=true`;
    const images = [registry.push("org/good", "1", good), incomplete].join("\n");
    const optional = await pull(images, { platforms: "all" });
    assert.equal(optional.exitCode, 0);
    assert.match(optional.outputs.get("missing") ?? "", /"dangling".*BLOB_UNKNOWN/);
    assert.deepEqual(
      entries().map(({ digest }) => digest),
      [good.digest],
    );
    // A build uses the layout for an image that is in it, and the registry for any other.
    assert.deepEqual(
      optional.outputs
        .get("build-contexts")
        ?.split("\n")
        .map((line) => line.replace(/.*=/, "")),
      [
        `oci-layout://${path}@${good.digest}`,
        `docker-image://${registry.host}/org/bad@${bad.digest}`,
      ],
    );
    const required = await pull(images.replace(",optional=true", ""), { platforms: "all" });
    assert.deepEqual([required.exitCode, required.outputs.get("exists")], [1, "false"]);
    assert.deepEqual(readdirSync(join(path, ".registry-pull")), []);
  });

  it("comes first in a layout with another image of its tag, which is a warning", async () => {
    const [mine, planted] = [image("linux/s390x"), image("linux/s390x", { salt: "planted" })];
    const app = registry.push("org/app", "1.0", mine);
    for (const [annotations, name] of [
      [{}, planted.digest],
      [{ "io.containerd.image.name": "ghcr.io/mallory/app:1.0" }, "ghcr.io/mallory/app:1.0"],
    ] as const) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
      const entry = {
        mediaType: planted.mediaType,
        digest: planted.digest,
        size: planted.bytes.length,
        annotations: { ...annotations, "org.opencontainers.image.ref.name": "1.0" },
      };
      writeFileSync(
        join(path, "index.json"),
        JSON.stringify({ schemaVersion: 2, manifests: [entry] }),
      );
      const { exitCode, commands } = await pull(app, { platforms: "all" });
      assert.deepEqual([exitCode, entries()[0]?.digest, entries().length], [0, mine.digest, 2]);
      const warnings = commands
        .filter((command) => command.name === "warning")
        .map(({ data }) => data);
      assert.deepEqual(warnings, [
        `the layout has two images with the tag 1.0: first ${app}, then ${name}`,
      ]);
    }
    const again = await pull(registry.push("org/other", "1.0", image("linux/s390x")), {
      platforms: "all",
    });
    assert.equal(
      again.commands.filter((command) => command.name === "warning").length,
      0,
      "the same image is no clash",
    );
  });

  it("names a path that cannot be a layout, and what to do", async () => {
    writeFileSync(path, "a file");
    const { exitCode, commands } = await pull(
      registry.push("org/app", "1.0", multiPlatform(THREE)),
    );
    assert.equal(exitCode, 1);
    assert.match(
      commands.find(({ name }) => name === "error")?.data ?? "",
      /is not a directory: a layout cannot be here; choose another/,
    );
  });

  it("goes below the runner's temporary directory without the input path", async () => {
    const { outputs } = await pull(registry.push("org/app", "1.0", multiPlatform(THREE)), {
      path: "",
    });
    assert.match(outputs.get("oci-layout") ?? "", /runner-\w+\/registry-pull$/);
  });
});
