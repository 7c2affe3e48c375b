import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryDirectory } from "./directory.ts";
import { treeOf } from "./placed-files.ts";
import { run, runStep, type StepResult } from "./runner.ts";

type Given = Readonly<Record<string, string>>;

/** What a program printed, and its exit code: -1 when a signal ended it. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

const ROOT = join(import.meta.dirname, "../..");
const PATH = process.env["PATH"] ?? "";
const NO_NETWORK = [
  "--iptables=false",
  "--ip6tables=false",
  "--ip-forward=false",
  "--bridge=none",
] as const;

/**
 * A machine with a real Docker Engine. Its `/etc/docker` and its home are directories of its own:
 * the engine and the steps of its jobs run in a mount namespace. This needs root.
 */
export class EngineMachine {
  readonly directory = temporaryDirectory("machine");
  readonly workspace = join(this.directory, "workspace");
  readonly home = join(this.directory, "home");
  readonly #etc = join(this.directory, "etc");
  readonly #temporary = join(this.directory, "temporary");
  readonly #engine: ChildProcess;
  /** `/etc/docker` when this machine had none; it is the mount point. */
  readonly #mountPoint: string | undefined;

  private constructor(store: "containerd" | "classic") {
    for (const path of [this.workspace, this.home, this.#etc, this.#temporary]) mkdirSync(path);
    const features = { "containerd-snapshotter": store === "containerd" };
    writeFileSync(join(this.#etc, "daemon.json"), JSON.stringify({ features }));
    writeFileSync(
      join(this.home, "storage.conf"),
      `[storage]\ndriver = "vfs"\ngraphroot = "${this.home}/graph"\nrunroot = "${this.home}/run"\n`,
    );
    this.#mountPoint = mkdirSync("/etc/docker", { recursive: true });
    const { directory, environment } = this;
    const places = [
      ...["--data-root", `${directory}/data`, "--exec-root", `${directory}/exec`],
      ...["-p", `${directory}/pid`, "-H", environment["DOCKER_HOST"] ?? ""],
    ];
    const script = 'mount --bind "$0" /etc/docker && exec dockerd "$@"';
    const args = ["-m", "sh", "-c", script, this.#etc, ...NO_NETWORK, ...places];
    this.#engine = spawn("unshare", args, { stdio: "ignore", env: environment });
  }

  /** Starts the engine, and resolves when it answers. */
  static async start(store: "containerd" | "classic"): Promise<EngineMachine> {
    const machine = new EngineMachine(store);
    for (let attempt = 0; attempt < 300; attempt++) {
      if ((await machine.run("docker", "info")).code === 0) return machine;
      await sleep(200);
    }
    await machine.stop();
    throw new Error("dockerd does not answer");
  }

  /** The variables with which clients run, and the steps. */
  get environment(): Given {
    return {
      PATH,
      HOME: this.home,
      DOCKER_HOST: `unix://${this.directory}/docker.sock`,
      // The builder that is a part of every engine: buildx is not installed everywhere.
      DOCKER_BUILDKIT: "0",
      // Plain directories need no support by the kernel.
      CONTAINERS_STORAGE_CONF: join(this.home, "storage.conf"),
    };
  }

  /** Runs a client. It runs asynchronously, because this process is the upstream. */
  run(program: string, ...args: readonly string[]): Promise<Ran> {
    const options = { env: this.environment, timeout: 60_000 };
    return new Promise((resolve) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        const code = typeof error?.code === "number" ? error.code : -1;
        resolve({ code: error === null ? 0 : code, stdout, stderr });
      });
    });
  }

  /** What a client prints. Fails when it does. */
  async expect(program: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(program, ...args);
    if (code === 0) return stdout.trim();
    throw new Error(`${program} ${args.join(" ")}: ${code}: ${stderr}`);
  }

  /** Runs the step of a new job, with a registry for that. Nothing is left of the last job. */
  step(inputs: Given, environment: Given = {}): Promise<StepResult> {
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary);
    const all = { ...this.#stepEnvironment, ...environment };
    // Each blob has an entry of its own in the cache.
    const given = { serve: "true", "cache-min-size": "200B", ...inputs };
    return runStep(given, all, { command: this.#inside });
  }

  /** Runs the post script of a step, as the runner does after the job. Returns what it printed. */
  async post({ state }: StepResult, environment: Given = {}): Promise<string> {
    const variables = [...state].map(([name, value]) => [`STATE_${name}`, value]);
    const summary = join(this.directory, "summary.md");
    writeFileSync(summary, "");
    const env = {
      ...{ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary },
      ...this.#stepEnvironment,
      ...environment,
      ...Object.fromEntries(variables),
    };
    const script = join(ROOT, "dist/post.js");
    const { exitCode, stdout } = await run([script], env, { command: this.#inside });
    if (exitCode === 0) return stdout;
    throw new Error(`the post script ended with ${exitCode}: ${stdout}`);
  }

  get #stepEnvironment(): Given {
    return {
      ...this.environment,
      RUNNER_TEMP: this.#temporary,
      TMPDIR: this.#temporary,
      GITHUB_WORKSPACE: this.workspace,
    };
  }

  get #inside(): readonly string[] {
    return ["nsenter", "--mount", `--target=${this.#engine.pid}`, process.execPath];
  }

  /** The configuration of clients: every file and directory below `/etc/docker` and `.config`. */
  get clientFiles(): readonly string[] {
    const ofHome = treeOf(this.home).filter((line) => line.startsWith(".config"));
    return [...treeOf(this.#etc), ...ofHome];
  }

  /** The processes of registries and watchdogs which run for jobs of this machine. */
  servers(): readonly number[] {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => {
      const isOwn = textOf(`/proc/${pid}/environ`).split("\0").includes(`HOME=${this.home}`);
      return isOwn && textOf(`/proc/${pid}/cmdline`).includes("dist/serve.js");
    });
  }

  /** Ends the registries of jobs without warning, as a crash does. */
  killServers(): void {
    for (const pid of this.servers()) {
      const isWatchdog = textOf(`/proc/${pid}/cmdline`).endsWith("watch\0");
      if (!isWatchdog) process.kill(pid, "SIGKILL");
    }
  }

  /** Ends the engine, and removes all of this machine. */
  async stop(): Promise<void> {
    this.killServers();
    const ended = once(this.#engine, "exit");
    this.#engine.kill();
    await ended;
    if (this.#mountPoint !== undefined) rmdirSync(this.#mountPoint);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
