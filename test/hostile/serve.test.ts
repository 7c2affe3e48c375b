import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { endJob } from "../../src/action/end-job.ts";
import { type Machine, thisMachine } from "../../src/action/machine.ts";
import { startServing } from "../../src/action/serve.ts";
import type { Locked } from "../../src/gate/plan.ts";
import { asDigest } from "../../src/oci/digest.ts";
import { readInputs } from "../../src/runner/inputs.ts";
import type { Serving } from "../../src/runner/serving.ts";
import { type Terminal, terminal } from "../../src/runner/terminal.ts";
import { lifeOf } from "../../src/store/holder.ts";
import { type Canary, findCanaries } from "../support/canaries.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image, type Made } from "../support/image.ts";
import { ask, exchange, type Got } from "../support/job-listener.ts";
import { Registry } from "../support/registry.ts";

const PASSWORD = "canary/Passw0rd+of?the=registry&~";
const TOKEN = "ghs_canaryTokenOfTheJob0123456789abcdef";
const LOGIN = `Basic ${Buffer.from(`me:${PASSWORD}`).toString("base64")}`;
const CANARIES: readonly Canary[] = [
  { name: "password", secret: PASSWORD },
  { name: "token", secret: TOKEN },
];
const SERVE_SCRIPT = join(import.meta.dirname, "../../src/serve.ts");
const NOWHERE = temporaryDirectory("nowhere");

/** A job whose step started a registry, and named images by a lock file. */
class Job {
  readonly serving: Serving;
  readonly directory: string;
  readonly #machine: Machine;
  readonly #workflow: Terminal;
  readonly printed: readonly string[];

  private constructor(
    serving: Serving,
    machine: Machine,
    workflow: Terminal,
    printed: readonly string[],
  ) {
    this.serving = serving;
    this.directory = machine.temporary;
    this.#machine = machine;
    this.#workflow = workflow;
    this.printed = printed;
  }

