import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import type { ArchivedImage } from "../../src/oci/layout.ts";
import type { EngineName } from "../../src/runner/engine-calls.ts";
import { type Ended, engineCommands } from "../../src/runner/engine-commands.ts";
import { type EngineStore, openEngineStore } from "../../src/runner/engine-store.ts";
import { failure } from "../support/resolving.ts";

const TAG = "ghcr.io/org/app:1";
const TOP = of("top");
const CONFIG = of("config");
const PINNED = `ghcr.io/org/app@${TOP}`;
const CONTAINERD = '[["driver-type","io.containerd.snapshotter.v1"]]';
const CLASSIC = '[["Backing Filesystem","extfs"]]';
type StoreName = "containerd" | "classic" | "podman";
const STORES: Readonly<Record<StoreName, readonly [EngineName, string]>> = {
  containerd: ["docker", CONTAINERD],
  classic: ["docker", CLASSIC],
  podman: ["podman", ""],
};

function of(text: string): Digest {
  return digestOf(Buffer.from(text));
}

type Answers = Readonly<Record<string, string>>;

/** An engine that prints `answers` by the last word of a command, and fails every other command. */
async function open(engine: EngineName, driver: string, answers: Answers) {
  const asked: string[] = [];
  const run = async (
    _engine: EngineName,
    args: readonly string[],
    input?: AsyncIterable<Buffer>,
  ): Promise<Ended> => {
    asked.push(args.filter((word) => !/^--format$|^\{\{/.test(word)).join(" "));
    const [command] = args;
    if (command === "info") return { code: driver === "" ? 1 : 0, output: driver };
    for await (const chunk of input ?? []) asked.push(String(chunk));
    const answer = answers[args.slice(4).join(" ")] ?? answers[command ?? ""];
    return answer === undefined ? { code: 125, output: " \n" } : { code: 0, output: answer };
  };
  return { asked, store: await openEngineStore(engine, engineCommands(engine, run)) };
}

/** Whether a store has an image with these platforms, by tag and digest, or by digest alone. */
function has(store: EngineStore, platforms: readonly string[], tag?: string): Promise<boolean> {
  const archived: ArchivedImage = {
    entry: { mediaType: "", digest: TOP, size: 1, annotations: {} },
    blobs: [],
    config: CONFIG,
    layers: [],
    tag,
  };
  return store.has({ archived, pinned: PINNED, platforms });
}

describe("openEngineStore", () => {
  // engine, the driver status it prints: digests, several platforms, chooses a platform, pulls
  for (const [engine, driver, ...abilities] of [
    ["docker", CONTAINERD, true, true, false, true],
    ["docker", CLASSIC, false, false, false, false],
    ["podman", "", true, false, true, false],
  ] as const) {
    it(`knows what ${engine} with ${driver || "any driver"} can do`, async () => {
      const { store } = await open(engine, driver, {});
      const { digests, platforms, choosesPlatform, pulls } = store.abilities;
      assert.deepEqual([digests, platforms, choosesPlatform, pulls], abilities);
      assert.equal(store.engine, engine);
    });
  }

  it("does not ask podman", async () => {
    const { asked } = await open("podman", "", {});
    assert.deepEqual(asked, []);
  });

  it("fails when docker does not answer", async () => {
    const found = /^docker does not answer \(exit code 1\): it printed nothing; /;
    await assert.rejects(open("docker", "", {}), failure("engine-failed", found));
  });
});

describe("an engine's store", () => {
  const own = `--platform linux/amd64 ${PINNED}`;
  const byName = { [PINNED]: "a", [TAG]: "a" };
  // what the engine has, its store, what it prints for names, the image's tag, the expected answer
  const table: readonly (readonly [string, StoreName, Answers, string, boolean])[] = [
    ["nothing", "containerd", {}, TAG, false],
    ["only the digest", "containerd", { [PINNED]: "a" }, TAG, false],
    ["another image with the tag", "containerd", { ...byName, [TAG]: "b", [own]: "a" }, TAG, false],
    ["another platform", "containerd", byName, TAG, false],
    ["digest, tag and platform", "containerd", { ...byName, [own]: "a" }, TAG, true],
    ["digest and platform", "containerd", { [PINNED]: "a", [own]: "a" }, "", true],
    ["nothing", "classic", {}, TAG, false],
    ["another config", "classic", { [TAG]: of("other") }, TAG, false],
    ["the config", "classic", { [TAG]: `${CONFIG}\n` }, TAG, true],
    ["the digest, and the image has no tag", "classic", { [PINNED]: CONFIG }, "", false],
    ["only the digest", "podman", { [PINNED]: CONFIG }, TAG, false],
    ["digest and tag", "podman", { [PINNED]: CONFIG, [TAG]: CONFIG }, TAG, true],
    ["an ID without its algorithm", "podman", { [PINNED]: `${CONFIG.slice(7)}\n` }, "", true],
  ];
  for (const [what, name, answers, tag, expected] of table) {
    it(`${expected ? "has" : "does not have"} the image when ${name} has ${what}`, async () => {
      const { store } = await open(...STORES[name], answers);
      assert.equal(await has(store, ["linux/amd64"], tag || undefined), expected);
    });
  }

  it("asks docker about every platform", async () => {
    const answers = { [PINNED]: "a", [own]: "a" };
    const { store, asked } = await open("docker", CONTAINERD, answers);
    assert.equal(await has(store, ["linux/amd64", "linux/arm64"]), false);
    assert.equal(asked.at(-1), `image inspect --platform linux/arm64 ${PINNED}`);
  });

  it("streams an archive to the engine", async () => {
    const { store, asked } = await open("podman", "", { load: "Loaded" });
    await store.load(chunks("one", "two"), TAG);
    assert.deepEqual(asked, ["load", "one", "two"]);
  });

  it("fails when docker ends well without all that the archive names", async () => {
    const printed = "Loaded image: app:1\nError unpacking image app:1: sha256:0 not found\n";
    const { store } = await open("docker", CONTAINERD, { load: printed });
    await assert.rejects(store.load(chunks(), TAG), failure("engine-failed", /Error unpacking/));
  });

  it("pulls every platform, and stops at the first that the engine refuses", async () => {
    const { store, asked } = await open("docker", CONTAINERD, { pull: "" });
    assert.equal(await store.pull("127.0.0.1:1/x@sha256:0", ["linux/amd64", "linux/arm64"]), true);
    assert.deepEqual(asked.slice(1), [
      "pull --quiet --platform linux/amd64 127.0.0.1:1/x@sha256:0",
      "pull --quiet --platform linux/arm64 127.0.0.1:1/x@sha256:0",
    ]);
    const refusing = await open("docker", CONTAINERD, {});
    assert.equal(await refusing.store.pull("x", ["linux/amd64", "linux/arm64"]), false);
    assert.equal(refusing.asked.length, 2);
  });

  it("fails when the engine refuses an archive", async () => {
    const { store } = await open("podman", "", {});
    const found =
      /^podman could not load ghcr\.io\/org\/app:1 \(exit code 125\): it printed nothing;/;
    await assert.rejects(store.load(chunks(), TAG), failure("engine-failed", found));
  });
});

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
