import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readReceipt } from "../src/find/receipt-file.ts";
import { findCanaries } from "./support/canaries.ts";
import { entryFor, lockText } from "./support/lock-steps.ts";
import type { RunOptions, StepResult } from "./support/runner.ts";
import {
  DockerLike,
  JobSurroundings,
  jobImage,
  postOf,
  pullRight,
  readVariables,
  type ServingJob,
  servedBy,
  summaryOf,
} from "./support/serving.ts";

// The step starts processes that mostly wait for each other.
const AT_ONCE = { concurrency: 3 };

const IMAGE = jobImage();
const DIST = join(import.meta.dirname, "../dist");

/** The first job of a repository: a client pulls the image, and its post script saves it. */
async function fill(around: JobSurroundings, images: string, job = around.job()): Promise<void> {
  const step = await job.step({ images });
  assert.equal(step.exitCode, 0, step.stdout);
  await pullRight(step, around.registry.host, IMAGE);
  const { exitCode, warnings } = await postOf(step);
  assert.deepEqual([exitCode, warnings], [0, []]);
}

/** The places that a receipt names for the bytes of its only image. */
function placesOf(step: StepResult): readonly string[] {
  const [row, ...others] = readReceipt(readFileSync(servedBy(step).receipt));
  assert.deepEqual(others, []);
  const { layout = 0, cache = 0, registry = {} } = row?.bytes ?? {};
  const here = Object.entries({ layout, cache }).filter(([, bytes]) => bytes > 0);
  return [...here.map(([place]) => place), ...Object.keys(registry)];
}

describe("a registry for the job", AT_ONCE, () => {
  it("serves a cold job from the upstream, and a warm one without a GET to it", () =>
    JobSurroundings.with(async (around) => {
      const { registry, cache } = around;
      const app = registry.push("org/app", "1", IMAGE);
      const cold = await around.job().step({ images: app });
      await Promise.all([1, 2].map(() => pullRight(cold, registry.host, IMAGE)));
      await postOf(cold);
      assert.deepEqual(placesOf(cold), [registry.host]);
      // An entry for the image and one for each layer.
      assert.deepEqual([around.saves(), cache.entries.size], [3, 3]);
      around.gets();

      const warm = await around.job().step({ images: app });
      await pullRight(warm, registry.host, IMAGE);
      assert.equal((await postOf(warm)).exitCode, 0);
      assert.deepEqual([around.gets(), placesOf(warm), around.saves()], [[], ["cache"], 0]);
    }));

  const upstreamStopped: readonly (readonly [string, Readonly<Record<string, string>>, string])[] =
    [
      ["an image by digest", {}, `@${IMAGE.digest}`],
      ["an image with a lock file", {}, ":1"],
      ["an image with a frozen lock file", { lock: "frozen" }, ":1"],
    ];
  for (const [what, inputs, suffix] of upstreamStopped) {
    it(`serves ${what} in a warm job while the upstream is down`, () =>
      JobSurroundings.with(async (around) => {
        const { registry } = around;
        const { host } = registry;
        await fill(around, registry.push("org/app", "1", IMAGE));
        await registry.stop();
        const job = around.job();
        const reference = suffix === ":1" ? "1" : IMAGE.digest;
        if (suffix === ":1") {
          const text = lockText({ [`${host}/org/app:1`]: entryFor(IMAGE) });
          writeFileSync(join(job.directory, "images.lock.json"), text);
        }
        const images = `${host}/org/app${suffix}`;
        const step = await job.step({ images, ...inputs }, { GITHUB_WORKSPACE: job.directory });
        assert.equal(step.exitCode, 0, step.stdout);
        await pullRight(step, host, IMAGE, reference);
        assert.equal((await postOf(step)).exitCode, 0);
        assert.deepEqual(placesOf(step), ["cache"]);
      }));
  }

  it("serves the right bytes in a job with a poisoned cache, from the upstream", () =>
    JobSurroundings.with(async (around) => {
      const { registry, cache } = around;
      const app = registry.push("org/app", "1", IMAGE);
      await fill(around, app);
      for (const entry of cache.entries.values()) {
        const at = entry.bytes.length >> 1;
        entry.bytes[at] = (entry.bytes[at] ?? 0) ^ 1;
      }
      around.gets();
      const step = await around.job().step({ images: app });
      await pullRight(step, registry.host, IMAGE);
      assert.ok(around.gets().length > 0);
      assert.deepEqual((await postOf(step)).exitCode, 0);
    }));

  it("needs no images", () =>
    JobSurroundings.with(async (around) => {
      around.registry.push("org/app", "1", IMAGE);
      const step = await around.job().step({});
      assert.equal(step.exitCode, 0, step.stdout);
      await pullRight(step, around.registry.host, IMAGE);
      const { stdout } = await postOf(step);
      assert.match(stdout, /^Images that this job pulled: 1$/m);
    }));

  it("sets its outputs, prints where it runs, and tells clients", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await job.step({ images: around.registry.push("org/app", "1", IMAGE) });
      const address = step.outputs.get("registry") ?? "";
      const { directory, receipt, port } = servedBy(step);
      assert.equal(address, `127.0.0.1:${port}`);
      assert.ok(step.stdout.includes(`the job's registry runs at ${address}`), step.stdout);
      assert.match(step.outputs.get("buildkitd-config") ?? "", new RegExp(`"${address}"`));
      assert.match(step.outputs.get("k3d-config") ?? "", new RegExp(`http://${address}`));
      assert.equal(step.outputs.get("receipt-file"), receipt);
      assert.deepEqual(readReceipt(readFileSync(receipt)), []);
      const certs = join(directory, "certs.d");
      assert.ok(step.outputs.get("kind-config")?.includes(JSON.stringify(certs)));
      const hosts = readFileSync(join(certs, "_default/hosts.toml"), "utf8");
      assert.ok(hosts.includes(`http://${address}`));
      const podman = readFileSync(step.outputs.get("registries-conf") ?? "", "utf8");
      assert.ok(podman.includes(address));
      assert.match(step.summary, /The job's registry runs at <code>127/);
    }));

  it("is not started without the input, and its outputs are empty", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const images = around.registry.push("org/app", "1", IMAGE);
      expectNoRegistry(job, await job.step({ images, serve: "false" }), 0);
    }));

  it("is not started when the gate fails", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await job.step({ images: `${around.registry.host}/org/app:1` });
      expectNoRegistry(job, step, 1);
    }));

  it("is not started with invalid inputs, which are reported together", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const inputs = { serve: "false", "serve-only": "true", "serve-address": "127.0.0.1" };
      const step = await job.step({ images: "alpine", ...inputs });
      expectNoRegistry(job, step, 1);
      const errors = step.commands.filter(({ name }) => name === "error");
      const messages = errors.map(({ data }) => data).join("\n");
      assert.match(messages, /serve-address: expected address:port .*, got "127\.0\.0\.1"/);
      assert.match(messages, /serve-only: expected false, because serve is false, got true/);
    }));
});

