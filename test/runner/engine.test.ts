import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parseReference } from "../../src/oci/reference.ts";
import type { Loadable, Resolved } from "../../src/pull/plan.ts";
import { type Ended, engineRunner, loader } from "../../src/runner/engine.ts";
import { image, multiPlatform } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep } from "../support/runner.ts";

const TOP = digestOf(Buffer.from("top"));
const CONFIG = digestOf(Buffer.from("config"));

function loadable(written: string): Loadable {
  const reference = parseReference(written);
  const tag = reference.tag === undefined ? undefined : written;
  const resolved: Resolved = {
    wanted: { name: written, written, reference, platforms: "any", optional: false },
    root: undefined,
    platforms: [],
    problem: undefined,
    blobs: [],
    warnings: [],
  };
  return { image: resolved, entry: { mediaType: "", digest: TOP, size: 1, annotations: {} }, blobs: [], config: CONFIG, layers: [], tag };
}

describe("a loader", () => {
  /** Loads into an engine that answers each command with what `answers` has for its words, and 1 for the others. */
  async function load(engine: "docker" | "podman", written: string, answers: Readonly<Record<string, string>>) {
    const asked: string[] = [];
    const said: string[] = [];
    const warned: string[] = [];
    const run = async (_engine: string, args: readonly string[]): Promise<Ended> => {
      asked.push(args.join(" ").replace(" --format {{.Id}}", "").replace(" --format {{json .DriverStatus}}", ""));
      const output = answers[asked.at(-1) ?? ""];
      return { code: output === undefined ? 1 : 0, output: output ?? "no such thing" };
    };
    const archive = async function* () {};
    const say = (line: string): void => void said.push(line);
    const warn = (line: string): void => void warned.push(line);
    const load = loader(engine, { archive, run, say, warn });
    const error = await load([loadable(written)]).catch((error: PullError) => error);
    return { asked, said, warned, error };
  }
  const name = "ghcr.io/org/app:1";
  const pinned = `ghcr.io/org/app@${TOP}`;
  const containerd = { info: '[["driver-type","io.containerd.snapshotter.v1"]]' };
  const classic = { info: '[["Backing Filesystem","extfs"]]' };

  it("loads what docker does not have, by its digest where it keeps one", async () => {
    const { asked, said, warned } = await load("docker", name, { ...containerd, load: "Loaded" });
    assert.deepEqual(asked, ["info", `image inspect ${pinned}`, "load"]);
    assert.deepEqual([said, warned], [[`docker has loaded ${name}, which is ${pinned}`], []]);
  });

  it("loads nothing that is there, by digest and by tag", async () => {
    const there = { ...containerd, [`image inspect ${pinned}`]: "sha256:x\n", [`image inspect ${name}`]: "sha256:x\n" };
    assert.deepEqual((await load("docker", name, there)).said, [`docker has ${name} already`]);
    const moved = { ...there, [`image inspect ${name}`]: "sha256:old\n", load: "" };
    assert.equal((await load("docker", name, moved)).asked.at(-1), "load");
    assert.deepEqual((await load("docker", pinned, there)).said, [`docker has ${pinned} already`]);
  });

  it("says once that a classic store keeps no digest, and compares its image ID", async () => {
    const loaded = await load("docker", name, { ...classic, load: "" });
    assert.deepEqual([loaded.asked, loaded.warned.length], [["info", `image inspect ${name}`, "load"], 1]);
    assert.match(loaded.warned[0] ?? "", /keeps no digests.*classic image store.*refer to what was loaded by tag/);
    assert.deepEqual((await load("docker", name, { ...classic, [`image inspect ${name}`]: `${CONFIG}\n` })).said, [
      `docker has ${name} already`,
    ]);
    assert.equal((await load("docker", pinned, { ...classic, load: "" })).asked.at(-1), "load");
  });

  it("asks podman nothing about its store", async () => {
    assert.deepEqual((await load("podman", name, { load: "" })).asked, [`image inspect ${pinned}`, "load"]);
  });

  it("quotes an engine that does not answer, or refuses", async () => {
    const silent = await load("docker", name, {});
    assert.match(silent.error?.message ?? "", /docker does not answer \(exit code 1\): no such thing/);
    const refused = await load("docker", name, containerd);
    assert.match(refused.error?.message ?? "", /docker could not load ghcr.io\/org\/app:1 \(exit code 1\): no such thing/);
  });
});

