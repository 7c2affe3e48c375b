import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { formatPlatform, runnerPlatform } from "../../src/oci/platform.ts";
import { CacheService } from "../support/cache-service.ts";
import { EngineMachine } from "../support/engine-machine.ts";
import { type Made, multiPlatform } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import type { StepResult } from "../support/runner.ts";
import { isInstalled, realPartsMissing } from "./parts.ts";

const OWN = formatPlatform(runnerPlatform(process.platform, process.arch));
const PLATFORMS = [OWN, OWN === "linux/s390x" ? "linux/amd64" : "linux/s390x"];
const NEEDED = ["dockerd", "containerd", "runc", "docker", "unshare", "nsenter", "busybox"];

/** How a client pulls an image from the job's registry at `served`, into a new directory. */
type Client = {
  readonly program: string;
  readonly pull: (served: string, directory: string) => readonly string[];
};

// The first two find the registry by its drop-in; the others are given its address.
const CLIENTS: readonly Client[] = [
  {
    program: "podman",
    pull: (_, directory) => [
      ...["podman", "--root", directory, "pull", "--quiet"],
      "docker.io/org/app:1",
    ],
  },
  {
    program: "skopeo",
    pull: (_, directory) => ["skopeo", "copy", "docker://docker.io/org/app:1", `dir:${directory}`],
  },
  {
    program: "crane",
    pull: (served, directory) => [
      ...["crane", "pull", "--insecure", "--format=oci"],
      ...[`${served}/docker.io/org/app:1`, directory],
    ],
  },
  {
    program: "oras",
    pull: (served, directory) => [
      ...["oras", "copy", "--from-plain-http", `${served}/docker.io/org/app:1`],
      ...["--to-oci-layout", `${directory}:1`],
    ],
  },
];

/** True for a program that Debian's stable suite lacks. */
function isOptional(program: string): boolean {
  return program === "crane" || program === "oras";
}

/** An image of which every layer differs from those of other salts. */
function imageOf(salt: string): Made {
  const busybox = readFileSync(execFileSync("which", ["busybox"], { encoding: "utf8" }).trim());
  const layer = Buffer.concat([busybox, Buffer.from(salt)]);
  return multiPlatform(PLATFORMS, { busybox: layer, salt, attestations: true });
}

