import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import type { Document } from "../../src/oci/document.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import type { Loadable, Resolved } from "../../src/pull/plan.ts";
import { type Archived, type Ended, engineRunner, loader } from "../../src/runner/engine.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image, multiPlatform } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep } from "../support/runner.ts";

const TOP = digestOf(Buffer.from("top"));

const RUNNER = parsePlatform("linux/amd64");

/** An image in the layout for some platforms, each with a config of its own. */
function loadable(written: string, platforms: readonly string[]): Loadable {
  const reference = parseReference(written);
  return {
    image: resolved(written),
    entry: { mediaType: "", digest: TOP, size: 1, annotations: {} },
    documents: [{ digest: TOP, size: 1 }],
    platforms: platforms.map((platform) => ({
      platform: parsePlatform(platform),
      manifest: { digest: of(`manifest ${platform}`), size: 1, mediaType: "manifest" },
      config: of(`config ${platform}`),
      layers: [],
      blobs: [{ digest: of(`manifest ${platform}`), size: 1 }],
    })),
    tag: reference.tag === undefined ? undefined : written,
  };
}

function of(text: string): Digest {
  return digestOf(Buffer.from(text));
}

function resolved(written: string, document?: Document): Resolved {
  const reference = parseReference(written);
  const fetched = { bytes: Buffer.alloc(0), content: Buffer.alloc(0), digest: TOP, mediaType: "", authenticated: false, private: false };
  return {
    wanted: { name: written, written, reference, platforms: "any", optional: false },
    root: document && { fetched, document, offers: [], unnamed: [], attestations: 0, nested: [] },
    platforms: [],
    problem: undefined,
    blobs: [],
    warnings: [],
  };
}

