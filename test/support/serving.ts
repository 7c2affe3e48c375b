import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { formatPlatform, runnerPlatform } from "../../src/oci/platform.ts";
import { CacheService } from "./cache-service.ts";
import { temporaryDirectory } from "./directory.ts";
import { type Content, image, index, type Made } from "./image.ts";
import { ask, type Got } from "./job-listener.ts";
import { Registry } from "./registry.ts";
import { obeyed, type RunOptions, runStep, type StepResult } from "./runner.ts";

// Far longer than the watchdog waits.
const PATIENCE_MS = 40_000;

type Given = Readonly<Record<string, string>>;

/** The platform that a job on this machine pulls. */
export const OWN_PLATFORM = formatPlatform(runnerPlatform(process.platform, process.arch));

/** An image for {@link OWN_PLATFORM} and another one. */
export type JobImage = Made & {
  /** What a client pulls of it: index, manifest, config and layers. */
  readonly parts: readonly Content[];
};

/** An image for this machine's platform and another one. The salt changes every digest. */
export function jobImage(salt = ""): JobImage {
  const own = image(OWN_PLATFORM, { salt });
  const made = index([own, image("linux/s390x", { salt })]);
  return { ...made, parts: [made, own, ...own.blobs] };
}

/** How a post script ended. */
export type Posted = {
  readonly exitCode: number;
  readonly stdout: string;
  /** The messages of its warnings. */
  readonly warnings: readonly string[];
};

/**
 * A job on an emulated runner, which ends all processes that its steps leave. Its steps share a
 * home, in which no client is configured, and they find no Docker Engine.
 */
export class ServingJob {
  readonly directory = temporaryDirectory("job");
  readonly temporary = join(this.directory, "temporary");
  readonly home = join(this.directory, "home");
  readonly #environment: Given;

  constructor(environment: Given) {
    for (const path of [this.temporary, this.home]) mkdirSync(path);
    this.#environment = {
      HOME: this.home,
      RUNNER_TEMP: this.temporary,
      TMPDIR: this.temporary,
      DOCKER_HOST: "unix:///nothing.sock",
      ...environment,
    };
  }

  /** Runs a step with a registry for the job. Every blob counts as large, and has its own entry. */
  step(inputs: Given, environment: Given = {}, options: RunOptions = {}): Promise<StepResult> {
    const all = { serve: "true", "cache-min-size": "200B", ...inputs };
    return runStep(all, { ...this.#environment, ...environment }, options);
  }

  /** The processes that the job's steps left: all that were started with its home. */
  processes(): readonly number[] {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => this.#isOwn(pid));
  }

  #isOwn(pid: number): boolean {
    return readVariables(pid).includes(`HOME=${this.home}`);
  }

  /** Resolves when none of its processes runs. Fails before a test that waits is ended. */
  async ended(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (this.processes().length > 0) {
      assert.ok(Date.now() < deadline, "its processes end");
      await sleep(20);
    }
  }

  /** Ends all of its processes. */
  async end(): Promise<void> {
    for (let left = this.processes(); left.length > 0; left = this.processes()) {
      for (const pid of left) kill(pid);
      await sleep(5);
    }
  }

  /** The files below its home, which are for clients. */
  clientFiles(): readonly string[] {
    const all = readdirSync(this.home, { recursive: true, withFileTypes: true });
    return all.filter((one) => !one.isDirectory()).map(({ name }) => name);
  }
}