for (const store of ["containerd", "classic"] as const) {
  describe(`the job's registry and a real Docker Engine with its ${store} store`, {
    skip: realPartsMissing(...NEEDED),
  }, () => {
    let machine: EngineMachine;
    let registry: Registry;
    let cache: CacheService;
    let upstream: string;
    let filesBefore: readonly string[];
    before(async () => {
      machine = await EngineMachine.start(store);
      filesBefore = machine.clientFiles;
    });
    beforeEach(async () => {
      registry = await Registry.start();
      upstream = registry.host;
      cache = await CacheService.start();
    });
    afterEach(async () => {
      machine.killServers();
      rmSync(join(machine.workspace, "images.lock.json"), { force: true });
      await Promise.all([registry.stop(), cache.stop()]);
    });
    after(() => machine.stop());

    /** A step with a registry for the job, which must pass. Docker Hub is the upstream. */
    async function passing(inputs: Record<string, string> = {}): Promise<StepResult> {
      const sources = `docker.io=${upstream},trust-tags=true`;
      const result = await machine.step({ sources, ...inputs }, cache.environment);
      assert.equal(result.exitCode, 0, result.stdout);
      return result;
    }

    /** Ends a job. Returns what the post step printed. Nothing of the job may be left. */
    async function ended(step: StepResult): Promise<string> {
      const printed = await machine.post(step, cache.environment);
      await quiet();
      assert.deepEqual(machine.clientFiles, filesBefore);
      return printed;
    }

    /** Resolves when no process of a job runs. */
    async function quiet(): Promise<void> {
      while (machine.servers().length > 0) await sleep(20);
    }

    /** The upstream's requests for content. It forgets them. */
    function gets(): readonly string[] {
      const all = registry.seen.splice(0);
      return all.filter(({ method }) => method === "GET").map(({ path }) => path);
    }

    const docker = (...args: readonly string[]): Promise<string> =>
      machine.expect("docker", ...args);

    it("pulls cold, and warm from the cache, with the upstream's names and digests", async () => {
      const { digest } = await pullTwice(`pull ${store}`, "");
      const [digests, tags] = await Promise.all(
        ["{{json .RepoDigests}}", "{{json .RepoTags}}"].map((format) =>
          docker("image", "inspect", "--format", format, "org/app:1"),
        ),
      );
      assert.deepEqual(JSON.parse(digests ?? ""), [`org/app@${digest}`]);
      assert.deepEqual(JSON.parse(tags ?? ""), ["org/app:1"]);
      await docker("image", "rm", "org/app:1");
    });

    it("pulls by digest while the upstream is stopped", async () => {
      const { digest } = await pullTwice(`digest ${store}`, "@");
      const pinned = `org/app@${digest}`;
      const found = await docker("image", "inspect", "--format", "{{json .RepoDigests}}", pinned);
      assert.deepEqual(JSON.parse(found), [pinned]);
    });

    /** Pulls an image in a job, and in another one, in which the upstream is stopped. */
    async function pullTwice(salt: string, by: "" | "@"): Promise<Made> {
      const made = imageOf(salt);
      registry.push("org/app", "1", made);
      const image = by === "@" ? `org/app@${made.digest}` : "org/app:1";
      const cold = await passing({ images: image, lock: "update" });
      await docker("pull", "--quiet", image);
      assert.notEqual(gets().length, 0);
      const printed = await ended(cold);
      assert.match(printed, /Images that this job pulled: 1\n.* from 127\.0\.0\.1:\d+/);
      await docker("image", "rm", image);
      await registry.stop();
      const warm = await passing({ images: image, lock: "frozen" });
      await docker("pull", "--quiet", image);
      assert.match(
        await ended(warm),
        /Images that this job pulled: 1\n.*: 1 pull by [^,]* from the cache\n/,
      );
      assert.deepEqual(gets(), []);
      return made;
    }

    it("builds from an image, and asks the upstream for it once", async () => {
      registry.push("org/base", "1", imageOf(`base ${store}`));
      const context = join(machine.workspace, "build");
      mkdirSync(context, { recursive: true });
      writeFileSync(join(context, "Dockerfile"), "FROM org/base:1\nLABEL built=here\n");
      const step = await passing();
      await docker("build", "--quiet", "--tag", "built", context);
      const first = gets();
      assert.equal(new Set(first).size, first.length);
      await docker("image", "rm", "built", "org/base:1");
      await docker("build", "--quiet", "--tag", "built", context);
      assert.deepEqual(gets(), []);
      assert.match(await ended(step), /docker\.io\/org\/base:1@.* 2 pulls by docker/);
      await docker("image", "rm", "built", "org/base:1");
    });

    it("leaves the machine as it was when it is killed", async () => {
      const step = await passing();
      machine.killServers();
      await quiet();
      assert.deepEqual(machine.clientFiles, filesBefore);
      assert.match(await ended(step), /::warning::.*ended before the job; clients asked the upst/);
    });

    if (store === "classic") return;

    it("lets the upstream answer when it is killed in the middle of a layer", async () => {
      const made = imageOf("killed");
      const app = registry.push("org/app", "1", made);
      const step = await passing();
      const stalled = stallOurs(made);
      const pulled = docker("pull", "--quiet", app);
      await stalled;
      machine.killServers();
      await pulled;
      await ended(step);
      await docker("image", "rm", app);
    });

    /** Sends the job's registry half of a layer. Resolves when it has that. */
    function stallOurs(made: Made): Promise<void> {
      const layer = made.blobs.find(({ bytes }) => bytes.length > 100_000);
      assert.ok(layer);
      const half = layer.bytes.subarray(0, layer.bytes.length / 2);
      return new Promise((resolve) => {
        registry.faults.push((request: IncomingMessage, response: ServerResponse) => {
          const isClient = /docker|containerd/i.test(request.headers["user-agent"] ?? "");
          if (isClient || !request.url?.includes(layer.digest)) return false;
          response.writeHead(200, { "content-length": layer.bytes.length });
          response.write(half, () => resolve());
          return true;
        });
      });
    }

    for (const { program, pull } of CLIENTS) {
      const isMissing = isOptional(program) ? !isInstalled(program) : realPartsMissing(program);
      it(`serves two of ${program} at once from one transfer, and then without the upstream`, {
        skip: isMissing,
      }, async () => {
        registry.push("org/app", "1", imageOf(program));
        const step = await passing({ images: "org/app:1" });
        const served = step.outputs.get("registry") ?? "";
        const pullInto = async (name: string): Promise<void> => {
          const [first = "", ...rest] = pull(served, join(machine.directory, `${program}-${name}`));
          await machine.expect(first, ...rest);
        };
        gets();
        await Promise.all([pullInto("cold"), pullInto("at once")]);
        const blobs = gets().filter((path) => path.includes("/blobs/"));
        assert.notEqual(blobs.length, 0);
        assert.equal(new Set(blobs).size, blobs.length);
        await registry.stop();
        await pullInto("warm");
        assert.match(await ended(step), /docker\.io\/org\/app:1@.* 3 pulls by /);
      });
    }

    it("refuses what the step does not name, with serve-only", async () => {
      const named = registry.push("org/named", "1", imageOf("named"));
      const other = registry.push("org/other", "1", imageOf("other"));
      const step = await passing({ images: named, "serve-only": "true" });
      await docker("pull", "--quiet", named);
      registry.seen.splice(0);
      const pulls = [
        machine.run("docker", "pull", "--quiet", other),
        machine.run("skopeo", "inspect", "docker://docker.io/org/other:1"),
      ];
      for (const { code, stderr } of await Promise.all(pulls)) {
        assert.notEqual(code, 0);
        assert.match(stderr, /denied: .*\/org\/other:1 is named neither by/i);
      }
      assert.deepEqual(registry.seen, []);
      await ended(step);
      await docker("image", "rm", named);
    });
  });
}