const OUTPUTS_OF_SERVE = [
  "registry",
  "buildkitd-config",
  "kind-config",
  "k3d-config",
  "registries-conf",
  "receipt-file",
];

/** Checks that a step started nothing, and left nothing to its post script. */
function expectNoRegistry(job: ServingJob, step: StepResult, exitCode: number): void {
  assert.equal(step.exitCode, exitCode, step.stdout);
  for (const name of OUTPUTS_OF_SERVE) assert.equal(step.outputs.get(name), "", name);
  assert.equal(step.state.get("registry"), undefined);
  assert.deepEqual([job.processes(), job.clientFiles()], [[], []]);
}

describe("a registry for the job that cannot start", AT_ONCE, () => {
  /** Ways in which the start fails, as scripts in place of the real one. */
  const scripts: Readonly<Record<string, string | undefined>> = {
    "the script is not there": undefined,
    "the script ends at once": "process.exit(3)",
    "the script prints something else": "console.log('hello')",
    "the script prints an empty object": "console.log('{}')",
    "the script says why not": "console.log(JSON.stringify({ problem: 'no disk' }))",
  };
  for (const [what, script] of Object.entries(scripts)) {
    for (const only of [false, true]) {
      const outcome = only ? "the step fails with serve-only" : "the job goes on";
      it(`${what}: ${outcome}`, () =>
        JobSurroundings.with(async (around) => {
          const job = around.job();
          const options = { script: bundleWith(job, script) };
          await expectFailedStart(around, job, only, {}, options);
        }));
    }
  }

  for (const only of [false, true]) {
    it(`the port is taken: ${only ? "the step fails with serve-only" : "the job goes on"}`, () =>
      JobSurroundings.with(async (around) => {
        const other = createServer().listen(0, "127.0.0.1");
        await once(other, "listening");
        const address = other.address();
        const port = typeof address === "object" ? address?.port : 0;
        const inputs = { "serve-address": `127.0.0.1:${port}` };
        const why = await expectFailedStart(around, around.job(), only, inputs, {});
        other.close();
        assert.match(why, /EADDRINUSE/);
      }));
  }
});

