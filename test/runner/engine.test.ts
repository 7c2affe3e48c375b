import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { problem } from "../../src/gate/problem.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import type { ArchivedImage } from "../../src/oci/layout.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import type { Loadable, LoadablePlatform, Result } from "../../src/pull/outcome.ts";
import type { EarlyLoad } from "../../src/runner/early-loads.ts";
import { loader } from "../../src/runner/engine.ts";
import type { EngineName } from "../../src/runner/engine-calls.ts";
import { type Ended, engineCommands } from "../../src/runner/engine-commands.ts";
import { openEngineStore } from "../../src/runner/engine-store.ts";
import { artifact } from "../support/image.ts";
import { wantedImage } from "../support/resolving.ts";
import { pulledImage, RUNNER, resultOf } from "../support/results.ts";

const NAME = "ghcr.io/org/app:1";
const TOP = of("top");
const PINNED = `ghcr.io/org/app@${TOP}`;
const BOTH = ["linux/amd64", "linux/arm64"];

// The answers of engines to the commands that a loader runs.
const CONTAINERD = { info: '[["driver-type","io.containerd.snapshotter.v1"]]' };
const CLASSIC = { info: '[["Backing Filesystem","extfs"]]' };
const HAS_IMAGE = {
  ...CONTAINERD,
  [inspect(PINNED)]: "sha256:x\n",
  [inspect(NAME)]: "sha256:x\n",
  [inspectPlatform("linux/amd64")]: "sha256:x\n",
};

function of(text: string): Digest {
  return digestOf(Buffer.from(text));
}

function inspect(name: string): string {
  return `image inspect ${name}`;
}

function inspectPlatform(platform: string): string {
  return `image inspect --platform ${platform} ${PINNED}`;
}

function onePlatform(platform: string): LoadablePlatform {
  return {
    platform: parsePlatform(platform),
    manifest: { digest: of(`manifest ${platform}`), size: 1, mediaType: "manifest" },
    config: of(`config ${platform}`),
    layers: [],
    blobs: [{ digest: of(`manifest ${platform}`), size: 1 }],
  };
}

/** An image in the layout with some platforms, each with a config of its own. */
function inLayout(written: string, [first = "", ...others]: readonly string[]): Result {
  const { tag } = parseReference(written);
  const loadable: Loadable = {
    entry: { mediaType: "", digest: TOP, size: 1, annotations: {} },
    documents: [{ digest: TOP, size: 1 }],
    platforms: [onePlatform(first), ...others.map(onePlatform)],
    tag: tag === undefined ? undefined : written,
  };
  return {
    wanted: wantedImage(written, { platforms: "any" }),
    root: undefined,
    platforms: [],
    problem: undefined,
    blobs: [],
    warnings: [],
    pulled: pulledImage({ stored: { converted: undefined, loadable } }),
  };
}

/** An engine that prints `answers` by the words of a command, and fails every other command. */
function fakeEngine(
  engine: EngineName,
  answers: Readonly<Record<string, string>>,
  early: readonly (readonly [string, EarlyLoad])[] = [],
) {
  const asked: string[] = [];
  const said: string[] = [];
  const warned: string[] = [];
  const archives: ArchivedImage[] = [];
  const run = async (_engine: string, args: readonly string[]): Promise<Ended> => {
    const words = args.join(" ").replace(/ --format \{\{[^}]*\}\}/, "");
    asked.push(words);
    const output = answers[words];
    return { code: output === undefined ? 1 : 0, output: output ?? "no such thing" };
  };
  const archive = (image: ArchivedImage): AsyncIterable<Buffer> => {
    archives.push(image);
    return (async function* () {})();
  };
  const say = (line: string): void => void said.push(line);
  const warn = (line: string): void => void warned.push(line);
  const store = openEngineStore(engine, engineCommands(engine, run));
  const load = loader(
    { name: engine, store, early: Promise.resolve(new Map(early)) },
    { runner: RUNNER, archive, say, warn },
  );
  // Reported by the load.
  store.catch(() => undefined);
  return { asked, said, warned, archives, load };
}

async function load(
  engine: EngineName,
  written: string,
  answers: Readonly<Record<string, string>>,
  platforms: readonly string[] = ["linux/amd64"],
) {
  const { load, ...seen } = fakeEngine(engine, answers);
  await load([inLayout(written, platforms)]);
  return seen;
}

