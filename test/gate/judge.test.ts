import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Depth, Wanted } from "../../src/gate/plan.ts";
import { problemsOf, type Resolved, statusOf } from "../../src/gate/resolved.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import {
  artifact,
  buildkitCache,
  descriptor,
  image,
  index,
  type Made,
  multiPlatform,
} from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { messagesOf, required, resolved, statesOf, wantedImage } from "../support/resolving.ts";

const THREE = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});
const push = (made: Made): string => registry.push("org/app", "1", made);
const gate = (
  written: string,
  platforms: string,
  verify: Depth = "manifest",
  pullsFor?: string,
): Promise<Resolved> =>
  resolved(registry, written, {
    platforms: required(platforms),
    verify,
    pullsFor: pullsFor === undefined ? undefined : parsePlatform(pullsFor),
  });

describe("resolveImage", () => {
  it("returns the top document, its attestations, and every platform", async () => {
    const made = multiPlatform(THREE, { attestations: true });
    const found = await gate(push(made), "linux/arm64");
    assert.deepEqual([found.root?.fetched.digest, found.root?.attestations], [made.digest, 3]);
    assert.deepEqual([statusOf(found), found.platforms.length], ["ok", 3]);
  });

  for (const [platforms, depth, pullsFor, expected] of [
    ["linux/amd64", "index", undefined, ["manifest"]],
    ["linux/amd64", "manifest", undefined, ["manifest", "manifest", "blob"]],
    ["linux/amd64", "blobs", undefined, ["manifest", "manifest", "blob", "size", "size"]],
    ["any", "blobs", undefined, ["manifest"]],
    ["linux/amd64", "index", "linux/arm64", ["manifest", "manifest", "blob"]],
    ["any", "index", "linux/arm64", ["manifest", "manifest", "blob"]],
  ] as const) {
    const follows = pullsFor === undefined ? "" : ` before a pull for ${pullsFor}`;
    it(`asks only for ${expected.join(", ")} with ${platforms} at ${depth}${follows}`, async () => {
      const written = push(multiPlatform(THREE, { attestations: true }));
      assert.equal(statusOf(await gate(written, platforms, depth, pullsFor)), "ok");
      assert.deepEqual(
        registry.asked.map((line) => line.split(" ")[0]),
        expected,
      );
    });
  }

  it("has no root for an image that does not exist, and names its nearest tags", async () => {
    push(image("linux/amd64"));
    const found = await gate(`${registry.host}/org/app:2`, "linux/amd64");
    assert.deepEqual([statusOf(found), found.platforms, found.root], ["not-found", [], undefined]);
    assert.match(messagesOf(found), /does not have 2; check .*; its only tag: 1$/);
  });

  it("keeps the root of an image whose only manifest is unusable", async () => {
    const made = image("linux/amd64");
    const written = push(made);
    registry.remove("org/app", made.blobs[0]?.digest ?? "");
    const found = await gate(written, "linux/amd64");
    assert.deepEqual([statusOf(found), found.root?.fetched.digest], ["dangling", made.digest]);
  });

  it("states one verdict for each platform, whatever the others have", async () => {
    const lying = image("linux/amd64", { configPlatform: "linux/arm64" });
    const found = await gate(push(index([lying, image("linux/s390x")])), "all");
    assert.deepEqual(statesOf(found), ["linux/amd64 platform-mismatch", "linux/s390x ok"]);
    assert.match(messagesOf(found), /^registry\.test\/org\/app:1 linux\/amd64: the index lists/);
  });

  it("warns of the tag first, and then of the platforms", async () => {
    const old = index([image("linux/arm/v6", { configPlatform: "linux/arm/v7" })]);
    push(old);
    const written = `${push(image("linux/amd64"))}@${old.digest}`;
    const { warnings } = await gate(written, "linux/arm/v6");
    assert.deepEqual(
      warnings.map((warning) => /the tag 1 now|the index lists/.exec(warning)?.[0]),
      ["the tag 1 now", "the index lists"],
    );
  });

  it("throws a bug", async () => {
    const written = push(image("linux/amd64"));
    registry.fail(/^blob/, new TypeError("a bug"));
    await assert.rejects(gate(written, "linux/amd64"), TypeError);
  });

  it("returns every failure of the registry as a problem", async () => {
    const written = push(image("linux/amd64"));
    registry.fail(/^manifest/, new PullError("rate-limited", "answered 429"));
    const [problem] = problemsOf(await gate(written, "linux/amd64"));
    assert.deepEqual([problem?.status, problem?.reason], ["rate-limited", "rate-limited"]);
  });
});

describe("an image with a base", () => {
  for (const [base, depth, expected] of [
    [undefined, "index", ["manifest"]],
    ["auto", "index", ["manifest", "manifest", "blob"]],
    ["auto", "blobs", ["manifest", "manifest", "blob", "size", "size"]],
  ] as const) {
    const more: Partial<Wanted> = base === undefined ? {} : { base };
    it(`asks for ${expected.join(", ")} with base ${base ?? "none"} at ${depth}`, async () => {
      await resolved(registry, push(multiPlatform(THREE)), { ...more, verify: depth });
      assert.deepEqual(
        registry.asked.map((line) => line.split(" ")[0]),
        expected,
      );
    });
  }
});

