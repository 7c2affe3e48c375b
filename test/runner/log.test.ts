import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Result } from "../../src/pull/outcome.ts";
import { sayPulled, sayResolved } from "../../src/runner/log.ts";
import { artifact, image, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  outcomeOf,
  pulledImage,
  pulledOf,
  RecordingWorkflow,
  resultOf,
} from "../support/results.ts";

function linesFor(result: Result): readonly string[] {
  const workflow = new RecordingWorkflow();
  sayResolved(workflow, result);
  return workflow.lines;
}

describe("sayResolved", () => {
  it("prints one line for an image with one platform", async () => {
    const made = image("linux/amd64");
    const lines = linesFor(await resultOf(made, { name: APP }));
    const pinned = `registry.test/org/app@${made.digest}`;
    assert.deepEqual(lines, [`say ✓ ${APP} → ${pinned} (image, linux/amd64)`]);
  });

  it("puts a name of its own before the reference", async () => {
    const [line] = linesFor(await resultOf());
    assert.match(line ?? "", /^say ✓ app: registry\.test\/org\/app:1 → /);
  });

  it("lists several platforms in a group, with the size of those that were examined", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const [amd64, arm64] = made.manifests;
    const lines = linesFor(await resultOf(made));
    assert.match(lines[0] ?? "", /\(index, 2 platforms\)$/);
    assert.equal(lines[1], "group   platforms of app");
    assert.match(lines[2] ?? "", /^ {2}✓ linux\/amd64 sha256:\w+, \d+\.\d kB in 2 layers$/);
    assert.ok(lines[2]?.includes(amd64?.digest ?? "none"));
    assert.equal(lines[3], `  · linux/arm64 ${arm64?.digest} (not required)`);
    assert.equal(lines.length, 4);
  });

  it("names the status of every problem, and of the platform that has it", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const platforms = required("linux/amd64,linux/s390x,linux/386");
    const lines = linesFor(await resultOf(made, { platforms }));
    const problems = "platform-missing linux/s390x, platform-missing linux/386";
    assert.match(
      lines[0] ?? "",
      new RegExp(`^say ✗ app: .* \\(index, 2 platforms\\): ${problems}$`),
    );
    assert.deepEqual(lines.slice(-2), [
      "  ✗ linux/s390x platform-missing",
      "  ✗ linux/386 platform-missing",
    ]);
  });

  it("shows no digest of an image that could not be read", () =>
    assert.deepEqual(linesFor(failedResult(APP)), [`say ✗ ${APP}: not-found`]));

  it("names the kind of an artifact, which has no platform", async () => {
    const [line] = linesFor(await resultOf(artifact(), { platforms: "any" }));
    assert.match(line ?? "", / \(artifact\)$/);
  });

  it("annotates five warnings, before the image's line, and groups the rest", async () => {
    const warnings = ["a", "b", "c", "d", "e", "f", "g"];
    const lines = linesFor({ ...(await resultOf()), warnings });
    assert.deepEqual(lines.slice(0, 8), [
      ...["a", "b", "c", "d", "e"].map((text) => `warn ${text}`),
      "group 2 more warnings of app",
      "  f",
      "  g",
    ]);
    assert.match(lines[8] ?? "", /^say ✓ app: /);
  });

  it("states a platform without a manifest by its status", async () => {
    const result = await resultOf();
    const platforms = [...result.platforms, failedPlatform("linux/arm64", "manifest-missing")];
    const lines = linesFor({ ...result, platforms });
    assert.equal(lines.at(-1), "  ✗ linux/arm64 dangling");
  });
});

describe("sayPulled", () => {
  it("prints nothing without a pull", async () => {
    const workflow = new RecordingWorkflow();
    sayPulled(workflow, outcomeOf([await resultOf()]));
    assert.deepEqual(workflow.lines, []);
  });

  it("prints the layout's warnings, the pull and every conversion", async () => {
    const result = await resultOf();
    const converted = result.root?.fetched.digest;
    const stored = { converted, loadable: undefined };
    const old = { ...result, pulled: pulledImage({ stored }) };
    const current = { ...result, pulled: pulledImage() };
    const failed = { ...result, pulled: pulledImage({ stored: undefined }) };
    const workflow = new RecordingWorkflow();
    const pulled = pulledOf({ warnings: ["two images have one name"], downloaded: 10, seconds: 1 });
    sayPulled(workflow, outcomeOf([old, current, failed, result], pulled));
    assert.deepEqual(workflow.lines, [
      "warn two images have one name",
      "say restored 0 B from the cache, downloaded 10 B, reused 0 B from the layout, in 1.0 s (10 B/s); layout: /layout",
      `say app was converted from schema 1: in the layout it is the OCI image ${converted}`,
    ]);
  });
});