describe("engineRunner", () => {
  let directory: string;
  const script = (name: string, body: string): void => {
    writeFileSync(join(directory, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(directory, name), 0o755);
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "engine-"));
  });
  const runner = (signal = new AbortController().signal) =>
    engineRunner(
      {
        PATH: `${directory}:/usr/bin:/bin`,
        INPUT_PASSWORD: "leak",
        ACTIONS_RUNTIME_TOKEN: "leak",
        GITHUB_TOKEN: "leak",
        GH_TOKEN: "leak",
        MY_SECRET: "leak",
        HOME: "/h",
      },
      signal,
    );
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < 100; at++) yield Buffer.alloc(100_000, "x");
  }

  it("streams to standard input, and gives the engine none of the job's secrets", async () => {
    script("docker", 'wc -c; env | grep -c leak; echo "$HOME $*"');
    assert.deepEqual(await runner()("docker", ["load"], chunks()), { code: 0, output: "10000000\n0\n/h load\n" });
  });

  it("takes an engine's refusal for the reason, though it stops reading", async () => {
    script("docker", "echo broken archive >&2; exit 3");
    assert.deepEqual(await runner()("docker", ["load"], chunks()), { code: 3, output: "broken archive\n" });
  });

  it("says that an engine is not there", async () => {
    await assert.rejects(
      engineRunner({ PATH: directory }, new AbortController().signal)("podman", ["load"]),
      /podman is not on this runner: install it, or use pull: layout/,
    );
  });

  it("ends with the step", async () => {
    script("docker", "exec sleep 60");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(runner(stop.signal)("docker", ["info"]), /docker could not be run/);
  });

  it("fails when a blob changes while it is read", async () => {
    script("docker", "cat >/dev/null");
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from("x");
      throw new PullError("dangling", "blob has changed");
    }
    await assert.rejects(runner()("docker", ["load"], broken()), /blob has changed/);
  });

  it("gets a whole archive from a step: a layout, and docker's older form beside it", async () => {
    const registry = await Registry.start();
    try {
      script("docker", `case "$1" in info) echo '[]';; image) exit 1;; load) cat > ${directory}/loaded.tar;; esac`);
      const made = multiPlatform(["linux/s390x", "linux/ppc64le"]);
      const app = registry.push("org/app", "1.0", made);
      const { exitCode, stdout } = await runStep(
        { images: app, platforms: "linux/s390x", pull: "docker" },
        { PATH: `${directory}:/usr/bin:/bin` },
      );
      assert.equal(exitCode, 0, stdout);
      execFileSync("tar", ["-xf", "loaded.tar"], { cwd: directory });
      const read = (path: string) => JSON.parse(readFileSync(join(directory, path), "utf8"));
      const [older] = read("manifest.json");
      const [config, ...layers] = image("linux/s390x").blobs.map(({ digest }) => `blobs/${digest.replace(":", "/")}`);
      assert.deepEqual(older, { Config: config, RepoTags: [app], Layers: layers });
      const [entry] = read("index.json").manifests;
      assert.deepEqual([entry.digest, entry.annotations["io.containerd.image.name"]], [made.digest, app]);
      for (const path of [config, ...layers, `blobs/${made.digest.replace(":", "/")}`]) {
        assert.ok(path);
        assert.equal(digestOf(readFileSync(join(directory, path))), path.replace("blobs/", "").replace("/", ":"));
      }
      assert.match(stdout, /::warning::this docker keeps no digests/);
    } finally {
      await registry.stop();
    }
  });

  it("fails a step whose engine refuses, in the engine's words", async () => {
    const registry = await Registry.start();
    try {
      script("podman", 'echo "::error::no space left ##[set-output name=digest;]x" >&2; exit 125');
      const app = registry.push("org/app", "1.0", image("linux/s390x"));
      const { exitCode, commands, outputs } = await runStep(
        { images: app, platforms: "linux/s390x", pull: "podman" },
        { PATH: `${directory}:/usr/bin:/bin` },
      );
      assert.equal(exitCode, 1);
      const [error, ...more] = commands.filter(({ name }) => name === "error");
      assert.match(error?.data ?? "", /podman could not load .* \(exit code 125\): .*no space left/);
      assert.deepEqual([more, outputs.get("exists")], [[], "false"]);
    } finally {
      await registry.stop();
    }
  });
});
