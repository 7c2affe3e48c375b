import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { ArchivedImage } from "../../src/oci/layout.ts";
import type { Foreseen } from "../../src/pull/outcome.ts";
import { foreseeAll } from "../../src/pull/pull.ts";
import { type Arriving, type EarlyLoads, loadEarly } from "../../src/runner/early-loads.ts";
import type { EngineName } from "../../src/runner/engine-calls.ts";
import { type Ended, engineCommands } from "../../src/runner/engine-commands.ts";
import { openEngineStore } from "../../src/runner/engine-store.ts";
import { artifact, image, multiPlatform, schema1 } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import { RUNNER, resultOf } from "../support/results.ts";

const OWN = "127.0.0.1:1/own/x";
const CONTAINERD = '[["driver-type","io.containerd.snapshotter.v1"]]';
const CLASSIC = "[]";
const MADE = multiPlatform(["linux/amd64", "linux/arm64"]);

async function foreseen(made = MADE, platforms = "linux/amd64"): Promise<readonly Foreseen[]> {
  return foreseeAll([await resultOf(made, { platforms: required(platforms) })], RUNNER);
}

/** An engine: which, what it prints about its store, and which commands it refuses. */
type Like = {
  readonly engine?: EngineName;
  readonly driver?: string;
  readonly refuses?: readonly string[];
};

type Asked = {
  readonly asked: readonly string[];
  readonly archives: readonly ArchivedImage[];
  readonly early: EarlyLoads;
};