describe("a second form of a reference", () => {
  const [one, other] = ["registry.test/org/app:1", "registry.test/org/app:v1"];
  const otherwise = wantedImage(other);
  const gateEither = (): Promise<Resolved> =>
    resolved(registry, one, { name: "app", optional: true, otherwise });

  it("counts when the first does not exist, under the same name", async () => {
    const made = image("linux/amd64");
    registry.push("org/app", "v1", made);
    const { wanted, root, warnings, problem } = await gateEither();
    assert.deepEqual([wanted.name, wanted.written, wanted.optional], ["app", other, true]);
    assert.deepEqual([wanted.reference, root?.fetched.digest], [otherwise.reference, made.digest]);
    assert.deepEqual([problem, warnings], [undefined, []]);
    assert.ok(registry.asked.every((line) => !line.startsWith("tags")));
  });

  it("counts with its own problems", async () => {
    registry.push("org/app", "v1", image("linux/arm64"));
    const found = await gateEither();
    assert.deepEqual([found.wanted.written, statusOf(found)], [other, "platform-missing"]);
  });

  it("is not asked for when the first exists", async () => {
    registry.push("org/app", "v1", image("linux/amd64"));
    push(image("linux/arm64"));
    const found = await gateEither();
    assert.deepEqual([found.wanted.written, statusOf(found)], [one, "platform-missing"]);
    assert.ok(registry.asked.every((line) => !line.endsWith(" v1")));
  });

  for (const reason of ["no-credentials", "rate-limited", "no-answer"] as const) {
    it(`is not asked for when nothing proves that the first is absent: ${reason}`, async () => {
      registry.push("org/app", "v1", image("linux/amd64"));
      registry.fail(/ 1$/, new PullError(reason, "refused"));
      const found = await gateEither();
      const [problem] = problemsOf(found);
      assert.deepEqual([found.wanted.written, problem?.reason], [one, reason]);
      assert.ok(registry.asked.every((line) => !line.endsWith(" v1")));
    });
  }

  it("is in the message about the first, when neither exists", async () => {
    registry.push("org/app", "2", image("linux/amd64"));
    const found = await gateEither();
    assert.deepEqual([found.wanted.written, statusOf(found)], [one, "not-found"]);
    const words = `${one}: the registry does not have 1, and ${other} does not exist either; check`;
    assert.ok(messagesOf(found).startsWith(words), messagesOf(found));
    assert.match(messagesOf(found), /; its only tag: 2$/);
  });

  it("has the problem that keeps it from being read, and the message names the first", async () => {
    registry.fail(/ v1$/, new PullError("no-answer", "no answer"));
    const found = await gateEither();
    assert.deepEqual([found.wanted.written, statusOf(found)], [other, "unreachable"]);
    const words = `${other}: no answer, and ${one} does not exist; check the reference`;
    assert.ok(messagesOf(found).startsWith(words), messagesOf(found));
  });

  it("throws a bug", async () => {
    registry.fail(/ v1$/, new TypeError("a bug"));
    await assert.rejects(gateEither(), TypeError);
  });
});

describe("an index with many platforms", () => {
  /** An index whose entries name this many platforms. */
  const offering = (count: number): Made => {
    const one = image("linux/amd64");
    const named = (at: number) => ({ os: "linux", architecture: `a${at}` });
    const entries = Array.from({ length: count }, (_, at) => ({
      ...descriptor(one),
      platform: named(at),
    }));
    return { ...index([], { entries }), manifests: [one], blobs: one.blobs };
  };

  for (const [count, platforms, depth, expected] of [
    [256, "any", "manifest", ""],
    [257, "any", "manifest", "expected at most 256, got 257"],
    [256, "all", "index", ""],
    [257, "all", "index", "expected at most 256, got 257"],
    [65, "all", "manifest", "expected at most 64, got 65"],
  ] as const) {
    const verdict = expected === "" ? "is listed" : "is refused";
    it(`${verdict}: ${count} platforms with ${platforms} at depth ${depth}`, async () => {
      const found = await gate(push(offering(count)), platforms, depth);
      assert.equal(/expected at most \d+, got \d+/.exec(messagesOf(found))?.[0] ?? "", expected);
    });
  }
});

describe("an artifact", () => {
  for (const [name, made, kind, words] of [
    ["a Helm chart", artifact(), "artifact", /it is a Helm chart and has no platform; ask for it/],
    [
      "another artifact",
      artifact("application/vnd.oci.empty.v1+json", "application/vnd.example.thing"),
      "artifact",
      /it is an artifact of type application\/vnd.example.thing and/,
    ],
    ["a BuildKit cache, Docker's list", buildkitCache("docker-index"), "buildkit-cache", /Build/],
    ["a BuildKit cache, OCI's index", buildkitCache("oci-index"), "buildkit-cache", /Build/],
    ["a BuildKit cache, a manifest", buildkitCache("manifest"), "buildkit-cache", /Build/],
  ] as const) {
    it(`is ok with platforms: any: ${name}`, async () => {
      const found = await gate(push(made), "any", "blobs");
      assert.deepEqual([statusOf(found), found.root?.document.kind], ["ok", kind]);
      assert.equal(found.root?.fetched.digest, made.digest);
    });

    it(`is not an image for any other requirement: ${name}`, async () => {
      const found = await gate(push(made), "linux/amd64");
      assert.equal(statusOf(found), "not-an-image");
      assert.match(messagesOf(found), words);
    });
  }

  for (const [depth, lost, expected] of [
    ["index", 0, "ok"],
    ["manifest", 0, "dangling"],
    ["manifest", 1, "ok"],
    ["blobs", 1, "dangling"],
  ] as const) {
    const part = lost === 0 ? "config" : "layer";
    it(`is ${expected} at depth ${depth} without its ${part}`, async () => {
      const chart = artifact();
      const written = push(chart);
      registry.remove("org/app", chart.blobs[lost]?.digest ?? "");
      assert.equal(statusOf(await gate(written, "any", depth)), expected);
    });
  }
});
