import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { Result } from "../../src/pull/outcome.ts";
import {
  buildContexts,
  makeFilesDirectory,
  writeFiles,
  writePendingSaves,
} from "../../src/runner/build-files.ts";
import { toResults } from "../../src/runner/results.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { artifact, buildkitCache, content, image, multiPlatform } from "../support/image.ts";
import { failure, wantedImage } from "../support/resolving.ts";
import {
  failedPlatform,
  failedResult,
  outcomeOf,
  pulledImage,
  pulledOf,
  RUNNER,
  resultOf,
  unreadResult,
} from "../support/results.ts";

/** A good image that is written in another way than the registry of the test has it. */
async function writtenAs(written: string): Promise<Result> {
  return { ...(await resultOf()), wanted: wantedImage(written) };
}

const DIGEST = image("linux/amd64").digest;

describe("buildContexts", () => {
  // as it is written, its name in a Dockerfile, its repository
  for (const [written, name, repository] of [
    // Bake does not find a name that ends in `:latest`.
    ["alpine", "alpine", "docker.io/library/alpine"],
    ["alpine:latest", "alpine", "docker.io/library/alpine"],
    [`alpine:latest@${DIGEST}`, `alpine:latest@${DIGEST}`, "docker.io/library/alpine"],
    ["docker.io/org/app:1", "org/app:1", "docker.io/org/app"],
    ["ghcr.io/org/app:1", "ghcr.io/org/app:1", "ghcr.io/org/app"],
    [`ghcr.io/org/app@${DIGEST}`, `ghcr.io/org/app@${DIGEST}`, "ghcr.io/org/app"],
    [`alpine:3@${DIGEST}`, `alpine:3@${DIGEST}`, "docker.io/library/alpine"],
  ] as const) {
    it(`pins ${written.replace(DIGEST, "sha256:…")} in its registry`, async () => {
      const contexts = buildContexts(outcomeOf([await writtenAs(written)]));
      assert.deepEqual(contexts, [[name, `docker-image://${repository}@${DIGEST}`]]);
    });
  }

  it("takes an image from the layout after a pull, and a converted one by its new digest", async () => {
    const stored = await resultOf();
    const converted = content("", "converted").digest;
    const old = { ...stored, pulled: pulledImage({ stored: { converted, loadable: undefined } }) };
    const contexts = buildContexts(outcomeOf([stored, old], pulledOf()));
    assert.deepEqual(
      contexts.map(([, context]) => context),
      [`oci-layout:///layout@${DIGEST}`, `oci-layout:///layout@${converted}`],
    );
  });

  it("takes an image with a problem from its registry, even after a pull", async () => {
    const result = await resultOf();
    const platforms = [...result.platforms, failedPlatform("linux/386", "layer-missing")];
    const [context] = buildContexts(outcomeOf([{ ...result, platforms }], pulledOf()));
    assert.equal(context?.[1], `docker-image://registry.test/org/app@${DIGEST}`);
  });

  it("pins an image that was not read again, by its locked digest", () =>
    assert.deepEqual(buildContexts(outcomeOf([unreadResult()])), [
      ["registry.test/org/app:1", `docker-image://registry.test/org/app@${DIGEST}`],
    ]));

  it("has nothing for what is not an image, or was not resolved", async () => {
    const images = [
      await resultOf(artifact(), { platforms: "any" }),
      await resultOf(buildkitCache("manifest"), { platforms: "any" }),
      failedResult("gone"),
    ];
    assert.deepEqual(buildContexts(outcomeOf(images)), []);
  });
});

const NOTHING = { outcome: outcomeOf([]), results: [], contexts: [], references: [] };

describe("writeFiles", () => {
  it("writes the results, with the documents as they were received", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const outcome = outcomeOf([await resultOf(made), failedResult("gone")]);
    const directory = temporaryDirectory("files");
    const results = toResults(outcome, RUNNER);
    const files = await writeFiles({ ...NOTHING, outcome, results }, directory);
    assert.equal(files.metadata, join(directory, "metadata.json"));
    const text = readFileSync(files.metadata, "utf8");
    const { schema, images } = JSON.parse(text);
    const { document, manifests, configs, ...fields } = images.app;
    assert.equal(schema, 1);
    assert.deepEqual(fields, results[0]?.[1]);
    assert.deepEqual(document, JSON.parse(made.bytes.toString()));
    assert.ok(text.includes(`"document":${made.bytes}`), "byte for byte");
    assert.deepEqual(Object.keys(manifests), ["linux/amd64"]);
    assert.deepEqual(manifests["linux/amd64"], JSON.parse(String(made.manifests[0]?.bytes)));
    assert.deepEqual(configs["linux/amd64"], JSON.parse(String(made.blobs[0]?.bytes)));
    const { document: none, manifests: no, configs: nothing } = images.gone;
    assert.deepEqual([none, no, nothing], [null, {}, {}]);
  });

  it("has every examined platform", async () => {
    const result = await resultOf(multiPlatform(["linux/amd64", "linux/arm64"]), {
      platforms: "all",
    });
    const outcome = outcomeOf([result]);
    const results = toResults(outcome, RUNNER);
    const files = await writeFiles({ ...NOTHING, outcome, results }, temporaryDirectory("files"));
    const { configs, manifests } = JSON.parse(readFileSync(files.metadata, "utf8")).images.app;
    for (const documents of [configs, manifests]) {
      assert.deepEqual(Object.keys(documents), ["linux/amd64", "linux/arm64"]);
    }
  });

  it("is JSON without any image", async () => {
    const files = await writeFiles(NOTHING, temporaryDirectory("files"));
    assert.deepEqual(JSON.parse(readFileSync(files.metadata, "utf8")), { schema: 1, images: {} });
  });

  it("writes a bake target to inherit the contexts from", async () => {
    const contexts = [["alpine", "docker-image://docker.io/library/alpine@sha256:1"]] as const;
    const files = await writeFiles({ ...NOTHING, contexts }, temporaryDirectory("files"));
    assert.deepEqual(JSON.parse(readFileSync(files.bake, "utf8")), {
      target: { "registry-pull": { contexts: Object.fromEntries(contexts) } },
    });
  });
});

describe("makeFilesDirectory", () => {
  it("makes another directory each time", async () => {
    const parent = temporaryDirectory("parent");
    const made = [await makeFilesDirectory(parent), await makeFilesDirectory(parent)];
    for (const path of made) assert.equal(dirname(path), parent);
    assert.ok(existsSync(made[0] ?? "") && made[0] !== made[1]);
  });

  it("fails when the parent is not a directory", async () => {
    const path = join(temporaryDirectory("parent"), "file");
    writeFileSync(path, "");
    const found = new RegExp(`^cannot write below ${path}: ENOTDIR`);
    await assert.rejects(makeFilesDirectory(path), failure("runner-broken", found));
  });
});

describe("writePendingSaves", () => {
  it("writes a file that only this user can read", async () => {
    const parent = temporaryDirectory("parent");
    const saves = { cache: { kind: "service" }, layout: "/layout", entries: [] } as const;
    const path = await writePendingSaves(saves, parent);
    assert.equal(dirname(dirname(path)), parent);
    assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), saves);
    if (process.platform === "win32") return;
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
  });
});