describe("a loader", () => {
  it("loads what docker does not have, and names the digest that docker keeps", async () => {
    const { asked, said, warned } = await load("docker", NAME, { ...CONTAINERD, load: "Loaded" });
    assert.deepEqual(asked, ["info", inspect(PINNED), "load"]);
    assert.deepEqual(said, [`docker loaded ${NAME} for linux/amd64, which is ${PINNED}`]);
    assert.deepEqual(warned, []);
  });

  it("loads nothing that docker has by digest, by tag and for the platform", async () => {
    for (const written of [NAME, PINNED]) {
      const { said, asked } = await load("docker", written, HAS_IMAGE);
      assert.deepEqual(said, [`docker already has ${written} for linux/amd64`]);
      assert.ok(!asked.includes("load"));
    }
  });

  it("loads an image whose tag docker has for another image", async () => {
    const moved = { ...HAS_IMAGE, [inspect(NAME)]: "sha256:old\n", load: "" };
    const { asked } = await load("docker", NAME, moved);
    assert.equal(asked.at(-1), "load");
  });

  it("loads all platforms of an image that docker does not have for every one", async () => {
    const answers = { ...HAS_IMAGE, load: "" };
    const { asked, said, warned, archives } = await load("docker", NAME, answers, BOTH);
    assert.deepEqual(asked.slice(-2), [inspectPlatform("linux/arm64"), "load"]);
    assert.deepEqual(said, [
      `docker loaded ${NAME} for linux/amd64, linux/arm64, which is ${PINNED}`,
    ]);
    assert.deepEqual(warned, []);
    const digests = archives[0]?.blobs.map(({ digest }) => digest);
    assert.deepEqual(digests, [TOP, ...BOTH.map((platform) => of(`manifest ${platform}`))]);
  });

  for (const [engine, answers] of [
    ["docker", CLASSIC],
    ["podman", {}],
  ] as const) {
    it(`loads the first platform into ${engine} if it holds only one, and names the others`, async () => {
      const { warned, archives } = await load(engine, NAME, { ...answers, load: "" }, BOTH);
      assert.equal(
        warned[0],
        `${engine} holds one platform of ${NAME}, linux/amd64; only the layout has linux/arm64`,
      );
      assert.equal(archives[0]?.config, of("config linux/amd64"));
    });
  }

  it("loads another machine's platform into podman by its own manifest", async () => {
    const { said, archives } = await load("podman", NAME, { load: "" }, ["linux/arm64"]);
    const manifest = of("manifest linux/arm64");
    assert.deepEqual(
      [archives[0]?.entry.digest, archives[0]?.blobs],
      [manifest, [{ digest: manifest, size: 1 }]],
    );
    assert.deepEqual(said, [
      `podman loaded ${NAME} for linux/arm64, which is ghcr.io/org/app@${manifest}`,
    ]);
  });

  it("warns once that the classic store discards digests", async () => {
    const { load, warned, said } = fakeEngine("docker", { ...CLASSIC, load: "" });
    await load([inLayout(NAME, ["linux/amd64"]), inLayout("ghcr.io/org/b:1", ["linux/amd64"])]);
    assert.deepEqual(warned, [
      "this docker uses the classic image store, which discards digests: refer to loaded images by tag",
    ]);
    assert.equal(said[0], `docker loaded ${NAME} for linux/amd64`);
  });

  it("says that an engine cannot load an artifact, and does not wait for the engine", async () => {
    const { load, said } = fakeEngine("docker", {});
    const written = "ghcr.io/org/chart:1";
    const wanted = wantedImage(written, { platforms: "any" });
    const stored = { converted: undefined, loadable: undefined };
    const chart = await resultOf(artifact(), { platforms: "any" });
    const images = [{ ...chart, wanted, pulled: pulledImage({ stored }) }];
    assert.equal(await load(images), images);
    assert.deepEqual(said, [
      `${written} is a Helm chart: it is in the layout, docker cannot load it`,
    ]);
  });

  it("neither loads nor mentions an image that is not in the layout or has a problem", async () => {
    const { load, asked, said } = fakeEngine("podman", { load: "" });
    const failed = { ...inLayout(NAME, BOTH), problem: problem("layer-missing", NAME, "nothing") };
    const notPulled = { ...inLayout(NAME, BOTH), pulled: undefined };
    const images = [failed, notPulled];
    assert.deepEqual(await load(images), images);
    assert.deepEqual([asked, said], [[], []]);
  });

  it("fails when the engine does not answer, with its output", async () => {
    const { load } = fakeEngine("docker", {});
    await assert.rejects(
      load([inLayout(NAME, BOTH)]),
      /docker does not answer \(exit code 1\): no such thing/,
    );
  });

  it("does not load again what the engine got while it was pulled", async () => {
    const image = inLayout(NAME, ["linux/amd64"]);
    // what became of the image during the pull, and the line about it
    for (const [early, line] of [
      ["loaded", `docker loaded ${NAME} for linux/amd64, which is ${PINNED}`],
      ["had", `docker already has ${NAME} for linux/amd64`],
    ] as const) {
      const { load, asked, said } = fakeEngine("docker", CONTAINERD, [[image.wanted.name, early]]);
      assert.deepEqual(await load([image]), [image]);
      assert.deepEqual([asked, said], [["info"], [line]]);
    }
  });

  it("gives an image that the engine refuses a problem, and loads the others", async () => {
    const names = [NAME, "ghcr.io/org/other:1"];
    const { load, asked } = fakeEngine("docker", CONTAINERD);
    const results = await load(names.map((name) => inLayout(name, ["linux/amd64"])));
    assert.equal(asked.filter((words) => words === "load").length, 2);
    for (const [at, { problem }] of results.entries()) {
      const name = names[at] ?? "";
      const found = `${name}: docker could not load ${name} (exit code 1): no such thing; `;
      assert.deepEqual([problem?.reason, problem?.status], ["engine-failed", "unsupported"]);
      assert.ok(problem?.message.startsWith(found), problem?.message);
    }
  });
});