describe("a loader", () => {
  /** An engine that answers each command with what `answers` has for its words, and 1 for the others. */
  function fake(engine: "docker" | "podman", answers: Readonly<Record<string, string>>) {
    const asked: string[] = [];
    const said: string[] = [];
    const warned: string[] = [];
    const archives: Archived[] = [];
    const run = async (_engine: string, args: readonly string[]): Promise<Ended> => {
      asked.push(args.join(" ").replace(" --format {{.Id}}", "").replace(" --format {{json .DriverStatus}}", ""));
      const output = answers[asked.at(-1) ?? ""];
      return { code: output === undefined ? 1 : 0, output: output ?? "no such thing" };
    };
    const archive = (image: Archived) => {
      archives.push(image);
      return (async function* () {})();
    };
    const say = (line: string): void => void said.push(line);
    const warn = (line: string): void => void warned.push(line);
    return { asked, said, warned, archives, load: loader(engine, { runner: RUNNER, archive, run, say, warn }) };
  }

  async function load(
    engine: "docker" | "podman",
    written: string,
    answers: Readonly<Record<string, string>>,
    platforms: readonly string[] = ["linux/amd64"],
  ) {
    const { load, ...seen } = fake(engine, answers);
    const failures = await load({ loadable: [loadable(written, platforms)], unloadable: [] });
    return { ...seen, failure: failures.get(written)?.message };
  }
  const name = "ghcr.io/org/app:1";
  const pinned = `ghcr.io/org/app@${TOP}`;
  const inspect = (what: string): string => `image inspect ${what}`;
  const held = (platform: string): string => `image inspect --platform ${platform} ${pinned}`;
  const containerd = { info: '[["driver-type","io.containerd.snapshotter.v1"]]' };
  const classic = { info: '[["Backing Filesystem","extfs"]]' };
  const there = { ...containerd, [inspect(pinned)]: "sha256:x\n", [inspect(name)]: "sha256:x\n", [held("linux/amd64")]: "sha256:x\n" };

  it("loads what docker does not have, by its digest where it keeps one", async () => {
    const { asked, said, warned } = await load("docker", name, { ...containerd, load: "Loaded" });
    assert.deepEqual(asked, ["info", inspect(pinned), "load"]);
    assert.deepEqual([said, warned], [[`docker loaded ${name} for linux/amd64, which is ${pinned}`], []]);
  });

  it("loads nothing that docker has by digest, by tag and for the platform", async () => {
    assert.deepEqual((await load("docker", name, there)).said, [`docker already has ${name} for linux/amd64`]);
    const moved = { ...there, [inspect(name)]: "sha256:old\n", load: "" };
    assert.equal((await load("docker", name, moved)).asked.at(-1), "load");
    assert.deepEqual((await load("docker", pinned, there)).said, [`docker already has ${pinned} for linux/amd64`]);
  });

  it("loads an image that docker has by its digest, and not for every required platform", async () => {
    const both = ["linux/amd64", "linux/arm64"];
    const { asked, said, warned, archives } = await load("docker", name, { ...there, load: "" }, both);
    assert.deepEqual(asked.slice(-2), [held("linux/arm64"), "load"]);
    assert.deepEqual([said, warned], [[`docker loaded ${name} for linux/amd64, linux/arm64, which is ${pinned}`], []]);
    assert.deepEqual(
      archives[0]?.blobs.map(({ digest }) => digest),
      [TOP, ...both.map((platform) => of(`manifest ${platform}`))],
    );
  });

  it("says which platforms an engine cannot hold beside another", async () => {
    const both = ["linux/amd64", "linux/arm64"];
    for (const [engine, answers] of [
      ["docker", classic],
      ["podman", {}],
    ] as const) {
      const { warned, archives } = await load(engine, name, { ...answers, load: "" }, both);
      assert.match(warned[0] ?? "", /holds one platform .* has ghcr.io\/org\/app:1 for linux\/amd64, .* layout alone has linux\/arm64$/);
      assert.equal(archives[0]?.config, of("config linux/amd64"));
    }
  });

  it("gives podman another machine's platform by its own manifest", async () => {
    const { said, archives } = await load("podman", name, { load: "" }, ["linux/arm64"]);
    const manifest = of("manifest linux/arm64");
    assert.deepEqual([archives[0]?.entry.digest, archives[0]?.blobs], [manifest, [{ digest: manifest, size: 1 }]]);
    assert.deepEqual(said, [`podman loaded ${name} for linux/arm64, which is ghcr.io/org/app@${manifest}`]);
  });

  it("says once that a classic store keeps no digest, and compares its image ID", async () => {
    const loaded = await load("docker", name, { ...classic, load: "" });
    assert.deepEqual([loaded.asked, loaded.warned.length], [["info", inspect(name), "load"], 1]);
    assert.match(loaded.warned[0] ?? "", /classic image store, which discards digests: refer to loaded images by tag/);
    const config = of("config linux/amd64");
    const has = await load("docker", name, { ...classic, [inspect(name)]: `${config}\n` });
    assert.deepEqual(has.said, [`docker already has ${name} for linux/amd64`]);
    assert.equal((await load("docker", pinned, { ...classic, load: "" })).asked.at(-1), "load");
  });

  it("asks podman nothing about its store, and compares its image ID", async () => {
    assert.deepEqual((await load("podman", name, { load: "" })).asked, [inspect(pinned), "load"]);
    const id = of("config linux/amd64").slice("sha256:".length);
    const has = { [inspect(pinned)]: `${id}\n`, [inspect(name)]: `${id}\n` };
    assert.deepEqual((await load("podman", name, has)).said, [`podman already has ${name} for linux/amd64`]);
  });

  it("says that an artifact has nothing to load, and does not even ask for a chart's sake", async () => {
    const { load, said } = fake("docker", {});
    const chart = {
      kind: "artifact",
      mediaType: "",
      artifactType: "application/vnd.cncf.helm.config.v1+json",
      config: undefined,
      layers: [],
    } as const;
    await load({ loadable: [], unloadable: [resolved("ghcr.io/org/chart:1", chart)] });
    assert.deepEqual(said, ["ghcr.io/org/chart:1 is a Helm chart: docker has nothing to load of it, it is in the layout"]);
  });

  it("quotes an engine that does not answer, and loads the others when it refuses one", async () => {
    const silent = fake("docker", {});
    const images = [loadable(name, ["linux/amd64"]), loadable("ghcr.io/org/other:1", ["linux/amd64"])];
    await assert.rejects(silent.load({ loadable: images, unloadable: [] }), /docker does not answer \(exit code 1\): no such thing/);
    const refusing = fake("docker", containerd);
    const failures = await refusing.load({ loadable: images, unloadable: [] });
    assert.deepEqual(
      [...failures].map(([image, { found }]) => [image, found]),
      images.map(({ tag }) => [tag, `docker could not load ${tag} (exit code 1): no such thing`]),
    );
  });
});

