import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { temporaryDirectory } from "../support/directory.ts";
import { image } from "../support/image.ts";
import { PullingDocker } from "../support/pulling-docker.ts";
import { Registry } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

const MADE = image("linux/amd64");
const DIGESTS = [MADE.digest, ...MADE.blobs.map(({ digest }) => digest)].toSorted();
const LAYER = MADE.blobs.at(-1) ?? assert.fail();
const SCRIPT = join(import.meta.dirname, "../../src/main.ts");

describe("an image that docker gets while it is pulled", () => {
  let directory: string;
  let registry: Registry;
  let app: string;
  beforeEach(async () => {
    directory = temporaryDirectory("loading");
    registry = await Registry.start();
    app = registry.push("org/app", "1.0", MADE);
  });
  afterEach(async () => {
    await registry.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function load(docker: PullingDocker, more: Record<string, string> = {}): Promise<StepResult> {
    const inputs = { images: app, platforms: "linux/amd64", pull: "docker", ...more };
    const environment = { PATH: `${docker.directory}:/usr/bin:/bin` };
    return runStep(inputs, environment, { script: SCRIPT });
  }

  it("comes from the step, and each blob once from the registry", async () => {
    const docker = new PullingDocker(directory);
    const { exitCode, stdout } = await load(docker);
    assert.equal(exitCode, 0, stdout);
    const own = `OWN@${MADE.digest}`;
    assert.deepEqual(
      docker.commands.filter((line) => !line.includes("inspect")),
      [
        "info --format {{json .DriverStatus}}",
        `pull --quiet --platform linux/amd64 ${own}`,
        "load",
        `image rm ${own}`,
      ],
    );
    assert.deepEqual(docker.received.toSorted(), DIGESTS);
    const blobs = registry.log.filter((line) => line.includes("/blobs/"));
    assert.equal(blobs.length, new Set(blobs).size, blobs.join("\n"));
    const names = execFileSync("tar", ["-tf", join(directory, "loaded.tar")], { encoding: "utf8" });
    assert.ok(names.includes(MADE.digest.replace(":", "/")));
    assert.ok(!names.includes(LAYER.digest.replace(":", "/")), names);
  });

  it("comes from the layout when that has it", async () => {
    const path = join(directory, "layout");
    await load(new PullingDocker(directory), { path, pull: "layout" });
    const docker = new PullingDocker(join(directory, "later"));
    const { exitCode, stdout } = await load(docker, { path });
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(docker.received.toSorted(), DIGESTS);
  });

  // images, which of them docker gets
  const other = image("linux/amd64", { salt: "other" });
  for (const { what, wanted, more, expected } of [
    {
      what: "one that is wanted under two names",
      wanted: () => `${app}\n${app},name=again`,
      more: {},
      expected: DIGESTS,
    },
    {
      what: "one beside an optional one that is not there",
      wanted: () => `${app}\n${registry.host}/org/none:1,optional=true`,
      more: {},
      expected: DIGESTS,
    },
    {
      what: "two, after a wait for the second",
      wanted: () => `${app}\n${registry.host}/org/late:1`,
      more: { "wait-timeout": "30", "wait-interval": "1" },
      expected: [...DIGESTS, other.digest],
    },
  ]) {
    it(`gets ${what}`, async () => {
      let asked = 0;
      registry.faults.push((request) => {
        const isLate = request.url?.includes("org/late/") === true;
        if (isLate && asked++ === 1) registry.push("org/late", "1", other);
        return false;
      });
      const docker = new PullingDocker(directory);
      const { exitCode, stdout } = await load(docker, { images: wanted(), ...more });
      assert.equal(exitCode, 0, stdout);
      for (const digest of expected) assert.ok(docker.received.includes(digest), stdout);
    });
  }

  it("is an archive for a docker that cannot reach this machine", async () => {
    const docker = new PullingDocker(directory, "elsewhere");
    const { exitCode, stdout } = await load(docker);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /docker loaded .*org\/app:1\.0 for linux\/amd64/);
    const names = execFileSync("tar", ["-tf", join(directory, "loaded.tar")], { encoding: "utf8" });
    for (const digest of DIGESTS) assert.ok(names.includes(digest.replace(":", "/")), names);
  });

  it("is never complete when the registry sends wrong bytes, and the step fails", async () => {
    const wrong = Buffer.alloc(LAYER.bytes.length, "w");
    registry.faults.push((request, response) => {
      if (!request.url?.endsWith(LAYER.digest)) return false;
      response.writeHead(200, { "content-length": wrong.length }).end(wrong);
      return true;
    });
    const docker = new PullingDocker(directory);
    const { exitCode, commands } = await load(docker);
    assert.equal(exitCode, 1);
    const errors = commands.filter(({ name }) => name === "error").map(({ data }) => data);
    assert.match(errors.join(), /digest differs/);
    for (const digest of docker.received) assert.ok(DIGESTS.includes(digest as never), digest);
    assert.ok(!docker.received.includes(LAYER.digest));
  });
});