  static async start(
    inputs: Readonly<Record<string, string>>,
    images: Readonly<Record<string, Made>>,
  ): Promise<Job> {
    const directory = temporaryDirectory("job");
    const given = { serve: "true", "github-token": TOKEN, ...inputs };
    const variables = Object.entries(given).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]);
    const environment = {
      ...Object.fromEntries(variables),
      GITHUB_TOKEN: TOKEN,
      // No engine of this machine, and no files of its user.
      PATH: NOWHERE,
      HOME: directory,
      XDG_CACHE_HOME: directory,
    };
    const here = { workspace: directory, temporary: directory, serveScript: SERVE_SCRIPT };
    const machine = { ...thisMachine(environment), ...here };
    const read = await readInputs(environment, RUNNER);
    if ("problems" in read) throw new Error(read.problems.join("; "));
    const printed: string[] = [];
    const workflow = terminal((line) => printed.push(line));
    const signal = new AbortController().signal;
    const step = { inputs: read, machine, workflow, signal, started: 0 };
    const named = { images: [], lock: new Map(Object.entries(images).map(locked)) };
    const { serve } = read;
    const serving = serve && (await startServing(named, serve, step));
    if (serving === undefined) throw new Error(printed.join("\n"));
    return new Job(serving, machine, workflow, printed);
  }

  get port(): number {
    return Number(this.serving.address.split(":").at(-1));
  }

  /** The server process, as a holder. */
  get holder(): string {
    return JSON.parse(this.#workflow.servingState()).holder;
  }

  get pid(): number {
    return Number(this.holder.split(".")[0]);
  }

  /** What a client gets that asks for a part of a repository, as Docker does. */
  get(registry: string, path: string): Promise<Got> {
    return ask(this.port, `/v2/${path}?ns=${registry}`);
  }

  /** Ends the registry as the post step does. */
  end(): Promise<void> {
    const left = { saves: "", serving: this.#workflow.servingState() };
    return endJob(left, this.#machine, this.#workflow);
  }
}

const RUNNER = { os: "linux", architecture: "amd64", variant: "", osVersion: "" };

function locked([reference, { digest }]: readonly [string, Made]): [string, Locked] {
  const known = asDigest(digest) ?? assert.fail(digest);
  return [reference, { digest: known, platforms: new Map(), day: "2026-11-22" }];
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

const APP = image("linux/amd64", { salt: "app" });
const OTHER = image("linux/amd64", { salt: "other" });
const TOOL = image("linux/amd64", { salt: "tool" });

describe("the registry of a job", () => {
  let upstream: Registry;
  let source: Registry;
  let job: Job;
  before(async () => {
    upstream = await Registry.start();
    source = await Registry.start();
    upstream.push("org/app", "1", APP);
    upstream.push("org/other", "1", OTHER);
    source.push("org/tool", "1", TOOL);
    for (const registry of [upstream, source]) {
      // Refuses what comes without a login for everything but org/other.
      registry.faults.push(({ url = "", headers }, response) => {
        const isFree = url.includes("org/other") || headers.authorization === LOGIN;
        if (isFree) return false;
        response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
        return true;
      });
    }
    const auth = [upstream, source].map(
      ({ host }) => `- registry: "${host}"\n  username: me\n  password: "${PASSWORD}"\n`,
    );
    const inputs = { "registry-auth": auth.join(""), sources: `docker.io=${source.host}` };
    const named = { [`${upstream.host}/org/app:1`]: APP, "docker.io/org/tool:1": TOOL };
    job = await Job.start(inputs, named);
  });
  after(async () => {
    await job.end();
    await upstream.stop();
    await source.stop();
  });

  it("J1: asks with credentials for named repositories only, also at a source", async () => {
    for (const registry of [upstream, source]) registry.seen.length = 0;
    const named = await job.get(upstream.host, `org/app/manifests/${APP.digest}`);
    const mirrored = await job.get("docker.io", `org/tool/manifests/${TOOL.digest}`);
    assert.deepEqual([named.status, mirrored.status], [200, 200]);
    const digest = `sha256:${"a".repeat(64)}`;
    const foreign = await job.get(upstream.host, "org/secret/manifests/1");
    await job.get(source.host, `org/secret/manifests/${digest}`);
    assert.equal(foreign.status, 403);
    const sent = [upstream, source].flatMap(({ seen }) => seen);
    const known = sent.filter(({ authorization }) => authorization !== "");
    assert.ok(known.length >= 2);
    for (const { path } of known) assert.match(path, /\/org\/(?:app|tool)\//);
  });

  it("J2: has no secret in its arguments, environment, log and receipt", async () => {
    await job.get(upstream.host, `org/app/manifests/${APP.digest}`);
    const files = globSync("registry-pull-serve-*/*.{log,json}", { cwd: job.directory });
    assert.equal(files.length, 2);
    const texts = files.map((name) => readFileSync(join(job.directory, name), "latin1"));
    if (process.platform === "linux") {
      for (const name of ["cmdline", "environ"]) {
        const text = readFileSync(`/proc/${job.pid}/${name}`, "latin1");
        assert.notEqual(text, "");
        texts.push(text);
      }
    }
    assert.deepEqual(findCanaries([...texts, ...job.printed].join("\n"), CANARIES), []);
  });

  it("J3: serves nothing of a repository under the name of another", async () => {
    await job.get(upstream.host, `org/app/manifests/${APP.digest}`);
    const blobs = APP.blobs.map(({ digest }) => `blobs/${digest}`);
    for (const path of [`manifests/${APP.digest}`, ...blobs]) {
      const { status } = await job.get(upstream.host, `org/other/${path}`);
      assert.equal(status, 404, path);
    }
  });

  it("J4: contacts no link-local address and no metadata service for a client", async () => {
    for (const address of ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"]) {
      const { status, reason } = await job.get(address, "latest/manifests/x");
      assert.ok(status === 502 || status === 400, `${address}: ${status} ${reason}`);
      assert.match(reason, /address refused|NAME_INVALID/);
    }
  });

  it("J5: answers clients that mean this machine, and nothing but GET and HEAD", async () => {
    const long = `GET /v2/?${"a".repeat(5_000)}`;
    for (const [request, headers, status] of [
      ["GET /v2/", "Host: localhost", 200],
      ["GET /v2/", "Host: registry.evil.example", 403],
      ["GET /v2/", "Host: localhost\r\nContent-Length: 3\r\n\r\nabc", 400],
      ["POST /v2/org/app/blobs/uploads/", "Host: localhost", 405],
      [long, "Host: localhost", 414],
    ] as const) {
      const text = `${request} HTTP/1.1\r\nConnection: close\r\n${headers}\r\n\r\n`;
      const answer = await exchange(job.port, text);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), request.slice(0, 40));
    }
  });

  it("J6: sends no redirect on, and cuts an answer whose bytes are wrong", async () => {
    const [config, layer] = OTHER.blobs;
    assert.ok(config && layer);
    const wrong = Buffer.alloc(layer.bytes.length, "x");
    upstream.faults.unshift(({ url = "", method }, response) => {
      const isMoved = url.endsWith(`/blobs/${config.digest}`);
      if (isMoved) response.writeHead(307, { location: `/moved/${config.digest}` }).end();
      const isConfig = url === `/moved/${config.digest}`;
      if (isConfig) response.end(config.bytes);
      const isWrong = url.endsWith(layer.digest) && method === "GET";
      if (isWrong) response.writeHead(200, { "content-length": wrong.length }).end(wrong);
      return isMoved || isConfig || isWrong;
    });
    await job.get(upstream.host, "org/other/manifests/1");
    const moved = await job.get(upstream.host, `org/other/blobs/${config.digest}`);
    assert.deepEqual([moved.status, moved.body.equals(config.bytes)], [200, true]);
    const cut = await job.get(upstream.host, `org/other/blobs/${layer.digest}`);
    assert.ok(cut.status === 502 || !cut.complete, `${cut.status} ${cut.complete}`);
    assert.ok(cut.status === 502 || cut.body.length < layer.bytes.length);
  });
});

describe("the registry of a job that is killed", () => {
  it("J7: leaves no file that leads a client to it", { timeout: 30_000 }, async (context) => {
    const job = await Job.start({}, {});
    context.after(() => job.end());
    const { registriesConf } = job.serving;
    const list = (): readonly string[] => globSync(".config/**", { cwd: job.directory });
    if (process.platform !== "linux") return assert.equal(registriesConf, "");
    assert.match(readFileSync(registriesConf, "utf8"), new RegExp(job.serving.address));
    process.kill(job.pid, "SIGKILL");
    await until(() => list().length === 0);
    assert.equal(lifeOf(job.holder), "dead");
  });
});
