import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { formatPlatform, runnerPlatform } from "../../src/oci/platform.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { multiPlatform, schema1 } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep } from "../support/runner.ts";
import { realPartsMissing } from "./parts.ts";

const OWN = formatPlatform(runnerPlatform(process.platform, process.arch));
const PLATFORMS = [OWN, OWN === "linux/s390x" ? "linux/amd64" : "linux/s390x"];
const PATH = process.env["PATH"] ?? "";

describe("a real podman", { skip: realPartsMissing("podman") }, () => {
  const directory = temporaryDirectory("podman");
  const environment = { CONTAINERS_STORAGE_CONF: join(directory, "storage.conf"), PATH };
  const podman = (...args: string[]): string =>
    execFileSync("podman", args, {
      env: { ...environment, HOME: directory },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  let registry: Registry;
  before(async () => {
    // A store of this test's own, in plain directories, which need no support by the kernel.
    writeFileSync(
      environment.CONTAINERS_STORAGE_CONF,
      `[storage]\ndriver = "vfs"\ngraphroot = "${directory}/graph"\nrunroot = "${directory}/run"\n`,
    );
  });
  beforeEach(async () => {
    registry = await Registry.start();
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("has a loaded image by name, tag and the digest of its index", async () => {
    const made = multiPlatform(PLATFORMS, { attestations: true });
    const app = registry.push("org/app", "1.0", made);
    const pinned = `${registry.host}/org/app@${made.digest}`;
    const first = await runStep({ images: app, pull: "podman" }, environment);
    assert.equal(first.exitCode, 0, first.stdout);
    const again = await runStep({ images: app, pull: "podman" }, environment);
    assert.match(again.stdout, /podman already has .*org\/app:1.0 for linux/);
    await registry.stop();
    const [inspected] = JSON.parse(podman("image", "inspect", pinned));
    assert.deepEqual(
      [inspected.Digest, inspected.RepoTags, inspected.Config.Entrypoint],
      [made.digest, [app], ["/bin/app"]],
    );
  });

  it("has an image that is pulled by digest, and one that was schema 1", async () => {
    const made = multiPlatform(PLATFORMS, { salt: "digest" });
    registry.push("org/app", "1.0", made);
    const old = registry.push("org/old", "v1", schema1(true, OWN.split("/")[1]));
    const pinned = `${registry.host}/org/app@${made.digest}`;
    const { exitCode, stdout, outputs } = await runStep(
      { images: `${pinned}\n${old},name=old`, pull: "podman" },
      environment,
    );
    await registry.stop();
    assert.equal(exitCode, 0, stdout);
    assert.equal(podman("image", "inspect", "--format", "{{.Digest}}", pinned).trim(), made.digest);
    const converted = JSON.parse(outputs.get("json") ?? "").images.old.converted;
    assert.equal(podman("image", "inspect", "--format", "{{.Digest}}", old).trim(), converted);
  });
});

for (const store of ["containerd", "classic"] as const) {
  describe(`a real Docker Engine with its ${store} store`, {
    skip: realPartsMissing("dockerd", "containerd", "runc", "docker", "busybox"),
  }, () => {
    const directory = temporaryDirectory("dockerd");
    const environment = { DOCKER_HOST: `unix://${directory}/docker.sock`, PATH };
    const docker = (...args: string[]): string =>
      execFileSync("docker", args, {
        env: { ...environment, HOME: directory },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
    let engine: ChildProcess;
    let registry: Registry;
    before(async () => {
      const config = join(directory, "daemon.json");
      writeFileSync(
        config,
        JSON.stringify({ features: { "containerd-snapshotter": store === "containerd" } }),
      );
      const network = [
        "--iptables=false",
        "--ip6tables=false",
        "--ip-forward=false",
        "--bridge=none",
      ];
      const places = [
        "--data-root",
        `${directory}/data`,
        "--exec-root",
        `${directory}/exec`,
        "-p",
        `${directory}/pid`,
        "-H",
        environment.DOCKER_HOST,
      ];
      engine = spawn("dockerd", ["--config-file", config, ...network, ...places], {
        stdio: "ignore",
        env: { PATH, HOME: directory },
      });
      await answers(docker);
    });
    beforeEach(async () => {
      registry = await Registry.start();
    });
    after(async () => {
      const ended = new Promise((resolve) => engine.once("exit", resolve));
      engine.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    });
    const busybox = (): Buffer =>
      readFileSync(execFileSync("which", ["busybox"], { encoding: "utf8" }).trim());
    const say = (image: string): string =>
      docker(
        "run",
        "--rm",
        "--network",
        "none",
        "--pull",
        "never",
        "--entrypoint",
        "/busybox",
        image,
        "echo",
        "it runs",
      ).trim();

    it("runs a loaded image without its registry", async () => {
      const made = multiPlatform(PLATFORMS, { busybox: busybox(), attestations: true });
      const app = registry.push("org/app", "1.0", made);
      const first = await runStep({ images: app, pull: "docker" }, environment);
      assert.equal(first.exitCode, 0, first.stdout);
      const again = await runStep({ images: app, pull: "docker" }, environment);
      assert.match(again.stdout, /docker already has .*org\/app:1.0 for linux/);
      const pinned = `${registry.host}/org/app@${made.digest}`;
      await registry.stop();
      assert.equal(say(app), "it runs");
      // The name under which it was pulled from the step is gone.
      assert.doesNotMatch(docker("image", "ls"), /127\.0\.0\.1:\d+\/registry-pull/);
      const lost = /::warning::this docker uses the classic image store/.test(first.stdout);
      assert.equal(lost, store === "classic");
      if (store === "containerd") assert.equal(say(pinned), "it runs");
    });

    it("loads all platforms that its store can hold", async () => {
      const made = multiPlatform(PLATFORMS, { busybox: busybox(), salt: "all" });
      const app = registry.push("org/all", "1.0", made);
      const pinned = `${registry.host}/org/all@${made.digest}`;
      const { exitCode, stdout } = await runStep(
        { images: app, pull: "docker", platforms: PLATFORMS.join(",") },
        environment,
      );
      await registry.stop();
      assert.equal(exitCode, 0, stdout);
      assert.equal(say(app), "it runs");
      if (store === "classic") return;
      for (const platform of PLATFORMS) docker("image", "inspect", "--platform", platform, pinned);
    });

    it("loads the right bytes of an image that has wrong ones in the layout", async () => {
      const made = multiPlatform(PLATFORMS, { busybox: busybox(), salt: "wrong" });
      const app = registry.push("org/wrong", "1.0", made);
      const path = join(directory, "layout");
      const inputs = { images: app, path };
      const first = await runStep({ ...inputs, pull: "layout" }, environment);
      assert.equal(first.exitCode, 0, first.stdout);
      const blobs = join(path, "blobs/sha256");
      for (const name of readdirSync(blobs)) {
        const file = join(blobs, name);
        const bytes = readFileSync(file);
        if (bytes.length > 10_000) writeFileSync(file, Buffer.alloc(bytes.length));
      }
      const second = await runStep({ ...inputs, pull: "docker" }, environment);
      await registry.stop();
      assert.equal(second.exitCode, 0, second.stdout);
      assert.match(second.stdout, /docker loaded .*org\/wrong:1\.0/);
      assert.equal(say(app), "it runs");
    });

    it("loads an image that was schema 1, and one with Docker's media types", async () => {
      const old = registry.push("org/old", "v1", schema1(true, OWN.split("/")[1]));
      const app = registry.push(
        "org/docker",
        "1.0",
        multiPlatform(PLATFORMS, { busybox: busybox(), docker: true }),
      );
      const { exitCode, stdout } = await runStep(
        { images: `${old}\n${app}`, pull: "docker" },
        environment,
      );
      await registry.stop();
      assert.equal(exitCode, 0, stdout);
      assert.equal(docker("image", "inspect", "--format", "{{.Os}}", old).trim(), "linux");
      assert.equal(say(app), "it runs");
    });
  });
}

async function answers(docker: (...args: string[]) => string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      docker("info");
      return;
    } catch {
      await sleep(200);
    }
  }
  throw new Error("dockerd does not answer");
}
