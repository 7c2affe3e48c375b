import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { temporaryDirectory } from "./directory.ts";
import { type Contexts, evaluate, expressionsIn, interpolate } from "./expressions.ts";
import { type Made, multiPlatform } from "./image.ts";
import { PullingDocker } from "./pulling-docker.ts";
import { Registry } from "./registry.ts";
import { runStep, type StepResult } from "./runner.ts";
import { ServingJob } from "./serving.ts";

type Step = {
  readonly id?: string;
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
};

type Job = {
  readonly needs?: string;
  readonly if?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
  /** None in a job that is another workflow. */
  readonly steps?: readonly Step[];
  readonly [key: string]: unknown;
};

/** A workflow that has run: its jobs, as GitHub would start them, and the steps of this action. */
export type WorkflowRun = {
  /** Every job and step with its expressions evaluated. */
  readonly jobs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly results: readonly StepResult[];
  /** Expressions on outputs of this action that were empty. */
  readonly empty: readonly string[];
};

const OURS = /^org\/registry-pull@/;
const PLATFORMS = [
  "linux/amd64",
  "linux/arm64",
  "linux/arm/v6",
  "linux/386",
  "windows(10.0.20348)/amd64",
];
// What every run has. Secrets and variables have values of their own.
const GITHUB = {
  sha: "0123456789abcdef0123456789abcdef01234567",
  actor: "octocat",
  repository: "org/app",
  token: "ghs_token",
  head_ref: "feature",
  event: { client_payload: { image: "postgres:16" } },
};

/** A registry in the place of all others, a workspace and a Docker client for workflows. */
export class WorkflowRunner {
  readonly registry: Registry;
  readonly workspace = temporaryDirectory("workspace");
  readonly docker = new PullingDocker(join(temporaryDirectory("client"), "bin"));
  readonly #absent: readonly string[];
  readonly #pushed = new Map<string, Made>();
  readonly #job = new ServingJob({});

  private constructor(registry: Registry, absent: readonly string[]) {
    this.registry = registry;
    this.#absent = absent;
  }

  /** `absent` are repositories without images: `ghcr.io/org/tools`. */
  static async with(
    absent: readonly string[],
    test: (runner: WorkflowRunner) => Promise<void>,
  ): Promise<void> {
    const runner = new WorkflowRunner(await Registry.start(), absent);
    try {
      await test(runner);
    } finally {
      await runner.#job.end();
      await runner.registry.stop();
    }
  }

  /** Writes a project with a Compose file, two Dockerfiles and a manifest, without digests. */
  writeProject(): void {
    this.write("compose.yaml", "services:\n  db: { image: <postgres:16> }\n");
    for (const place of ["", "app/"]) this.write(`${place}Dockerfile`, "FROM <node:22>\n");
    const pod = { containers: [{ image: "<ghcr.io/org/app:1.4>" }] };
    this.write("deploy/app.yaml", stringify({ apiVersion: "v1", kind: "Pod", spec: pod }));
  }

  /** Writes a file of the workspace. Its references are those of the registry. */
  write(name: string, text: string): void {
    const path = join(this.workspace, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, this.localised(text));
  }

  /** A text with the registry in each reference that is marked, as in `<postgres:16>`. */
  localised(text: string): string {
    return text.replace(/<([\w./:-]+)>/g, (_, reference) => this.reference(reference));
  }

  /** The reference of an image in the registry, which has it from then on unless it is absent. */
  reference(written: string): string {
    const [name = "", tag = "latest"] = written.split(":");
    const repository = name.includes("/") ? name : `library/${name}`;
    if (!this.#absent.includes(repository)) this.#push(repository, tag);
    return `${this.registry.host}/${repository}:${tag}`;
  }

  /** The digest of an image that the registry has. */
  digest(written: string): string {
    const reference = this.reference(written);
    return this.#pushed.get(reference)?.digest ?? "";
  }

  #push(repository: string, tag: string): void {
    const made = multiPlatform(PLATFORMS, { salt: `${repository}:${tag}` });
    this.#pushed.set(this.registry.push(repository, tag, made), made);
  }

