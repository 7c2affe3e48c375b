import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { EXAMINED_COUNT, expectAtMost, PLATFORM_COUNT } from "../../src/gate/candidates.ts";
import { problemsOf, type Resolved } from "../../src/gate/resolved.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { artifact, descriptor, image, index, type Made, multiPlatform } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { failure, messagesOf, required, resolved, statesOf } from "../support/resolving.ts";

const THREE = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});

/** What the gate finds out about one image. */
function gate(made: Made, platforms: string, pullsFor?: string): Promise<Resolved> {
  return resolved(registry, registry.push("org/app", "1", made), {
    platforms: required(platforms),
    pullsFor: pullsFor === undefined ? undefined : parsePlatform(pullsFor),
  });
}

describe("the platforms of an index", () => {
  it("are all listed, and the required ones examined", async () => {
    assert.deepEqual(statesOf(await gate(multiPlatform(THREE), "linux/arm64,linux/amd64")), [
      "linux/amd64 ok",
      "linux/arm64 ok",
      "linux/arm/v7 listed unrequired",
    ]);
  });

  it("are named with the nearest one when a required one is missing", async () => {
    const made = multiPlatform(THREE);
    const found = await gate(made, "linux/arm/v6,linux/riscv64,linux/amd64");
    assert.deepEqual(statesOf(found).slice(-2), [
      "linux/arm/v6 platform-missing",
      "linux/riscv64 platform-missing",
    ]);
    const [arm = "", riscv = ""] = messagesOf(found).split("\n");
    const offered = `it offers ${THREE.join(", ")}; nearest: linux/arm/v7;`;
    assert.ok(arm.includes(`it does not offer linux/arm/v6; ${offered}`), arm);
    assert.match(riscv, /does not offer linux\/riscv64; .*; nearest: linux\/amd64;/);
  });

  it("are taken in the order of the index, of equal ones the first", async () => {
    const [gzip, zstd] = ["gzip", "zstd"].map((salt) => image("linux/amd64", { salt }));
    assert.ok(gzip && zstd);
    const found = await gate(index([gzip, zstd, image("linux/arm64")]), "all");
    assert.deepEqual(statesOf(found), ["linux/amd64 ok", "linux/arm64 ok"]);
    assert.equal(found.platforms[0]?.digest, gzip.digest);
  });

  it("are only listed for any, and nothing is read for them", async () => {
    const found = await gate(multiPlatform(THREE), "any");
    assert.deepEqual(
      statesOf(found),
      THREE.map((name) => `${name} listed unrequired`),
    );
    assert.equal(registry.asked.length, 1);
  });

  it("are none for all when there are only attestations, or nothing", async () => {
    const unknown = { os: "unknown", architecture: "unknown" };
    const entries = [{ ...descriptor(image("linux/amd64")), platform: unknown }];
    for (const made of [index([], { entries }), index([])]) {
      const found = await gate(made, "all");
      assert.deepEqual(statesOf(found), ["all platform-missing"]);
      assert.match(messagesOf(found), /^registry\.test\/org\/app:1: it offers no platform; /);
      const missing = messagesOf(await gate(made, "linux/amd64"));
      assert.match(missing, /does not offer linux\/amd64; it offers no platform;/);
    }
  });

  it("include the one that a pull takes when any is allowed, which is then examined", async () => {
    const found = await gate(multiPlatform(THREE), "any", "linux/arm64");
    assert.deepEqual(statesOf(found), [
      "linux/amd64 listed unrequired",
      "linux/arm64 ok unrequired",
      "linux/arm/v7 listed unrequired",
    ]);
  });

  it("ask for a name when a pull finds none for its machine", async () => {
    const found = await gate(multiPlatform(THREE), "any", "linux/s390x");
    assert.deepEqual(
      problemsOf(found).map(({ reason }) => reason),
      ["platform-unnamed"],
    );
    assert.ok(!messagesOf(found).includes("nearest"));
  });

  it("leave out entries of unknown media types", async () => {
    const other = {
      ...descriptor(image("linux/s390x")),
      mediaType: "application/vnd.example.new",
      platform: { os: "linux", architecture: "s390x" },
    };
    const found = await gate(index([image("linux/amd64")], { entries: [other] }), "all");
    assert.deepEqual(statesOf(found), ["linux/amd64 ok"]);
  });
});

