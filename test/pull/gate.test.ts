import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Platform, parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { resolveImage } from "../../src/pull/gate.ts";
import { type Depth, problemsOf, type Requirement, type Resolved, statusOf } from "../../src/pull/plan.ts";
import { connect } from "../support/connect.ts";
import { artifact, buildkitCache, content, descriptor, image, index, type Made, multiPlatform, schema1 } from "../support/image.ts";
import { Registry } from "../support/registry.ts";

const THREE = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
const platforms = (text: string): Requirement => (text === "all" || text === "any" ? text : text.split(",").map(parsePlatform));

describe("the gate", () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await Registry.start();
  });
  afterEach(() => registry.stop());

  const judge = (reference: string, required: string, depth: Depth = "manifest", pullsFor?: Platform): Promise<Resolved> =>
    resolveImage(
      connect().client,
      { name: "x", written: reference, reference: parseReference(reference), platforms: platforms(required), optional: false },
      { verify: depth, pullsFor },
    );
  const push = (made: Made): string => registry.push("org/app", "v1", made);
  const states = (resolved: Resolved): string[] =>
    resolved.platforms.map(({ platform, status, required }) => `${platform} ${status}${required ? "" : " unrequired"}`);
  const problem = (resolved: Resolved): string =>
    problemsOf(resolved)
      .map(({ message }) => message)
      .join("\n");

  it("passes when every required platform is there, and lists the others", async () => {
    const made = multiPlatform(THREE, { attestations: true });
    const resolved = await judge(push(made), "linux/arm64,linux/amd64");
    assert.deepEqual(states(resolved), ["linux/amd64 ok", "linux/arm64 ok", "linux/arm/v7 listed unrequired"]);
    assert.deepEqual([resolved.root?.fetched.digest, resolved.root?.attestations, statusOf(resolved)], [made.digest, 3, "ok"]);
  });

  it("makes only the requests for the documents it needs", async () => {
    const reference = push(multiPlatform(THREE, { attestations: true }));
    for (const [required, depth, requests] of [
      ["linux/amd64", "index", 1],
      ["linux/amd64", "manifest", 3],
      ["all", "manifest", 7],
      ["linux/amd64", "blobs", 5],
      ["any", "blobs", 1],
    ] as const) {
      registry.seen.length = 0;
      assert.equal(statusOf(await judge(reference, required, depth)), "ok");
      assert.equal(registry.seen.length, requests, `${required} ${depth}: ${registry.log.join(", ")}`);
    }
  });

  it("says which platforms there are when one is missing, and the nearest", async () => {
    const resolved = await judge(push(multiPlatform(THREE)), "linux/arm/v6,linux/riscv64,linux/amd64");
    assert.deepEqual(states(resolved), [
      "linux/amd64 ok",
      "linux/arm64 listed unrequired",
      "linux/arm/v7 listed unrequired",
      "linux/arm/v6 platform-missing",
      "linux/riscv64 platform-missing",
    ]);
    assert.match(
      problem(resolved),
      /does not offer linux\/arm\/v6; it offers linux\/amd64, linux\/arm64, linux\/arm\/v7; nearest: linux\/arm\/v7;.*\n.*linux\/riscv64; it offers .*; nearest: linux\/amd64;/,
    );
  });

  it("takes every platform for all, each once, the first of equals", async () => {
    const gzip = image("linux/amd64");
    const zstd = image("linux/amd64", { salt: "zstd" });
    const resolved = await judge(push(index([gzip, zstd, image("windows(10.0.1.1)/amd64"), image("windows(10.0.2.2)/amd64")])), "all");
    assert.deepEqual(states(resolved), ["linux/amd64 ok", "windows(10.0.1.1)/amd64 ok", "windows(10.0.2.2)/amd64 ok"]);
    assert.equal(resolved.platforms[0]?.digest, gzip.digest);
  });

  describe("with Windows builds", () => {
    const build = (number: string, config = number, named = number): Made => ({
      ...image(`windows(${number})/amd64`, { configPlatform: `windows(${config})/amd64` }),
      platform: named === "" ? "windows/amd64" : `windows(${named})/amd64`,
    });

    it("takes any build where none is asked for, and any revision of one that is", async () => {
      const made = index([build("10.0.17763.6532"), build("10.0.20348.2849")]);
      for (const [required, expected] of [
        ["windows/amd64", "windows(10.0.17763.6532)/amd64"],
        ["windows(10.0.20348)/amd64", "windows(10.0.20348.2849)/amd64"],
        ["windows(10.0.20348.1)/amd64", "windows(10.0.20348.2849)/amd64"],
      ] as const) {
        const ok = states(await judge(push(made), required)).filter((state) => state.endsWith(" ok"));
        assert.deepEqual(ok, [`${expected} ok`]);
      }
    });

    it("judges an entry without a build by its config", async () => {
      const made = index([build("10.0.17763.1", "10.0.17763.1", "")]);
      assert.deepEqual(states(await judge(push(made), "windows(10.0.17763)/amd64")), ["windows(10.0.17763.1)/amd64 ok"]);
      const missing = await judge(push(made), "windows(10.0.20348)/amd64");
      assert.match(problem(missing), /does not offer windows\(10.0.20348\)\/amd64; it offers windows\(10.0.17763.1\)\/amd64; nearest/);
    });

    it("warns of another revision in the config, and refuses another build", async () => {
      const revised = await judge(push(index([build("10.0.17763.2", "10.0.17763.2", "10.0.17763.1")])), "windows/amd64");
      assert.deepEqual([statusOf(revised), revised.warnings.length], ["ok", 1]);
      const differs = await judge(push(index([build("10.0.20348.1", "10.0.20348.1", "10.0.17763.1")])), "windows/amd64");
      assert.deepEqual(
        problemsOf(differs).map(({ status, reason }) => [status, reason]),
        [["platform-mismatch", "os-version-differs"]],
      );
    });
  });

  it("finds nothing where there are only attestations, or nothing", async () => {
    const entries = [{ ...descriptor(image("linux/amd64")), platform: { os: "unknown", architecture: "unknown" } }];
    for (const made of [index([], { entries }), index([])]) {
      for (const required of ["all", "linux/amd64"])
        assert.match(problem(await judge(push(made), required)), /it offers no platform at all/);
    }
  });

  it("follows nested indexes, three deep and no deeper", async () => {
    const nested = index([index([image("linux/arm64")]), image("linux/amd64")]);
    assert.deepEqual(states(await judge(push(nested), "all")), ["linux/arm64 ok", "linux/amd64 ok"]);
    const deep = index([index([index([index([image("linux/amd64")])])])]);
    assert.match(problem(await judge(push(deep), "all")), /too deep/);
    const wide = index(Array.from({ length: 65 }, (_, at) => index([image("linux/amd64", { salt: String(at) })])));
    assert.match(problem(await judge(push(wide), "linux/amd64")), /too many nested indexes: expected at most 64/);
  });

  it("looks into entries without a platform when what is required is not named", async () => {
    const { platform: _none, ...bare } = image("linux/arm64");
    const reference = push(index([image("linux/amd64"), bare, artifact()]));
    assert.deepEqual(states(await judge(reference, "linux/amd64")), ["linux/amd64 ok"]);
    assert.deepEqual(states(await judge(reference, "linux/arm64")), ["linux/amd64 listed unrequired", "linux/arm64 ok"]);
    assert.deepEqual(states(await judge(reference, "all")), ["linux/amd64 ok", "linux/arm64 ok"]);
  });

  it("passes over entries of types nobody knows", async () => {
    const entries = [
      {
        mediaType: "application/vnd.example.new",
        digest: `sha256:${"a".repeat(64)}`,
        size: 1,
        platform: { os: "linux", architecture: "s390x" },
      },
    ];
    assert.deepEqual(states(await judge(push(index([image("linux/amd64")], { entries })), "all")), ["linux/amd64 ok"]);
  });

  for (const docker of [false, true]) {
    it(`takes the platform of a single ${docker ? "schema 2" : "OCI"} manifest from its config`, async () => {
      const reference = push(image("linux/arm64", { docker }));
      const resolved = await judge(reference, "linux/arm64");
      assert.deepEqual([states(resolved), resolved.platforms[0]?.image?.layers.length], [["linux/arm64 ok"], 2]);
      assert.match(
        problem(await judge(reference, "linux/amd64")),
        /does not offer linux\/amd64; it offers linux\/arm64; nearest: linux\/arm64;/,
      );
      assert.deepEqual(states(await judge(reference, "any")), ["linux/arm64 ok unrequired"]);
    });
  }

  it("reads schema 1, its sizes by HEAD", async () => {
    for (const signed of [true, false]) {
      const made = schema1(signed);
      const resolved = await judge(push(made), "linux/amd64");
      assert.deepEqual(states(resolved), ["linux/amd64 ok"]);
      assert.equal(resolved.root?.fetched.digest, made.digest);
      assert.deepEqual(
        resolved.platforms[0]?.image?.blobs,
        made.layers.map(({ digest, bytes }) => ({ digest, size: bytes.length })),
      );
    }
    registry.remove("org/app", schema1(true).layers[0]?.digest ?? "");
    assert.equal(statusOf(await judge(push({ ...schema1(true), blobs: [] }), "linux/amd64")), "dangling");
  });

  describe("says dangling", () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const [amd64, arm64] = made.manifests;
    const manifest = JSON.parse(amd64?.bytes.toString() ?? "");
    for (const [name, lost, depth, pattern] of [
      [
        "of a manifest behind an index",
        amd64?.digest,
        "manifest",
        /manifest sha256:\w+ is listed by the image but is not in the registry: .*MANIFEST_UNKNOWN.*; push the image again$/,
      ],
      ["of a config", manifest.config.digest, "manifest", /config sha256:\w+ is listed/],
      ["of a layer, at blobs", manifest.layers[1].digest, "blobs", /layer sha256:\w+ is listed/],
    ] as const) {
      it(name, async () => {
        const reference = push(made);
        registry.remove("org/app", lost ?? "");
        const resolved = await judge(reference, "all", depth);
        assert.deepEqual(states(resolved), ["linux/amd64 dangling", "linux/arm64 ok"]);
        assert.match(problem(resolved), pattern);
        assert.equal(arm64?.digest, resolved.platforms[1]?.digest);
      });
    }

    it("of a nested index", async () => {
      const inner = index([image("linux/amd64")]);
      const reference = push(index([inner]));
      registry.remove("org/app", inner.digest);
      assert.equal(statusOf(await judge(reference, "all")), "dangling");
    });

    it("not of a layer, at manifest", async () => {
      const reference = push(made);
      registry.remove("org/app", manifest.layers[1].digest);
      assert.equal(statusOf(await judge(reference, "all", "manifest")), "ok");
    });
  });

  it("says not-found of a reference, and nothing else", async () => {
    const resolved = await judge(`${registry.host}/org/none:v1`, "linux/amd64");
    assert.deepEqual([statusOf(resolved), resolved.platforms, resolved.root], ["not-found", [], undefined]);
  });

  it("says platform-mismatch where index and config disagree, and warns where only the variant does", async () => {
    const lying = await judge(push(index([image("linux/amd64", { configPlatform: "linux/arm64" })])), "linux/amd64");
    assert.deepEqual(states(lying), ["linux/amd64 platform-mismatch"]);
    assert.match(
      problem(lying),
      /the index says linux\/amd64, but the config of sha256:\w+ says linux\/arm64; build and push that platform again/,
    );
    const loose = await judge(push(index([image("linux/arm/v6", { configPlatform: "linux/arm/v7" })])), "linux/arm/v6");
    assert.deepEqual([states(loose), loose.warnings.length], [["linux/arm/v6 ok"], 1]);
  });

  it("says invalid of a config with other layers, and of sizes that differ", async () => {
    const made = image("linux/amd64", { config: { rootfs: { type: "layers", diff_ids: [] } } });
    assert.match(problem(await judge(push(made), "linux/amd64")), /lists 0 diffIDs, but the manifest has 2 layers/);
    const right = image("linux/amd64");
    const [config, first, second] = right.blobs;
    assert.ok(config && first && second);
    const wrongSize = content(right.mediaType, {
      schemaVersion: 2,
      mediaType: right.mediaType,
      config: descriptor(config),
      layers: [descriptor(first), { ...descriptor(second), size: 1 }],
    });
    assert.match(
      problem(await judge(push({ ...right, ...wrongSize }), "linux/amd64", "blobs")),
      /size differs: layer sha256:\w+ is listed with 1 bytes, the registry has \d+/,
    );
    const entry = { ...descriptor(right), size: 3, platform: { os: "linux", architecture: "amd64" } };
    assert.match(
      problem(await judge(push({ ...index([], { entries: [entry] }), manifests: [right], blobs: right.blobs }), "linux/amd64")),
      /size differs: .* listed with 3 bytes, got/,
    );
  });

  it("never asks for a foreign layer", async () => {
    const made = image("linux/amd64");
    const manifest = JSON.parse(made.bytes.toString());
    manifest.layers[0] = { ...manifest.layers[0], urls: ["https://example.invalid/layer"], digest: `sha256:${"f".repeat(64)}` };
    const foreign = { ...made, ...content(made.mediaType, manifest) };
    assert.equal(statusOf(await judge(push(foreign), "linux/amd64", "blobs")), "ok");
    assert.ok(!registry.log.join().includes("ffff"));
  });

  for (const [name, made, kind, what] of [
    ["a Helm chart", artifact(), "artifact", /is a Helm chart and has no platform; ask for it with platforms: any/],
    [
      "an artifact",
      artifact("application/vnd.oci.empty.v1+json", "application/vnd.example.thing"),
      "artifact",
      /an artifact of type application\/vnd.example.thing/,
    ],
    ["a BuildKit cache, Docker's list", buildkitCache("docker-index"), "buildkit-cache", /a BuildKit cache/],
    ["a BuildKit cache, OCI's index", buildkitCache("oci-index"), "buildkit-cache", /a BuildKit cache/],
    ["a BuildKit cache, a manifest", buildkitCache("manifest"), "buildkit-cache", /a BuildKit cache/],
  ] as const) {
    it(`pins ${name} with any, and says not-an-image otherwise`, async () => {
      const reference = push(made);
      const pinned = await judge(reference, "any", "blobs");
      assert.deepEqual([statusOf(pinned), pinned.root?.document.kind, pinned.root?.fetched.digest], ["ok", kind, made.digest]);
      const refused = await judge(reference, "linux/amd64");
      assert.equal(statusOf(refused), "not-an-image");
      assert.match(problem(refused), what);
      registry.remove("org/app", made.blobs[0]?.digest ?? "");
      assert.equal(statusOf(await judge(reference, "any", "manifest")), "dangling");
    });
  }

  it("says not-an-image of an artifact that an index offers as a platform", async () => {
    const resolved = await judge(push(index([{ ...artifact(), platform: "linux/amd64" }])), "linux/amd64");
    assert.deepEqual(states(resolved), ["linux/amd64 not-an-image"]);
  });

  it("lets the digest decide, and says when the tag has moved or gone", async () => {
    const old = multiPlatform(THREE, { salt: "old" });
    push(old);
    const reference = `${push(multiPlatform(THREE))}@${old.digest}`;
    const moved = await judge(reference, "linux/amd64");
    assert.deepEqual([moved.root?.fetched.digest, moved.warnings.length], [old.digest, 1]);
    assert.match(moved.warnings[0] ?? "", /the tag v1 now points at sha256:\w+; the digest given decides/);
    const gone = await judge(reference.replace(":v1@", ":v2@"), "linux/amd64");
    assert.match(gone.warnings[0] ?? "", /the tag v2 does not exist/);
    push(old);
    assert.deepEqual((await judge(reference, "linux/amd64")).warnings, []);
  });
});
