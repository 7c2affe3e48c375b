import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { Outcome, Result } from "../../src/pull/outcome.ts";
import { JSON_LIMIT } from "../../src/runner/bounds.ts";
import type { BuildContext } from "../../src/runner/build-files.ts";
import { fileProblem } from "../../src/runner/found-images.ts";
import { EMPTY, leftOut, OUTPUTS, type Outputs, toOutputs } from "../../src/runner/outputs.ts";
import { toResults } from "../../src/runner/results.ts";
import type { Judged } from "../../src/runner/summary.ts";
import { artifact, image, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  judgedOf,
  outcomeOf,
  pulledOf,
  RUNNER,
  resultOf,
  unreadResult,
} from "../support/results.ts";

const FILES = { metadata: "/files/metadata.json", bake: "/files/bake.json" };

function outputsOf(
  outcome: Outcome,
  contexts: readonly BuildContext[] = [],
  more: Partial<Judged> = {},
): Outputs {
  const results = toResults(outcome, RUNNER);
  const nothing = { found: undefined, references: [] };
  return toOutputs(judgedOf(outcome, more), {
    results,
    contexts,
    files: FILES,
    runner: RUNNER,
    ...nothing,
  });
}

/** An image whose config has a label of some size. */
function labelled(size: number): Promise<Result> {
  return resultOf(image("linux/amd64", { labels: { large: "x".repeat(size) } }));
}

