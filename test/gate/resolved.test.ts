import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Mention } from "../../src/gate/plan.ts";
import { problem } from "../../src/gate/problem.ts";
import {
  blobsOf,
  countedPlatforms,
  digestOfImage,
  existsAll,
  failsStep,
  problemsOf,
  type Resolved,
  shownImage,
  statusOf,
} from "../../src/gate/resolved.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import type { Reason } from "../../src/oci/reason.ts";
import { artifact, image, index, type Made } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { asBlob, required, resolved, wantedImage } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const S390X = image("linux/s390x");
const INDEX = index([AMD64, ARM64, S390X]);

/** What the gate finds out about one image. */
function gate(made: Made, platforms: string, pullsFor?: string): Promise<Resolved> {
  const registry = new MemoryRegistry();
  return resolved(registry, registry.push("org/app", "1", made), {
    platforms: required(platforms),
    pullsFor: pullsFor === undefined ? undefined : parsePlatform(pullsFor),
  });
}

/** An image with platforms that failed for these reasons. */
function failed(reasons: readonly Reason[], optional = false): Resolved {
  const platforms = reasons.map((reason) => ({
    platform: "linux/amd64",
    required: true,
    ...problem(reason, "app", "found"),
    digest: undefined,
    image: undefined,
  }));
  return {
    wanted: wantedImage("org/app:1", { optional }),
    root: undefined,
    platforms,
    problem: undefined,
    blobs: [],
    warnings: [],
  };
}

describe("problemsOf", () => {
  it("lists the problem of the image as a whole, then those of its platforms", () => {
    const whole = problem("too-deep", "app", "found");
    const found = problemsOf({ ...failed(["layer-missing", "too-large"]), problem: whole });
    const words = found.map(({ platform, status, reason }) => `${platform} ${status} ${reason}`);
    assert.deepEqual(words, [
      " invalid too-deep",
      "linux/amd64 dangling layer-missing",
      "linux/amd64 invalid too-large",
    ]);
  });

  it("is empty for platforms that are ok or only listed", async () => {
    assert.deepEqual(problemsOf(await gate(INDEX, "linux/amd64")), []);
  });
});

describe("statusOf", () => {
  it("is the status of the first problem, and ok without one", () => {
    assert.equal(statusOf(failed(["layer-missing", "too-large"])), "dangling");
    assert.equal(statusOf(failed([])), "ok");
  });
});

describe("countedPlatforms", () => {
  for (const [platforms, pullsFor, expected] of [
    ["linux/s390x,linux/amd64", undefined, ["linux/amd64", "linux/s390x"]],
    ["all", undefined, ["linux/amd64", "linux/arm64", "linux/s390x"]],
    ["any", "linux/arm64", ["linux/arm64"]],
    ["any", undefined, []],
  ] as const) {
    const who = pullsFor === undefined ? "" : ` and a pull for ${pullsFor}`;
    it(`counts ${expected.join(" and ") || "none"} for ${platforms}${who}`, async () => {
      const counted = countedPlatforms(await gate(INDEX, platforms, pullsFor));
      assert.deepEqual(
        counted.map(({ platform }) => formatPlatform(platform)),
        expected,
      );
    });
  }
});

describe("shownImage", () => {
  for (const [runner, platforms, expected] of [
    ["linux/s390x", "all", "linux/s390x"],
    ["linux/riscv64", "linux/s390x,linux/arm64", "linux/s390x"],
    ["linux/amd64", "linux/s390x,linux/arm64", "linux/s390x"],
    ["linux/riscv64", "all", "linux/amd64"],
  ] as const) {
    it(`is ${expected} on a ${runner} runner when ${platforms} is required`, async () => {
      const shown = shownImage(await gate(INDEX, platforms), parsePlatform(runner));
      assert.equal(shown && formatPlatform(shown.platform), expected);
    });
  }

  it("is undefined for an artifact", async () => {
    const chart = await gate(artifact(), "any");
    assert.equal(shownImage(chart, parsePlatform("linux/amd64")), undefined);
  });
});

