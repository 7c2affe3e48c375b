import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { engineRunner } from "../../src/action/engine-program.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image, multiPlatform } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep } from "../support/runner.ts";

// Names of secrets in jobs and of clouds. An engine needs none of them to load an archive.
const SECRETS_OF_THE_JOB = [
  ...["INPUT_PASSWORD", "ACTIONS_RUNTIME_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_PAT"],
  ...["MY_SECRET", "NPM_AUTH", "DEPLOY_KEY"],
  ...[
    "REGISTRY_PASS",
    "DOCKER_AUTH_CONFIG",
    "DOCKER_PASSWORD",
    "DOCKER_PAT",
    "CONTAINER_REGISTRY_KEY",
  ],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET"],
  ...["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_AUTH_ACCESS_TOKEN"],
];

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory("engine");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Puts a shell script on the path of an engine. */
function script(name: string, body: string): void {
  writeFileSync(join(directory, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(directory, name), 0o755);
}

describe("engineRunner", () => {
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

  it("streams to standard input, and passes on none of the job's secrets", async () => {
    script("docker", 'wc -c; env | grep -c leak; echo "$HOME $*"');
    assert.deepEqual(await runner()("docker", ["load"], chunks()), {
      code: 0,
      output: "10000000\n0\n/h load\n",
    });
  });

  it("passes on the variables that an engine needs to run and to be reached", async () => {
    script("podman", "env");
    const { output } = await runner()("podman", ["load"]);
    const names = output.split("\n").map((line) => line.split("=")[0]);
    for (const name of [
      "HOME",
      "DOCKER_HOST",
      "DOCKER_CERT_PATH",
      "CONTAINERS_STORAGE_CONF",
      "CONTAINER_HOST",
    ]) {
      assert.ok(names.includes(name), `${name} of ${names}`);
    }
    for (const name of ["PATH", "XDG_RUNTIME_DIR", "https_proxy", "LC_ALL", "SystemRoot"])
      assert.ok(names.includes(name), name);
  });

  it("does not wait for a child of the engine that keeps its output open", {
    timeout: 30_000,
  }, async () => {
    script("docker", `sleep 600 & echo $! > ${directory}/left; echo loaded; exit 0`);
    try {
      assert.deepEqual(await runner()("docker", ["load"], chunks()), {
        code: 0,
        output: "loaded\n",
      });
    } finally {
      process.kill(Number(readFileSync(join(directory, "left"), "utf8")), "SIGKILL");
    }
  });

  it("ends with the step, even if the engine ignores signals and a child keeps its pipes open", {
    timeout: 30_000,
  }, async () => {
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

  it("returns the output of an engine that stops reading and exits", async () => {
    script("docker", "echo broken archive >&2; exit 3");
    assert.deepEqual(await runner()("docker", ["load"], chunks()), {
      code: 3,
      output: "broken archive\n",
    });
  });

  it("fails when the engine is not installed", async () => {
    await assert.rejects(
      engineRunner(
        { PATH: directory },
        { after: SYSTEM_CLOCK.after, signal: new AbortController().signal },
      )("podman", ["load"]),
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
});

describe("an engine", () => {
  it("gets an archive from a step: a layout, and a manifest.json for older versions of Docker", async () => {
    const registry = await Registry.start();
    try {
      script(
        "docker",
        `case "$1" in info) echo '[]';; image) exit 1;; load) cat > ${directory}/loaded.tar;; esac`,
      );
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
      const [config, ...layers] = image("linux/s390x").blobs.map(
        ({ digest }) => `blobs/${digest.replace(":", "/")}`,
      );
      assert.deepEqual(older, { Config: config, RepoTags: [app], Layers: layers });
      const [entry] = read("index.json").manifests;
      assert.deepEqual(
        [entry.digest, entry.annotations["io.containerd.image.name"]],
        [made.digest, app],
      );
      for (const path of [config, ...layers, `blobs/${made.digest.replace(":", "/")}`]) {
        assert.ok(path);
        assert.equal(
          digestOf(readFileSync(join(directory, path))),
          path.replace("blobs/", "").replace("/", ":"),
        );
      }
      assert.match(stdout, /::warning::this docker uses the classic image store/);
    } finally {
      await registry.stop();
    }
  });

  it("fails the step with the output of an engine that refuses an archive", async () => {
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
      assert.match(
        error?.data ?? "",
        /podman could not load .* \(exit code 125\): .*no space left/,
      );
      assert.deepEqual([more, outputs.get("exists")], [[], ""]);
    } finally {
      await registry.stop();
    }
  });
});