describe("toOutputs", () => {
  it("sets every output, and no other", async () => {
    const names = Object.keys(outputsOf(outcomeOf([await resultOf()])));
    assert.deepEqual(names.toSorted(), OUTPUTS.toSorted());
    assert.deepEqual(Object.keys(EMPTY), [...OUTPUTS]);
    assert.deepEqual(new Set(Object.values(EMPTY)), new Set([""]));
  });

  it("has the facts of the first image, and lists for all", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const other = image("linux/amd64", { salt: "other" });
    const images = [
      await resultOf(made),
      failedResult("gone"),
      await resultOf(other, { name: "other" }),
    ];
    const outputs = outputsOf(outcomeOf(images));
    const pinned = [made, other].map(({ digest }) => `registry.test/org/app@${digest}`);
    assert.equal(outputs.digest, made.digest);
    assert.equal(outputs.image, pinned[0]);
    assert.equal(outputs.images, pinned.join("\n"));
    assert.deepEqual(JSON.parse(outputs.digests), [made.digest, "", other.digest]);
    assert.deepEqual(JSON.parse(outputs.platforms), ["linux/amd64", "linux/arm64"]);
    assert.deepEqual(JSON.parse(outputs.labels), { "org.opencontainers.image.version": "1.0" });
    assert.equal(JSON.parse(outputs.config).architecture, "amd64");
    assert.deepEqual(Object.keys(JSON.parse(outputs.json).images), ["app", "gone", "other"]);
    assert.match(outputs.size, /^\d+$/);
  });

  it("offers no platform that is missing", async () => {
    const platforms = required("linux/amd64,linux/386");
    const outputs = outputsOf(outcomeOf([await resultOf(image("linux/amd64"), { platforms })]));
    assert.deepEqual(JSON.parse(outputs.platforms), ["linux/amd64"]);
  });

  it("lists every problem in missing, with the platform it concerns", async () => {
    const result = await resultOf();
    const platforms = [...result.platforms, failedPlatform("linux/arm64", "platform-missing")];
    const outputs = outputsOf(outcomeOf([{ ...result, platforms }, failedResult("gone")]));
    assert.deepEqual(JSON.parse(outputs.missing), [
      {
        name: "app",
        reference: APP,
        platform: "linux/arm64",
        status: "platform-missing",
        reason: "platform-missing",
        message: "linux/arm64: nothing; try again",
      },
      {
        name: "gone",
        reference: "gone",
        platform: "",
        status: "not-found",
        reason: "not-found",
        message: "gone: nothing; try again",
      },
    ]);
  });

  for (const [what, images, exists] of [
    ["all images exist", [], "true"],
    ["one does not", [failedResult("gone")], "false"],
    [
      "one is optional and does not",
      [failedResult("gone", "not-found", { optional: true })],
      "true",
    ],
    ["nothing is known about one", [failedResult("gone", "no-answer")], ""],
  ] as const) {
    it(`has exists: ${exists || "(empty)"} when ${what}`, async () =>
      assert.equal(outputsOf(outcomeOf([await resultOf(), ...images])).exists, exists));
  }

  it("is empty where it does not apply", async () => {
    const outputs = outputsOf(outcomeOf([await resultOf(artifact(), { platforms: "any" })]));
    const { config, labels } = outputs;
    assert.deepEqual([config, labels, outputs["build-contexts"]], ["", "", ""]);
    const names = ["oci-layout", "cache-hit", "bytes-restored", "bytes-downloaded"] as const;
    for (const name of names) assert.equal(outputs[name], "", name);
    assert.equal(outputs.platforms, "[]");
  });

  it("states what a pull did", async () => {
    const pulled = pulledOf({ restored: 5, downloaded: 7, hit: false });
    const outputs = outputsOf(outcomeOf([await resultOf()], pulled));
    assert.deepEqual([outputs["oci-layout"], outputs["cache-hit"]], ["/layout", "false"]);
    assert.deepEqual([outputs["bytes-restored"], outputs["bytes-downloaded"]], ["5", "7"]);
  });

  it("knows of an image that was not read again only what the lock file has", () => {
    const outputs = outputsOf(outcomeOf([unreadResult()]));
    const { digest } = image("linux/amd64");
    const pinned = `registry.test/org/app@${digest}`;
    assert.deepEqual(
      [outputs.exists, outputs.digest, outputs.image, outputs.images, outputs.digests],
      ["true", digest, pinned, pinned, JSON.stringify([digest])],
    );
    assert.equal(outputs.platforms, '["linux/amd64"]');
    assert.deepEqual([outputs.config, outputs.labels, outputs.size], ["", "", ""]);
    assert.deepEqual(leftOut(outputs, outcomeOf([unreadResult()])), []);
  });

  it("has no size with one image whose size is not known", async () =>
    assert.equal(outputsOf(outcomeOf([await resultOf(), unreadResult()])).size, ""));

  const change = {
    reference: "docker.io/library/alpine:3.20",
    old: undefined,
    now: { digest: image("linux/amd64").digest, platforms: [], created: "", size: 1_000 },
  };
  // the mode of the lock file, whether it was written, and what lock-changed is then
  for (const [mode, isWritten, changed] of [
    ["update", true, "true"],
    ["update", false, "false"],
    ["check", false, ""],
    ["frozen", false, ""],
  ] as const) {
    it(`has lock-changed: ${changed || "(empty)"} for lock: ${mode}`, async () => {
      const changes = isWritten ? [change] : [];
      const lock = { file: "images.lock.json", mode, isWritten, changes, problems: [] };
      const outputs = outputsOf(outcomeOf([await resultOf()]), [], { lock });
      assert.equal(outputs["lock-changed"], changed);
      assert.equal(outputs["lock-diff"].includes("docker.io/library/alpine:3.20"), isWritten);
    });
  }

  it("has empty outputs of the lock file without one", async () => {
    const outputs = outputsOf(outcomeOf([await resultOf()]));
    assert.deepEqual([outputs["lock-changed"], outputs["lock-diff"]], ["", ""]);
  });

  // the problem of a lock file, and whether everything is then known to exist
  for (const [reason, exists] of [
    ["not-locked", ""],
    ["wrong-file", ""],
    ["file-changed", "true"],
    ["not-written", "true"],
  ] as const) {
    it(`lists ${reason} of the lock file, with exists: ${exists || "(empty)"}`, async () => {
      const where = "images.lock.json";
      const error = new PullError(reason, "something is wrong", { next: "correct it" });
      const problems = [fileProblem(error, where, { optional: false })];
      const outputs = outputsOf(outcomeOf([await resultOf()]), [], { problems });
      const [missing] = JSON.parse(outputs.missing);
      assert.deepEqual([missing.name, missing.reason], [where, reason]);
      assert.equal(missing.message, `${where}: something is wrong; correct it`);
      assert.equal(outputs.exists, exists);
    });
  }

  it("names the files, and lists build contexts one a line", async () => {
    const contexts = [
      ["alpine", "docker-image://docker.io/library/alpine@sha256:1"],
      ["app:1", "oci-layout:///layout@sha256:2"],
    ] as const;
    const outputs = outputsOf(outcomeOf([await resultOf()]), contexts);
    assert.deepEqual(
      [outputs["metadata-file"], outputs["bake-file"]],
      [FILES.metadata, FILES.bake],
    );
    assert.equal(
      outputs["build-contexts"],
      "alpine=docker-image://docker.io/library/alpine@sha256:1\napp:1=oci-layout:///layout@sha256:2",
    );
  });

  it("writes text from outside so that no shell obeys it", async () => {
    const labels = { "$(touch x)": "`id`" };
    const outputs = outputsOf(outcomeOf([await resultOf(image("linux/amd64", { labels }))]));
    for (const name of ["labels", "config", "json"] as const) {
      assert.doesNotMatch(outputs[name], /[$`(]/);
    }
    assert.deepEqual(JSON.parse(outputs.labels), labels);
  });
});

describe("leftOut", () => {
  it("names each output whose value is too long, and the file that has it", async () => {
    const outcome = outcomeOf([await labelled(JSON_LIMIT)]);
    const outputs = outputsOf(outcome);
    assert.deepEqual([outputs.config, outputs.labels], ["", ""]);
    const why = `it would have ${JSON_LIMIT} bytes or more; ${FILES.metadata} has it`;
    assert.deepEqual(leftOut(outputs, outcome), [
      `the output config is empty: ${why}`,
      `the output labels is empty: ${why}`,
    ]);
  });

  it("is empty when every value fits, and when there is nothing to show", async () => {
    const none = outcomeOf([failedResult("gone")]);
    assert.deepEqual(leftOut(outputsOf(none), none), []);
    const fitting = outcomeOf([await labelled(1_000)]);
    assert.deepEqual(leftOut(outputsOf(fitting), fitting), []);
    assert.deepEqual(leftOut(EMPTY, outcomeOf([])), []);
  });

  it("keeps a value of one byte less than the limit", async () => {
    const frame = JSON.stringify({ large: "" }).length;
    for (const [size, isKept] of [
      [JSON_LIMIT - frame - 1, true],
      [JSON_LIMIT - frame, false],
    ] as const) {
      const { labels } = outputsOf(outcomeOf([await labelled(size)]));
      assert.equal(labels !== "", isKept);
    }
  });
});