describe("the platforms that places name beside all", () => {
  const named = (made: Made, ...places: readonly string[]): Promise<Resolved> => {
    const mentions = places.map((text) => ({ platforms: required(text), optional: false }));
    const written = registry.push("org/app", "1", made);
    return resolved(registry, written, { platforms: "all", mentions });
  };

  it("are required, too, each once", async () => {
    const found = await named(
      multiPlatform(THREE),
      "all",
      "linux/s390x",
      "linux/s390x,linux/arm64",
    );
    assert.deepEqual(statesOf(found), [
      ...THREE.map((name) => `${name} ok`),
      "linux/s390x platform-missing",
    ]);
  });

  it("are required of a single manifest", async () => {
    const found = await named(image("linux/amd64"), "all", "linux/arm64");
    assert.deepEqual(statesOf(found), ["linux/amd64 ok", "linux/arm64 platform-missing"]);
  });

  it("may be a Windows build that only the config states", async () => {
    const build = "windows(10.0.20348.1)/amd64";
    const made = index([{ ...image(build), platform: "windows/amd64" }]);
    const found = await named(made, "all", "windows(10.0.20348)/amd64");
    assert.deepEqual(statesOf(found), [`${build} ok`]);
  });

  it("are not named when there is no platform at all", async () => {
    assert.deepEqual(statesOf(await named(index([]), "all", "linux/arm64")), [
      "all platform-missing",
    ]);
  });
});

describe("entries that name no platform", () => {
  const { platform: _, ...bare } = image("linux/arm64");
  const made = index([image("linux/amd64"), bare, artifact()]);

  it("are not read when the others are enough", async () => {
    assert.deepEqual(statesOf(await gate(made, "linux/amd64")), ["linux/amd64 ok"]);
    assert.ok(!registry.asked.join().includes(bare.digest));
  });

  for (const [platforms, expected] of [
    ["linux/arm64", ["linux/amd64 listed unrequired", "linux/arm64 ok"]],
    ["all", ["linux/amd64 ok", "linux/arm64 ok"]],
  ] as const) {
    it(`have the platform of their config for ${platforms}, and artifacts have none`, async () => {
      assert.deepEqual(statesOf(await gate(made, platforms)), expected);
    });
  }

  it("fail the image when their config is needed and lost", async () => {
    registry.push("org/app", "1", made);
    const [config] = bare.blobs;
    registry.on(/^blob/, () => registry.remove("org/app", config?.digest ?? ""));
    assert.match(messagesOf(await gate(made, "linux/arm64")), /lists config sha256:\w+, but it/);
  });

  it("are refused unread when there are more than an image has", async () => {
    const entries = Array(EXAMINED_COUNT + 1).fill(descriptor(bare));
    const found = await gate(index([], { entries }), "linux/arm64");
    assert.match(messagesOf(found), /too many entries without a platform: expected at most 64/);
    assert.equal(registry.asked.length, 1);
  });
});

describe("Windows builds", () => {
  const build = (number: string, named = number): Made => ({
    ...image(`windows(${number})/amd64`),
    platform: named === "" ? "windows/amd64" : `windows(${named})/amd64`,
  });

  for (const [platforms, expected] of [
    ["windows/amd64", "windows(10.0.17763.6532)/amd64"],
    ["windows(10.0.20348)/amd64", "windows(10.0.20348.2849)/amd64"],
    ["windows(10.0.20348.1)/amd64", "windows(10.0.20348.2849)/amd64"],
  ] as const) {
    it(`${expected} satisfies ${platforms}`, async () => {
      const found = await gate(
        index([build("10.0.17763.6532"), build("10.0.20348.2849")]),
        platforms,
      );
      const ok = statesOf(found).filter((state) => state.endsWith(" ok"));
      assert.deepEqual(ok, [`${expected} ok`]);
    });
  }

  it("are read from the config of an entry without one, for a required build", async () => {
    const made = index([build("10.0.17763.1", "")]);
    assert.deepEqual(statesOf(await gate(made, "windows(10.0.17763)/amd64")), [
      "windows(10.0.17763.1)/amd64 ok",
    ]);
    const missing = await gate(made, "windows(10.0.20348)/amd64");
    assert.match(messagesOf(missing), /it offers windows\(10.0.17763.1\)\/amd64; build/);
  });

  it("are not read from the config when none is required", async () => {
    const found = await gate(index([build("10.0.17763.1", "")]), "linux/amd64,windows/amd64");
    assert.deepEqual(statesOf(found), ["windows/amd64 ok", "linux/amd64 platform-missing"]);
  });
});

describe("the platform of a single manifest", () => {
  for (const docker of [false, true]) {
    it(`is in its config: ${docker ? "Docker" : "OCI"}`, async () => {
      const made = image("linux/arm64", { docker });
      assert.deepEqual(statesOf(await gate(made, "linux/arm64")), ["linux/arm64 ok"]);
      const missing = messagesOf(await gate(made, "linux/amd64"));
      assert.match(missing, /does not offer linux\/amd64; it offers linux\/arm64; build/);
    });
  }

  it("is taken for any, even if the machine that pulls has another", async () => {
    const found = await gate(image("linux/arm64"), "any", "linux/s390x");
    assert.deepEqual(statesOf(found), ["linux/arm64 ok unrequired"]);
  });
});

describe("expectAtMost", () => {
  it("allows the limit and refuses one more, with both numbers", () => {
    expectAtMost(PLATFORM_COUNT, PLATFORM_COUNT, "platforms");
    assert.throws(
      () => expectAtMost(64, 65, "platforms"),
      failure("too-many", /^too many platforms: expected at most 64, got 65/),
    );
  });
});