/** The variables that a process was started with; none when it has ended. */
export function readVariables(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** A registry and a cache service, with the jobs that use them. */
export class JobSurroundings {
  readonly registry: Registry;
  readonly cache: CacheService;
  readonly #jobs: ServingJob[] = [];
  readonly #others: Registry[] = [];

  private constructor(registry: Registry, cache: CacheService) {
    this.registry = registry;
    this.cache = cache;
  }

  /** Runs a test with new surroundings. Ends everything in them after it, also when it fails. */
  static async with(test: (around: JobSurroundings) => Promise<void>): Promise<void> {
    const around = new JobSurroundings(await Registry.start(), await CacheService.start());
    try {
      await test(around);
    } finally {
      await around.#end();
    }
  }

  job(environment: Given = {}): ServingJob {
    const job = new ServingJob({ ...this.cache.environment, ...environment });
    this.#jobs.push(job);
    return job;
  }

  /** Another registry. */
  async another(): Promise<Registry> {
    const registry = await Registry.start();
    this.#others.push(registry);
    return registry;
  }

  /** The requests for content that reached the registry. It forgets them. */
  gets(): readonly string[] {
    const all = this.registry.seen.splice(0);
    return all.filter(({ method }) => method === "GET").map(({ path }) => path);
  }

  /** How many entries were saved to the cache. It forgets them. */
  saves(): number {
    return this.cache.seen.splice(0).filter((line) => line === "POST CreateCacheEntry").length;
  }

  async #end(): Promise<void> {
    await Promise.all(this.#jobs.map((job) => job.end()));
    const servers = [this.registry, this.cache, ...this.#others];
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** The job's registry of a step, as the state of the step names it. */
export function servedBy({ state, outputs }: StepResult) {
  const { directory, holder } = JSON.parse(state.get("registry") ?? "{}");
  assert.ok(typeof directory === "string" && typeof holder === "string", "no registry runs");
  const log = (): string => readFileSync(join(directory, "registry.log"), "utf8");
  return {
    directory,
    pid: Number(holder.split(".")[0]),
    port: Number(outputs.get("registry")?.split(":")[1]),
    log,
    receipt: join(directory, "receipt.json"),
  };
}

/** Runs the post script of a step. */
export async function postOf(step: StepResult, environment: Given = {}): Promise<Posted> {
  const { exitCode, stdout } = await step.post(environment);
  const warnings = obeyed(stdout).filter(({ name }) => name === "warning");
  return { exitCode, stdout, warnings: warnings.map(({ data }) => data) };
}

/** The job summary, with what post scripts wrote. */
export function summaryOf({ directory }: StepResult): string {
  const path = join(directory, "step_summary");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** A client that sends what Docker 28 with the containerd store does. */
export class DockerLike {
  readonly #port: number;
  readonly #registry: string;

  constructor(step: StepResult, registry: string) {
    this.#port = servedBy(step).port;
    this.#registry = registry;
  }

  /** One request, for a path below `/v2/`. */
  ask(path: string, method = "GET", headers: Given = {}): Promise<Got> {
    return ask(this.#port, `/v2/${path}?ns=${this.#registry}`, {
      method,
      headers: { accept: ACCEPT, "user-agent": "docker/28.5.2 go/go1.24", ...headers },
    });
  }

  /**
   * Pulls an image by tag or digest for {@link OWN_PLATFORM}. Returns the bytes of
   * {@link JobImage.parts}. Fails when an answer is not a complete 200 with the bytes of its digest.
   */
  async pull(repository: string, reference: string): Promise<readonly Buffer[]> {
    const head = await this.ask(`${repository}/manifests/${reference}`, "HEAD");
    assert.equal(head.status, 200, head.reason);
    const index = await this.#get(
      `${repository}/manifests`,
      String(head.headers["docker-content-digest"]),
    );
    const { manifests } = JSON.parse(index.toString());
    const [os, architecture] = OWN_PLATFORM.split("/");
    const own = manifests.find(
      ({ platform }: Record<string, { os?: string; architecture?: string }>) =>
        platform?.os === os && platform?.architecture === architecture,
    );
    const manifest = await this.#get(`${repository}/manifests`, own.digest);
    const { config, layers } = JSON.parse(manifest.toString());
    const blobs: Buffer[] = [];
    for (const { digest } of [config, ...layers]) {
      blobs.push(await this.#get(`${repository}/blobs`, digest));
    }
    return [index, manifest, ...blobs];
  }

  async #get(place: string, digest: Digest | string): Promise<Buffer> {
    const { status, reason, complete, body } = await this.ask(`${place}/${digest}`);
    assert.deepEqual([status, complete], [200, true], `${place}/${digest}: ${reason}`);
    assert.equal(digestOf(body), digest);
    return body;
  }
}

/** Pulls an image of the registry as a client does, and compares every byte. */
export async function pullRight(
  step: StepResult,
  registry: string,
  { parts }: JobImage,
  reference = "1",
): Promise<void> {
  const got = await new DockerLike(step, registry).pull("org/app", reference);
  assert.deepEqual(
    got,
    parts.map(({ bytes }) => bytes),
  );
}