// What jobs call their secrets, and the clouds', which an engine needs none of to load what it is handed.
const SECRETS_OF_THE_JOB = [
  ...["INPUT_PASSWORD", "ACTIONS_RUNTIME_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_PAT"],
  ...["MY_SECRET", "NPM_AUTH", "DEPLOY_KEY"],
  ...["REGISTRY_PASS", "DOCKER_AUTH_CONFIG", "DOCKER_PASSWORD", "DOCKER_PAT", "CONTAINER_REGISTRY_KEY"],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET"],
  ...["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
];

describe("engineRunner", () => {
  let directory: string;
  const script = (name: string, body: string): void => {
    writeFileSync(join(directory, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(directory, name), 0o755);
  };
  beforeEach(() => {
    directory = temporaryDirectory("engine");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const runner = (signal = new AbortController().signal) =>
    engineRunner(
      {
        PATH: `${directory}:/usr/bin:/bin`,
        ...Object.fromEntries(SECRETS_OF_THE_JOB.map((name) => [name, "leak"])),
        HOME: "/h",
        DOCKER_HOST: "tcp://engine.example:2376",
        DOCKER_CERT_PATH: "/certs",
        CONTAINERS_STORAGE_CONF: "/storage.conf",
        CONTAINER_HOST: "ssh://engine.example",
        XDG_RUNTIME_DIR: "/run/user/1",
        https_proxy: "http://proxy.example:3128",
        LC_ALL: "C",
        SystemRoot: "C:\\Windows",
      },
      { after: SYSTEM_CLOCK.after, signal },
    );
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < 100; at++) yield Buffer.alloc(100_000, "x");
  }

  it("streams to standard input, and gives the engine none of the job's secrets", async () => {
    script("docker", 'wc -c; env | grep -c leak; echo "$HOME $*"');
    assert.deepEqual(await runner()("docker", ["load"], chunks()), { code: 0, output: "10000000\n0\n/h load\n" });
  });

  it("gives an engine what it needs to run and to be found, by name", async () => {
    script("podman", "env");
    const { output } = await runner()("podman", ["load"]);
    const names = output.split("\n").map((line) => line.split("=")[0]);
    for (const name of ["HOME", "DOCKER_HOST", "DOCKER_CERT_PATH", "CONTAINERS_STORAGE_CONF", "CONTAINER_HOST"]) {
      assert.ok(names.includes(name), `${name} of ${names}`);
    }
    for (const name of ["PATH", "XDG_RUNTIME_DIR", "https_proxy", "LC_ALL", "SystemRoot"]) assert.ok(names.includes(name), name);
  });

  it("does not wait for what an engine leaves behind with its output", { timeout: 30_000 }, async () => {
    script("docker", `sleep 600 & echo $! > ${directory}/left; echo loaded; exit 0`);
    try {
      assert.deepEqual(await runner()("docker", ["load"], chunks()), { code: 0, output: "loaded\n" });
    } finally {
      process.kill(Number(readFileSync(join(directory, "left"), "utf8")), "SIGKILL");
    }
  });

  it("lets go of an engine that heeds no signal, and of what holds its pipes, when the step ends", { timeout: 30_000 }, async () => {
    script("docker", `trap "" TERM; sleep 600 & echo $! > ${directory}/left; echo started; wait`);
    const stop = new AbortController();
    const late = new PullError("timeout", "the step's timeout of 3 s has passed");
    const loaded = runner(stop.signal)("docker", ["load"], chunks());
    while (!existsSync(join(directory, "left"))) await sleep(10);
    stop.abort(late);
    try {
      await assert.rejects(loaded, late);
    } finally {
      process.kill(Number(readFileSync(join(directory, "left"), "utf8")), "SIGKILL");
    }
  });

  it("takes an engine's refusal for the reason, though it stops reading", async () => {
    script("docker", "echo broken archive >&2; exit 3");
    assert.deepEqual(await runner()("docker", ["load"], chunks()), { code: 3, output: "broken archive\n" });
  });

  it("says that an engine is not there", async () => {
    await assert.rejects(
      engineRunner({ PATH: directory }, { after: SYSTEM_CLOCK.after, signal: new AbortController().signal })("podman", ["load"]),
      /podman is not on this runner/,
    );
  });

  it("ends with the step", async () => {
    script("docker", "exec sleep 10");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await assert.rejects(runner(stop.signal)("docker", ["info"]), /docker cannot be run/);
  });

  it("fails when a blob changes while it is read", async () => {
    script("docker", "cat >/dev/null");
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from("x");
      throw new PullError("layout-changed", "blob has changed");
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
      assert.match(stdout, /::warning::this docker uses the classic image store/);
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
      assert.deepEqual([more, outputs.get("exists")], [[], ""]);
    } finally {
      await registry.stop();
    }
  });
});