/** Loads images into an engine that fails the commands that `refuses` names. */
async function load(
  images: readonly Foreseen[],
  { engine = "docker", driver = CONTAINERD, refuses = ["image inspect"] }: Like,
  given: Partial<Arriving> = {},
): Promise<Asked> {
  const asked: string[] = [];
  const archives: ArchivedImage[] = [];
  const run = async (
    _: EngineName,
    args: readonly string[],
    input?: AsyncIterable<Buffer>,
  ): Promise<Ended> => {
    const words = args.filter((word) => !/^--format$|^\{\{/.test(word)).join(" ");
    if (words === "info") return { code: driver === "" ? 1 : 0, output: driver };
    asked.push(words);
    for await (const _chunk of input ?? []);
    const code = refuses.some((start) => words.startsWith(start)) ? 1 : 0;
    return { code, output: "" };
  };
  const archive = (archived: ArchivedImage): AsyncIterable<Buffer> => {
    archives.push(archived);
    return (async function* () {})();
  };
  const referenceTo = async (digest: Digest): Promise<string> => `${OWN}@${digest}`;
  const arriving = { images, archive, referenceTo, ...given };
  const opened = openEngineStore(engine, engineCommands(engine, run));
  opened.catch(() => undefined);
  return { asked, archives, early: await loadEarly(arriving, opened, RUNNER) };
}

const PULL = `pull --quiet --platform linux/amd64 ${OWN}@${MADE.digest}`;
const REMOVE = `image rm ${OWN}@${MADE.digest}`;

describe("loading while an image is pulled", () => {
  it("lets docker pull it, names it by its documents alone, and removes the other name", async () => {
    const images = await foreseen();
    const [{ wanted, documents } = assert.fail()] = images;
    const { asked, archives, early } = await load(images, {});
    assert.deepEqual(asked.slice(1), [PULL, "load", REMOVE]);
    assert.deepEqual([...early], [[wanted.name, "loaded"]]);
    const [archived] = archives;
    const digests = documents.map(({ digest }) => digest);
    assert.deepEqual(archived?.blobs.map(({ digest }) => digest).toSorted(), digests.toSorted());
    assert.equal(archived?.entry.digest, MADE.digest);
  });

  it("lets docker pull every platform of the image", async () => {
    const { asked } = await load(await foreseen(MADE, "linux/amd64,linux/arm64"), {});
    const arm = PULL.replace("amd64", "arm64");
    assert.deepEqual(asked.slice(1), [PULL, arm, "load", REMOVE]);
  });

  // what the engine is like, what it is asked for after whether it has the image, what it has then
  for (const [what, engine, commands, has] of [
    ["classic docker", { driver: CLASSIC }, ["load"], "loaded"],
    ["podman", { engine: "podman" as const }, ["load"], "loaded"],
    ["docker elsewhere", { refuses: ["image inspect", "pull"] }, [PULL, "load"], "loaded"],
    ["a full docker", { refuses: ["image inspect", "pull", "load"] }, [PULL, "load"], undefined],
    [
      "docker that refuses the name",
      { refuses: ["image inspect", "load"] },
      [PULL, "load", REMOVE],
      undefined,
    ],
    ["docker that has it", { refuses: [] }, [PULL, REMOVE], "had"],
    ["no docker", { driver: "" }, undefined, undefined],
  ] as const) {
    it(`asks ${what} for what it can do`, async () => {
      const images = await foreseen();
      const { asked, early } = await load(images, engine);
      const [{ wanted } = assert.fail()] = images;
      const others = asked.filter((words) => !words.startsWith("image inspect"));
      assert.deepEqual(others, commands ?? []);
      assert.equal(early.get(wanted.name), has);
    });
  }

  it("gives docker an archive when this process cannot serve it", async () => {
    const { asked, archives } = await load(
      await foreseen(),
      {},
      { referenceTo: async () => undefined },
    );
    assert.equal(asked.at(-1), "load");
    assert.ok((archives[0]?.blobs.length ?? 0) > 2);
  });

  it("leaves out an image whose blobs never arrive, and loads the others", async () => {
    const images = [...(await foreseen()), ...(await foreseen(image("linux/amd64")))];
    const [broken] = images;
    const archive = (archived: ArchivedImage): AsyncIterable<Buffer> =>
      (async function* () {
        const isBroken = archived.entry.digest === broken?.loadable.entry.digest;
        if (isBroken) throw new PullError("answer-cut", "the pull ended");
        yield Buffer.alloc(0);
      })();
    const named = images.map((one, at) => ({ ...one, wanted: { ...one.wanted, name: `${at}` } }));
    const { early } = await load(named, { driver: CLASSIC }, { archive });
    assert.deepEqual([...early], [["1", "loaded"]]);
  });

  it("leaves out everything when the step ends meanwhile", async () => {
    const ended = new PullError("timeout", "the step's timeout has passed");
    const run = async (_: EngineName, [command]: readonly string[]): Promise<Ended> => {
      if (command === "info") return { code: 0, output: CONTAINERD };
      await new Promise((resolve) => setImmediate(resolve));
      throw ended;
    };
    const arriving = {
      images: await foreseen(),
      archive: () => assert.fail(),
      referenceTo: async (digest: Digest) => `${OWN}@${digest}`,
    };
    const early = await loadEarly(
      arriving,
      openEngineStore("docker", engineCommands("docker", run)),
      RUNNER,
    );
    assert.equal(early.size, 0);
  });

  it("does not hide a bug", async () => {
    const archive = (): never => {
      throw new TypeError("a bug");
    };
    await assert.rejects(load(await foreseen(), { driver: CLASSIC }, { archive }), /a bug/);
  });
});

describe("what a pull foresees", () => {
  it("is no artifact, no schema 1 image, and nothing that has a problem", async () => {
    for (const made of [artifact(), schema1(true, "amd64")]) {
      assert.deepEqual(foreseeAll([await resultOf(made, { platforms: "any" })], RUNNER), []);
    }
    const missing = await resultOf(MADE, { platforms: required("linux/s390x") });
    assert.deepEqual(foreseeAll([missing], RUNNER), []);
  });

  it("has the documents of the image, each with its type", async () => {
    const [{ documents } = assert.fail()] = await foreseen();
    assert.equal(documents.at(-1)?.digest, MADE.digest);
    for (const { digest, bytes, mediaType } of documents) {
      assert.equal(digestOf(bytes), digest);
      assert.match(mediaType, /^application\/vnd\./);
    }
  });
});
