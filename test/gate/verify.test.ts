import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Depth } from "../../src/gate/plan.ts";
import { problemsOf, type Resolved, statusOf } from "../../src/gate/resolved.ts";
import { Configs, verifyImage } from "../../src/gate/verify.ts";
import { parseConfig } from "../../src/oci/config.ts";
import { type Descriptor, readDescriptor } from "../../src/oci/descriptor.ts";
import { parseDocument } from "../../src/oci/document.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import {
  artifact,
  buildkitCache,
  content,
  image,
  index,
  type Made,
  multiPlatform,
  schema1,
} from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { asBlob, failure, messagesOf, required, resolved, statesOf } from "../support/resolving.ts";

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});
const push = (made: Made): string => registry.push("org/app", "1", made);
const gate = (written: string, platforms: string, verify: Depth = "manifest"): Promise<Resolved> =>
  resolved(registry, written, { platforms: required(platforms), verify });
const questions = (verb: string): number =>
  registry.asked.filter((line) => line.startsWith(`${verb} `)).length;

/** An image with some other fields in its manifest. */
function altered(
  made: Made,
  change: (manifest: { layers: object[]; config: object }) => void,
): Made {
  const manifest = JSON.parse(made.bytes.toString());
  change(manifest);
  return { ...made, ...content(made.mediaType, manifest) };
}

describe("a listed part that the registry lost", () => {
  const made = multiPlatform(["linux/amd64", "linux/arm64"]);
  const [amd64] = made.manifests;
  const manifest = JSON.parse(amd64?.bytes.toString() ?? "");
  for (const [part, digest, depth, expected] of [
    ["manifest", amd64?.digest, "manifest", "dangling"],
    ["config", manifest.config.digest, "manifest", "dangling"],
    ["layer", manifest.layers[1].digest, "blobs", "dangling"],
    ["layer", manifest.layers[1].digest, "manifest", "ok"],
  ] as const) {
    it(`is ${expected} for a ${part} at depth ${depth}, and other platforms are ok`, async () => {
      const written = push(made);
      registry.remove("org/app", digest);
      const found = await gate(written, "all", depth);
      assert.deepEqual(statesOf(found), [`linux/amd64 ${expected}`, "linux/arm64 ok"]);
      const words = new RegExp(`the image lists ${part} ${digest}, but it is not in the registry`);
      if (expected === "dangling") assert.match(messagesOf(found), words);
    });
  }
});

describe("the config of an offered platform", () => {
  const lying = (platform: string, configPlatform: string): Made =>
    index([image(platform, { configPlatform })]);

  for (const [listed, inside, reason] of [
    ["linux/amd64", "linux/arm64", "platform-differs"],
    ["linux/amd64", "windows/amd64", "platform-differs"],
    ["windows(10.0.17763.1)/amd64", "windows(10.0.20348.1)/amd64", "os-version-differs"],
  ] as const) {
    it(`is refused for ${listed} when it is for ${inside}`, async () => {
      const found = await gate(push(lying(listed, inside)), listed);
      assert.deepEqual(
        problemsOf(found).map(({ status, reason: why }) => [status, why]),
        [["platform-mismatch", reason]],
      );
      const [os, config] = [listed, inside].map((name) => name.replace(/[().]/g, "\\$&"));
      const words = `the index lists ${os}, but the config of sha256:\\w+ says ${config}`;
      assert.match(messagesOf(found), new RegExp(words));
    });
  }

  for (const [listed, inside] of [
    ["linux/arm/v6", "linux/arm/v7"],
    ["windows(10.0.17763.1)/amd64", "windows(10.0.17763.2)/amd64"],
  ] as const) {
    it(`is a warning for ${listed} when it is for ${inside}`, async () => {
      const { warnings, platforms } = await gate(push(lying(listed, inside)), listed);
      assert.deepEqual([platforms[0]?.status, warnings.length], ["ok", 1]);
      assert.match(warnings[0] ?? "", /^registry\.test\/org\/app:1: the index lists /);
    });
  }

  it("is refused when it lists other layers than the manifest", async () => {
    const made = image("linux/amd64", { config: { rootfs: { type: "layers", diff_ids: [] } } });
    const found = messagesOf(await gate(push(made), "linux/amd64"));
    assert.match(found, /config sha256:\w+ lists 0 diffIDs, but the manifest has 2 layers/);
  });

  it("is private when manifest or config are", async () => {
    registry.isPrivate = true;
    const found = await gate(push(image("linux/amd64")), "linux/amd64");
    assert.equal(found.platforms[0]?.image?.private, true);
  });
});