/** A copy of the bundle with another script for the registry, or none. */
function bundleWith(job: ServingJob, script: string | undefined): string {
  const directory = join(job.directory, "dist");
  mkdirSync(directory);
  for (const name of readdirSync(DIST).filter((one) => one !== "serve.js")) {
    symlinkSync(join(DIST, name), join(directory, name));
  }
  if (script !== undefined) writeFileSync(join(directory, "serve.js"), script);
  return join(directory, "main.js");
}

/** Checks a step whose registry does not start. Returns what it printed about that. */
async function expectFailedStart(
  around: JobSurroundings,
  job: ServingJob,
  only: boolean,
  inputs: Readonly<Record<string, string>>,
  options: RunOptions,
): Promise<string> {
  const images = around.registry.push("org/app", "1", IMAGE);
  const all = { images, "serve-only": String(only), ...inputs };
  const step = await job.step(all, {}, options);
  await job.ended();
  expectNoRegistry(job, step, only ? 1 : 0);
  const found = step.commands.filter(({ name }) => name === (only ? "error" : "warning"));
  assert.equal(found.length, 1, step.stdout);
  const [{ data } = { data: "" }] = found;
  assert.match(data, /^the job's registry did not start: /);
  if (!only) assert.equal(step.outputs.get("exists"), "true");
  return data;
}

const PASSWORD = "canary/Passw0rd+of?the=registry&~ü";
const CANARIES = [
  { name: "password", secret: PASSWORD },
  { name: "github-token", secret: "ghs_canaryTokenOfTheJob0123456789abcdef" },
];

function authFor(...hosts: readonly string[]): string {
  const entry = (host: string): string =>
    `- registry: "${host}"\n  username: me\n  password: "${PASSWORD}"\n`;
  return hosts.map(entry).join("");
}

describe("the credentials of a job's registry", AT_ONCE, () => {
  it("are in no argument, environment, log, receipt, state or output", () =>
    JobSurroundings.with(async (around) => {
      const { registry } = around;
      registry.access = { scheme: "basic", login: `me:${PASSWORD}` };
      const images = registry.push("org/app", "1", IMAGE);
      const job = around.job();
      const token = CANARIES[1]?.secret ?? "";
      const inputs = { images, "registry-auth": authFor(registry.host), "github-token": token };
      const step = await job.step(inputs, { GITHUB_TOKEN: token });
      assert.equal(step.exitCode, 0, step.stdout);
      await pullRight(step, registry.host, IMAGE);
      const pids = job.processes();
      assert.equal(pids.length, 2, "the registry and its watchdog");
      const processes = pids.flatMap((pid) => [
        ...readVariables(pid),
        readFileSync(`/proc/${pid}/cmdline`, "utf8"),
      ]);
      const post = await postOf(step);
      const { directory, log, receipt } = servedBy(step);
      const shown = [step.stdout, step.stderr, post.stdout].join("\n").split("\n");
      const texts = [
        ...processes,
        ...shown.filter((line) => !line.startsWith("::add-mask::")),
        log(),
        readFileSync(receipt, "utf8"),
        ...step.files.values(),
        ...readdirSync(directory, { recursive: true }).map(String),
      ];
      assert.deepEqual(findCanaries(texts.join("\n"), CANARIES), []);
    }));

  it("are sent for a named repository, and for no other of the same registry", () =>
    JobSurroundings.with(async (around) => {
      const { registry } = around;
      registry.access = { scheme: "basic", login: `me:${PASSWORD}` };
      const images = registry.push("org/app", "1", IMAGE);
      registry.push("org/other", "1", jobImage("other"));
      const step = await around.job().step({ images, "registry-auth": authFor(registry.host) });
      registry.seen.length = 0;
      const client = new DockerLike(step, registry.host);
      await client.pull("org/app", "1");
      const other = await client.ask("org/other/manifests/1");
      assert.equal(other.status, 403, other.body.toString());
      expectIdentified(registry.seen, "/v2/org/app/", "/v2/org/other/");
    }));

  it("are sent to a source of a named repository, and for no other one there", () =>
    JobSurroundings.with(async (around) => {
      const { registry } = around;
      const mirror = await around.another();
      mirror.access = { scheme: "basic", login: `me:${PASSWORD}` };
      const images = registry.push("org/app", "1", IMAGE);
      const other = jobImage("other");
      registry.push("org/other", "1", other);
      mirror.push("mirror/org/app", "1", IMAGE);
      mirror.push("mirror/org/other", "1", other);
      const sources = `${registry.host}=${mirror.host}/mirror`;
      const auth = authFor(mirror.host);
      const step = await around.job().step({ images, sources, "registry-auth": auth });
      mirror.seen.length = 0;
      const client = new DockerLike(step, registry.host);
      await client.pull("org/app", "1");
      await client.pull("org/other", "1");
      expectIdentified(mirror.seen, "/v2/mirror/org/app/", "/v2/mirror/org/other/");
    }));
});

/** Checks that requests below one path have credentials, and that those below another have none. */
function expectIdentified(
  seen: JobSurroundings["registry"]["seen"],
  named: string,
  other: string,
): void {
  const below = (path: string): readonly boolean[] =>
    seen.filter((one) => one.path.startsWith(path)).map((one) => one.authorization !== "");
  assert.ok(below(named).includes(true), "asked with credentials");
  assert.deepEqual(new Set(below(other)), new Set([false]));
}

describe("a request to a job's registry", AT_ONCE, () => {
  it("is refused with the header Host of a web page", () =>
    JobSurroundings.with(async (around) => {
      const images = around.registry.push("org/app", "1", IMAGE);
      const client = new DockerLike(await around.job().step({ images }), around.registry.host);
      const path = "org/app/manifests/1";
      assert.equal((await client.ask(path, "GET", { host: "evil.example" })).status, 403);
      assert.equal((await client.ask(path, "GET", { host: "host.docker.internal" })).status, 200);
    }));

  it("is refused with serve-only for what nothing names, in words, and nothing is asked", () =>
    JobSurroundings.with(async (around) => {
      const { registry } = around;
      const images = registry.push("org/app", "1", IMAGE);
      registry.push("org/app", "2", jobImage("other"));
      const step = await around.job().step({ images, "serve-only": "true" });
      await pullRight(step, registry.host, IMAGE);
      registry.seen.length = 0;
      const client = new DockerLike(step, registry.host);
      for (const path of ["org/app/manifests/2", "org/other/manifests/1"]) {
        const { status, reason } = await client.ask(path, "HEAD");
        assert.equal(status, 403);
        assert.match(reason, /^DENIED: .* and serve-only is true/);
      }
      assert.deepEqual(registry.log, []);
      const warnings = step.commands.filter(({ name }) => name === "warning");
      assert.ok(warnings.some(({ data }) => data.startsWith("serve-only does not hold for")));
    }));
});

describe("the post script of a job with a registry", AT_ONCE, () => {
  it("undoes, stops the process, prints the receipt, writes the summary and saves", () =>
    JobSurroundings.with(async (around) => {
      const { registry, cache } = around;
      const job = around.job();
      const step = await job.step({ images: registry.push("org/app", "1", IMAGE) });
      await pullRight(step, registry.host, IMAGE);
      assert.equal(job.clientFiles().length, 2, "podman's drop-in, and a record of it");
      const { exitCode, stdout, warnings } = await postOf(step);
      assert.deepEqual([exitCode, warnings], [0, []], stdout);
      await job.ended();
      assert.deepEqual(job.clientFiles(), []);
      assert.match(stdout, /^Images that this job pulled: 1$/m);
      assert.match(stdout, /org\/app:1@sha256:\w+ for .*: 1 pull by docker 28\.5\.2; .* from /);
      assert.match(stdout, /^cache: saved 3 entries$/m);
      assert.match(summaryOf(step), /^### Images that this job pulled: 1$/m);
      assert.equal(cache.entries.size, 3);
    }));

  const notSaved: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    Readonly<Record<string, string>>,
  ])[] = [
    ["the job failed", {}, { "INPUT_JOB-STATUS": "failure" }],
    ["the job was cancelled", {}, { "INPUT_JOB-STATUS": "cancelled" }],
    ["a pull request triggered it", { GITHUB_EVENT_NAME: "pull_request" }, {}],
  ];
  for (const [what, environment, atEnd] of notSaved) {
    it(`undoes and saves nothing when ${what}`, () =>
      JobSurroundings.with(async (around) => {
        const { registry, cache } = around;
        const job = around.job(environment);
        const step = await job.step({ images: registry.push("org/app", "1", IMAGE) });
        await pullRight(step, registry.host, IMAGE);
        const { exitCode, stdout } = await postOf(step, atEnd);
        await job.ended();
        assert.deepEqual([exitCode, job.clientFiles(), cache.entries.size], [0, [], 0]);
        assert.match(stdout, /^Images that this job pulled: 1$/m);
      }));
  }
});