describe("blobsOf", () => {
  it("lists configs and layers of the platforms that count, and no others", async () => {
    const blobs = blobsOf(await gate(INDEX, "linux/arm64,linux/s390x"));
    assert.deepEqual(blobs, [...ARM64.blobs, ...S390X.blobs].map(asBlob));
  });

  it("lists the blobs of an artifact, which has no platform", async () => {
    const chart = artifact();
    assert.deepEqual(blobsOf(await gate(chart, "any")), chart.blobs.map(asBlob));
  });
});

/** An image that has problems of two platforms, and two places that name it. */
function mentioned(
  reasons: readonly [amd64: Reason, arm64: Reason],
  mentions: readonly Mention[],
): Resolved {
  const [one, other] = ["linux/amd64", "linux/arm64"];
  const found = failed(reasons);
  const platforms = found.platforms.map((outcome, at) => {
    return { ...outcome, platform: at === 0 ? one : other };
  });
  return { ...found, platforms, wanted: wantedImage("org/app:1", { mentions }) };
}

const NEEDS_AMD64: Mention = { platforms: required("linux/amd64"), optional: false };
const LIKES_ARM64: Mention = { platforms: required("linux/arm64"), optional: true };

describe("failsStep", () => {
  it("is true when one of several problems fails the step", () => {
    assert.ok(failsStep(failed(["platform-missing", "layer-missing"]), false));
    assert.ok(!failsStep(failed(["platform-missing"]), false));
  });

  it("is never true for an optional image", () => {
    assert.ok(!failsStep(failed(["layer-missing"], true), true));
  });

  for (const [what, amd64, arm64, expected] of [
    ["a required platform", "layer-missing", "layer-missing", true],
    ["a required platform that is forgiven", "platform-missing", "layer-missing", false],
  ] as const) {
    it(`is ${expected} for ${what} beside one that only an optional place requires`, () => {
      const image = mentioned([amd64, arm64], [NEEDS_AMD64, LIKES_ARM64]);
      assert.equal(failsStep(image, false), expected);
    });
  }

  it("is true for a problem of the whole image at a place that is not optional", () => {
    const whole = problem("too-deep", "app", "found");
    const { wanted } = mentioned(["layer-missing", "layer-missing"], [NEEDS_AMD64, LIKES_ARM64]);
    assert.ok(failsStep({ ...failed([]), wanted, problem: whole }, true));
  });

  it("is true for an image that is not pinned, also when absence is forgiven", () => {
    const image = { ...failed([]), problem: problem("not-pinned", "app", "found") };
    assert.deepEqual([failsStep(image, true), failsStep(image, false)], [true, true]);
  });
});

describe("digestOfImage", () => {
  it("is that of the top document, else that of the lock file, else undefined", async () => {
    const read = await gate(INDEX, "linux/amd64");
    const { digest } = AMD64;
    assert.equal(digestOfImage(read), INDEX.digest);
    assert.equal(digestOfImage({ ...failed([]), unread: digest }), digest);
    assert.equal(digestOfImage(failed(["not-found"])), undefined);
  });
});

describe("existsAll", () => {
  for (const [what, images, expected] of [
    ["no image", [], true],
    ["an image without a problem", [failed([])], true],
    ["a missing platform", [failed(["platform-missing"])], false],
    ["a lost layer", [failed(["layer-missing"])], false],
    ["an unreachable registry", [failed(["no-answer"])], undefined],
    ["an unreachable registry and a 404", [failed(["no-answer"]), failed(["not-found"])], false],
    ["an optional image with a 404", [failed(["not-found"], true)], true],
    ["an image that is not pinned", [failed(["not-pinned"])], true],
    ["an image that is not locked", [failed(["not-locked"])], undefined],
    [
      "a lost layer of a platform that only an optional place requires",
      [mentioned(["no-answer", "layer-missing"], [NEEDS_AMD64, LIKES_ARM64])],
      undefined,
    ],
    [
      "a lost layer of a platform that a place requires",
      [mentioned(["layer-missing", "no-answer"], [NEEDS_AMD64, LIKES_ARM64])],
      false,
    ],
  ] as const) {
    it(`is ${expected} for ${what}`, () => assert.equal(existsAll(images), expected));
  }
});