describe("the layers of an image", () => {
  it("are asked for their sizes at depth blobs, and not before", async () => {
    const written = push(image("linux/amd64"));
    await gate(written, "linux/amd64", "manifest");
    assert.equal(questions("size"), 0);
    await gate(written, "linux/amd64", "blobs");
    assert.equal(questions("size"), 2);
  });

  it("are refused when the registry has another size than is listed", async () => {
    const wrong = altered(image("linux/amd64"), ({ layers }) => {
      layers[1] = { ...layers[1], size: 1 };
    });
    const found = messagesOf(await gate(push(wrong), "linux/amd64", "blobs"));
    assert.match(found, /size differs: layer sha256:\w+ is listed with 1 bytes, the registry has/);
  });

  it("are ok when the registry states no size", async () => {
    registry.statesSizes = false;
    assert.equal(statusOf(await gate(push(image("linux/amd64")), "linux/amd64", "blobs")), "ok");
  });

  it("are not asked for when they are foreign", async () => {
    const digest = `sha256:${"f".repeat(64)}`;
    const foreign = altered(image("linux/amd64"), ({ layers }) => {
      layers[0] = { ...layers[0], urls: ["https://example.invalid/layer"], digest };
    });
    assert.equal(statusOf(await gate(push(foreign), "linux/amd64", "blobs")), "ok");
    assert.ok(!registry.asked.join().includes(digest));
  });
});

describe("verifyImage", () => {
  for (const [made, reason, words] of [
    [artifact(), "artifact", /^sha256:\w+ is a Helm chart, not an image; /],
    [
      buildkitCache("manifest"),
      "buildkit-cache",
      /^sha256:\w+ is a BuildKit cache, not an image; /,
    ],
    [index([]), "index-listed", /^sha256:\w+ is an index, not an image; /],
  ] as const) {
    it(`fails for a document that is not an image: ${reason}`, async () => {
      const repository = parseReference(push(made));
      const fetched = await registry.manifest(repository, "1");
      const document = parseDocument(fetched.content, fetched.mediaType);
      const where = { source: registry, repository, depth: "manifest", pulled: false } as const;
      const inspection = { ...where, configs: new Configs() };
      await assert.rejects(verifyImage(inspection, fetched, document), failure(reason, words));
    });
  }

  it("fails only the platform of an index that is an artifact", async () => {
    const chart = { ...artifact(), platform: "linux/amd64" };
    const found = await gate(push(index([chart, image("linux/arm64")])), "all");
    assert.deepEqual(statesOf(found), ["linux/amd64 not-an-image", "linux/arm64 ok"]);
  });
});

describe("schema 1", () => {
  for (const signed of [true, false]) {
    it(`has the sizes that the registry states, ${signed ? "signed" : "unsigned"}`, async () => {
      const made = schema1(signed);
      const found = await gate(push(made), "linux/amd64");
      assert.equal(found.root?.fetched.digest, made.digest);
      assert.deepEqual(found.platforms[0]?.image?.blobs, made.layers.map(asBlob));
    });
  }

  it("has no sizes when none is stated, and nothing is pulled", async () => {
    registry.statesSizes = false;
    const found = await gate(push(schema1(false)), "linux/amd64");
    const sizes = found.platforms[0]?.image?.blobs.map(({ size }) => size);
    assert.deepEqual([sizes, questions("measure")], [[undefined, undefined], 0]);
  });

  it("has measured sizes when none is stated, and a pull needs them", async () => {
    registry.statesSizes = false;
    const made = schema1(false);
    const pullsFor = parsePlatform("linux/amd64");
    const found = await resolved(registry, push(made), { pullsFor });
    assert.deepEqual(found.platforms[0]?.image?.blobs, made.layers.map(asBlob));
    assert.equal(questions("measure"), 2);
  });

  it("is not asked about at depth index", async () => {
    await gate(push(schema1(false)), "linux/amd64", "index");
    assert.equal(questions("size"), 0);
  });

  it("is dangling when a layer is lost", async () => {
    const made = schema1(true);
    const written = push(made);
    registry.remove("org/app", made.layers[0]?.digest ?? "");
    assert.equal(statusOf(await gate(written, "linux/amd64")), "dangling");
  });
});

describe("Configs", () => {
  const MIB = 1024 * 1024;
  /** A config that is listed with a size. */
  const sized = (salt: number, size: number): Descriptor => {
    const { mediaType, digest } = content("application/vnd.oci.image.config.v1+json", { salt });
    return readDescriptor({ mediaType, digest, size }, "config");
  };
  const config = parseConfig(Buffer.from('{"os":"linux","architecture":"amd64"}'));
  const read = async () => ({ config, private: false });

  it("reads a config once, for all platforms that share it", async () => {
    const configs = new Configs();
    let reads = 0;
    const counted = () => {
      reads += 1;
      return read();
    };
    await Promise.all([configs.get(sized(1, 10), counted), configs.get(sized(1, 10), counted)]);
    assert.equal(reads, 1);
  });

  it("reads configs of 4 MiB together, and refuses the next unread", async () => {
    const configs = new Configs();
    await configs.get(sized(1, 3 * MIB), read);
    await configs.get(sized(2, MIB), read);
    const unread = () => assert.fail("it was read");
    await assert.rejects(
      configs.get(sized(3, 1), unread),
      failure("too-large", /the configs of all platforms have more than 4194304 bytes/),
    );
  });

  it("leaves a config that is too large on its own to the reader", async () => {
    const configs = new Configs();
    await configs.get(sized(1, 5 * MIB), read);
    await configs.get(sized(2, 4 * MIB), read);
  });
});
