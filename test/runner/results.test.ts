import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Result } from "../../src/pull/outcome.ts";
import { pinnedReference, sumOfSizes, toResults, totalSize } from "../../src/runner/results.ts";
import { artifact, content, image, index, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  outcomeOf,
  pulledImage,
  pulledOf,
  RUNNER,
  readFrom,
  resultOf,
  transferFrom,
  unreadResult,
} from "../support/results.ts";

function fieldsOf(image: Result): Readonly<Record<string, unknown>> {
  const [first] = toResults(outcomeOf([image]), RUNNER);
  return first?.[1] ?? {};
}

describe("toResults", () => {
  it("has the facts of an image, with the fields of README.md", async () => {
    const made = image("linux/amd64");
    const [config, ...layers] = made.blobs;
    const size = made.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assert.deepEqual(fieldsOf(await resultOf(made)), {
      reference: APP,
      repository: "registry.test/org/app",
      tag: "1",
      digest: made.digest,
      pinned: `registry.test/org/app@${made.digest}`,
      source: "registry.test",
      mediaType: made.mediaType,
      kind: "image",
      status: "ok",
      reason: "",
      message: "",
      optional: false,
      attestations: 0,
      authenticated: false,
      platforms: [
        {
          platform: "linux/amd64",
          required: true,
          status: "ok",
          reason: "",
          message: "",
          digest: made.digest,
          source: "registry.test",
          config: config?.digest,
          size,
          layers: layers.length,
          created: "2026-01-02T03:04:05Z",
        },
      ],
      labels: { "org.opencontainers.image.version": "1.0" },
      entrypoint: ["/bin/app"],
      cmd: ["--help"],
      user: "1000",
      workdir: "/srv",
      exposedPorts: ["8080/tcp"],
    });
  });

  it("has every field of an image that could not be read, most of them empty", () => {
    const fields = fieldsOf(failedResult(APP, "not-found", { optional: true }));
    assert.deepEqual(fields, {
      reference: APP,
      repository: "registry.test/org/app",
      tag: "1",
      digest: "",
      pinned: "",
      source: "",
      mediaType: "",
      kind: "",
      status: "not-found",
      reason: "not-found",
      message: `${APP}: nothing; try again`,
      optional: true,
      attestations: 0,
      authenticated: false,
      platforms: [],
      labels: {},
      entrypoint: [],
      cmd: [],
      user: "",
      workdir: "",
      exposedPorts: [],
    });
  });

  it("keeps the order of the plan, and the names", async () => {
    const images = [failedResult("b"), await resultOf(), failedResult("a")];
    const names = toResults(outcomeOf(images), RUNNER).map(([name]) => name);
    assert.deepEqual(names, ["b", "app", "a"]);
  });

  it("has no details of a platform that was not examined", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"], { attestations: true });
    const { platforms, attestations } = fieldsOf(await resultOf(made));
    assert.ok(Array.isArray(platforms));
    assert.deepEqual(platforms[1], {
      platform: "linux/arm64",
      required: false,
      status: "listed",
      reason: "",
      message: "",
      digest: made.manifests[1]?.digest,
      source: "",
    });
    assert.equal(attestations, 2);
  });

  it("states the first problem, of the image or of a platform", async () => {
    const result = await resultOf();
    const platforms = [
      ...result.platforms,
      failedPlatform("linux/arm64", "layer-missing"),
      failedPlatform("linux/386", "platform-missing"),
    ];
    const { status, reason, message } = fieldsOf({ ...result, platforms });
    assert.deepEqual(
      [status, reason, message],
      ["dangling", "layer-missing", "linux/arm64: nothing; try again"],
    );
  });

  it("has the digest of the OCI image that a schema 1 image was converted to", async () => {
    const result = await resultOf();
    const converted = content("", "converted").digest;
    const stored = { converted, loadable: undefined };
    const fields = fieldsOf({ ...result, pulled: pulledImage({ stored }) });
    assert.equal(fields["converted"], converted);
    assert.ok(!("converted" in fieldsOf({ ...result, pulled: pulledImage() })));
  });

  for (const [stale, shown] of [
    [true, true],
    [false, false],
    [undefined, null],
  ] as const) {
    it(`has the verdict on the base, with ${shown} for ${stale}`, async () => {
      const { digest } = content("", "base");
      const base = { reference: "alpine:3.20", digest, stale, message: "why" };
      const fields = fieldsOf({ ...(await resultOf()), base });
      assert.deepEqual(fields["base"], { ...base, stale: shown });
    });
  }

  it("names the place that an image and each of its platforms came from", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const result = readFrom("mirror.example", await resultOf(made));
    const root = result.root && {
      ...result.root,
      fetched: { ...result.root.fetched, source: "cache" },
    };
    const { source, platforms } = fieldsOf({ ...result, root });
    assert.equal(source, "cache");
    assert.ok(Array.isArray(platforms));
    assert.deepEqual(
      platforms.map((platform) => platform.source),
      ["mirror.example", ""],
    );
  });

  it("names the place that each blob of a pulled image came from", async () => {
    const made = image("linux/amd64");
    const [config, layer, last] = made.blobs;
    assert.ok(config && layer && last, "a config and two layers");
    const transfers = new Map([
      [config.digest, transferFrom("cache")],
      [layer.digest, transferFrom("mirror.example/hub")],
    ]);
    const outcome = outcomeOf(
      [{ ...(await resultOf(made)), pulled: pulledImage() }],
      pulledOf({ transfers }),
    );
    assert.deepEqual(toResults(outcome, RUNNER)[0]?.[1]["blobs"], [
      { digest: config.digest, size: config.bytes.length, source: "cache" },
      { digest: layer.digest, size: layer.bytes.length, source: "mirror.example/hub" },
      { digest: last.digest, size: last.bytes.length, source: "layout" },
    ]);
  });

  it("knows no place of a blob that may be missing in the layout", async () => {
    const pulled = pulledImage({ stored: undefined });
    const outcome = outcomeOf([{ ...(await resultOf()), pulled }], pulledOf());
    const blobs = toResults(outcome, RUNNER)[0]?.[1]["blobs"];
    assert.ok(Array.isArray(blobs));
    assert.deepEqual(new Set(blobs.map(({ source }) => source)), new Set([""]));
  });

  it("lists no blobs of an image that was not pulled", async () => {
    const [first] = toResults(outcomeOf([await resultOf()], pulledOf()), RUNNER);
    assert.ok(!("blobs" in (first?.[1] ?? {})));
  });

  const locked = content("", "locked").digest;
  for (const [digest, tag] of [
    [locked, "same"],
    [locked, "moved"],
    [locked, "gone"],
    [locked, ""],
    [undefined, ""],
  ] as const) {
    const what = digest === undefined ? "no digest" : "the locked digest";
    it(`has ${what} and the state of the tag: ${tag || "(empty)"}`, async () => {
      const fields = fieldsOf({ ...(await resultOf()), lock: { digest, tag } });
      assert.deepEqual(fields["lock"], { digest: digest ?? "", tag });
    });
  }

  it("has no field for a lock file that the step does not use", async () =>
    assert.ok(!("lock" in fieldsOf(await resultOf()))));

  it("has the locked digests of an image that was not read again, and no config", () => {
    const { digest } = image("linux/amd64");
    const fields = fieldsOf(unreadResult());
    assert.deepEqual(
      [fields["digest"], fields["pinned"], fields["status"], fields["lock"]],
      [digest, `registry.test/org/app@${digest}`, "ok", { digest, tag: "same" }],
    );
    assert.deepEqual(
      [fields["source"], fields["kind"], fields["mediaType"], fields["labels"], fields["user"]],
      ["", "", "", {}, ""],
    );
    const platform = { platform: "linux/amd64", required: true, status: "ok", digest, source: "" };
    assert.deepEqual(fields["platforms"], [{ ...platform, reason: "", message: "" }]);
  });

  it("has no field for a base that was not asked for", async () =>
    assert.ok(!("base" in fieldsOf(await resultOf()))));

  it("takes the config of the runner's platform, else of the first required one", async () => {
    const images = [
      image("linux/s390x", { config: { config: { User: "s390x" } } }),
      image("linux/arm64", { config: { config: { User: "arm64" } } }),
      image("linux/amd64", { config: { config: { User: "amd64" } } }),
    ];
    for (const [platforms, user] of [
      ["all", "amd64"],
      ["linux/arm64,linux/s390x", "arm64"],
    ] as const) {
      const result = await resultOf(index(images), { platforms: required(platforms) });
      assert.equal(fieldsOf(result)["user"], user);
    }
  });
});