  /** Runs the jobs of a workflow in order, and in them each step of this action. */
  async run(text: string): Promise<WorkflowRun> {
    const jobs: Record<string, Readonly<Record<string, unknown>>> = {};
    const needs: Record<string, unknown> = {};
    const results: StepResult[] = [];
    const empty: string[] = [];
    for (const [name, job] of Object.entries<Job>(parse(text).jobs)) {
      const steps: Record<string, unknown> = {};
      const shared = { github: GITHUB, needs, steps, ...ofRunner() };
      const matrix = firstOf(interpolate(job.strategy?.matrix ?? {}, shared));
      const contexts = { ...shared, matrix };
      for (const step of job.steps ?? []) {
        empty.push(...emptyIn(step, contexts));
        if (!OURS.test(step.uses ?? "")) continue;
        const result = await this.#step(step, contexts);
        results.push(result);
        if (step.id) steps[step.id] = { outputs: Object.fromEntries(result.outputs) };
      }
      empty.push(...emptyIn({ ...job, steps: [] }, contexts));
      jobs[name] = evaluated(job, contexts);
      needs[name] = { outputs: interpolate(job.outputs ?? {}, contexts), result: "success" };
    }
    return { jobs, results, empty };
  }

  #step({ with: given = {} }: Step, contexts: Contexts): Promise<StepResult> {
    const inputs = Object.entries(interpolate(given, contexts) as object).map(([name, value]) => [
      name,
      name === "images" ? this.#images(String(value)) : String(value),
    ]);
    const environment = {
      GITHUB_WORKSPACE: this.workspace,
      PATH: `${this.docker.directory}:${process.env["PATH"]}`,
      RUNNER_TEMP: this.#job.temporary,
      TMPDIR: this.#job.temporary,
    };
    // A registry for the job outlives its step, and is ended by its home.
    if (given["serve"] === true) return this.#job.step(Object.fromEntries(inputs), environment);
    return runStep(Object.fromEntries(inputs), environment);
  }

  #images(list: string): string {
    if (list.trimStart().startsWith("[")) {
      return list.replace(/("reference": *)"([^"]+)"/g, (_, key, reference) => {
        return `${key}"${this.reference(reference)}"`;
      });
    }
    return list.replace(/^[^\s#,]+|(?<=,base=)(?!auto)[^\s,]+/gm, (found) => this.reference(found));
  }
}

/** What differs between runners and repositories. */
function ofRunner(): Contexts {
  return {
    runner: { os: "Linux", temp: "/tmp" },
    secrets: { DOCKERHUB_TOKEN: "token", GITHUB_TOKEN: GITHUB.token },
    vars: { DOCKERHUB_USERNAME: "octocat" },
    env: {},
    inputs: { digest: `sha256:${"0".repeat(64)}` },
    job: { services: { db: { id: "c0ffee" } } },
  };
}

/** One combination of a matrix: the first value of each list. */
function firstOf(matrix: unknown): unknown {
  const entries = Object.entries(matrix as object);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Array.isArray(value) ? value[0] : value]),
  );
}

function evaluated(job: Job, contexts: Contexts): Readonly<Record<string, unknown>> {
  // Conditions are expressions with and without their marks.
  const isRun = job.if === undefined || evaluate(job.if, contexts);
  const steps = (job.steps ?? []).map((step) => ({
    ...(interpolate(step, contexts) as object),
    if: step.if === undefined || evaluate(step.if, contexts),
  }));
  return { ...(interpolate({ ...job, steps: [] }, contexts) as object), if: isRun, steps };
}

/** The expressions on outputs whose value is empty. */
function emptyIn(value: unknown, contexts: Contexts): readonly string[] {
  const texts = JSON.stringify(value).replaceAll('\\"', '"');
  const known = Object.keys(contexts["steps"] as object).join("|");
  const ofOurs = new RegExp(`\\bneeds\\.|\\bsteps\\.(${known})\\.`);
  return expressionsIn(texts).filter((expression) => {
    if (!ofOurs.test(expression)) return false;
    const found = evaluate(expression, contexts);
    assert.ok(found !== undefined);
    return found === "" || found === null || (Array.isArray(found) && found.length === 0);
  });
}
