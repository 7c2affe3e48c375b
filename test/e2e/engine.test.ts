import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { formatPlatform, runnerPlatform } from "../../src/oci/platform.ts";
import { multiPlatform, schema1 } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep } from "../support/runner.ts";
import { realPartsMissing } from "./parts.ts";

describe("a real podman", { skip: realPartsMissing("podman") }, () => {
  const own = formatPlatform(runnerPlatform(process.platform, process.arch));
  const directory = mkdtempSync(join(tmpdir(), "podman-"));
  const environment = { CONTAINERS_STORAGE_CONF: join(directory, "storage.conf"), PATH: process.env["PATH"] ?? "" };
  const podman = (...args: string[]): string =>
    execFileSync("podman", args, { env: { ...environment, HOME: directory }, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  let registry: Registry;
  before(async () => {
    // A store of this test's own, in plain directories, which need no kernel's help.
    writeFileSync(
      environment.CONTAINERS_STORAGE_CONF,
      `[storage]\ndriver = "vfs"\ngraphroot = "${directory}/graph"\nrunroot = "${directory}/run"\n`,
    );
    registry = await Registry.start();
  });
  after(async () => {
    await registry?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("has the image under its name, its tag and its index's digest, with the registry gone", async () => {
    const made = multiPlatform([own, "linux/s390x"], { attestations: true });
    const app = registry.push("org/app", "1.0", made);
    const first = await runStep({ images: app, pull: "podman" }, environment);
    assert.equal(first.exitCode, 0, first.stdout);
    const again = await runStep({ images: app, pull: "podman" }, environment);
    assert.match(again.stdout, /podman has .*org\/app:1.0 already/);
    const pinned = `${registry.host}/org/app@${made.digest}`;
    await registry.stop();
    registry = await Registry.start();
    const [inspected] = JSON.parse(podman("image", "inspect", pinned));
    assert.deepEqual([inspected.Digest, inspected.RepoTags, inspected.Config.Entrypoint], [made.digest, [app], ["/bin/app"]]);
  });

  it("has an image that is named by digest alone, and one that was schema 1", async () => {
    const made = multiPlatform([own, "linux/s390x"], { salt: "digest" });
    registry.push("org/app", "1.0", made);
    const old = registry.push("org/old", "v1", schema1(true, own.split("/")[1]));
    const pinned = `${registry.host}/org/app@${made.digest}`;
    const { exitCode, stdout, outputs } = await runStep({ images: `${pinned}\n${old},name=old`, pull: "podman" }, environment);
    assert.equal(exitCode, 0, stdout);
    assert.equal(podman("image", "inspect", "--format", "{{.Digest}}", pinned).trim(), made.digest);
    const converted = JSON.parse(outputs.get("json") ?? "").images.old.converted;
    assert.equal(podman("image", "inspect", "--format", "{{.Digest}}", old).trim(), converted);
  });
});