describe("pinnedReference", () => {
  it("has the digest, and no tag", async () => {
    const result = await resultOf();
    assert.equal(pinnedReference(result), `registry.test/org/app@${result.root?.fetched.digest}`);
  });

  it("is empty for an image that could not be read", () =>
    assert.equal(pinnedReference(failedResult(APP)), ""));
});

describe("sizes", () => {
  const one = content("", "one").digest;
  const two = content("", "two").digest;
  for (const [what, blobs, sum] of [
    ["no blobs", [], 0],
    [
      "two blobs",
      [
        { digest: one, size: 1 },
        { digest: two, size: 20 },
      ],
      21,
    ],
    [
      "a blob that is listed twice",
      [
        { digest: one, size: 1 },
        { digest: one, size: 1 },
      ],
      1,
    ],
    [
      "a blob of unknown size",
      [
        { digest: one, size: undefined },
        { digest: two, size: 20 },
      ],
      20,
    ],
  ] as const) {
    it(`of ${what} are ${sum} bytes together`, () => assert.equal(sumOfSizes(blobs), sum));
  }

  it("of images count a shared blob once, and those of artifacts, too", async () => {
    const app = image("linux/amd64");
    const chart = artifact();
    const bytes = [...app.blobs, ...chart.blobs].reduce((sum, blob) => sum + blob.bytes.length, 0);
    const images = [
      await resultOf(app),
      await resultOf(app),
      await resultOf(chart, { platforms: "any" }),
      failedResult(APP),
    ];
    assert.equal(totalSize(images), bytes);
  });

  it("of images leave out platforms that are not required", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const own = image("linux/amd64").blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assert.equal(totalSize([await resultOf(made)]), own);
  });
});
