import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ClientPlaces } from "../../src/action/client-places.ts";
import { type Serving, type Told, tellClients, untellClients } from "../../src/action/clients.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { formatPlatform, runnerPlatform } from "../../src/oci/platform.ts";
import { HOLDER } from "../../src/store/holder.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { multiPlatform } from "../support/image.ts";
import { treeOf } from "../support/placed-files.ts";
import { Registry } from "../support/registry.ts";
import { realPartsMissing } from "./parts.ts";

const OWN = formatPlatform(runnerPlatform(process.platform, process.arch));
const PATH = process.env["PATH"] ?? "";

/** A machine below a directory: `/etc/docker`, and a home. */
class ClientMachine {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #places: ClientPlaces;

  constructor(name: string) {
    this.directory = temporaryDirectory(name);
    const home = join(this.directory, "home");
    for (const made of ["etc", "home"]) mkdirSync(join(this.directory, made));
    this.environment = { PATH, HOME: home, DOCKER_HOST: `unix://${this.directory}/docker.sock` };
    this.#places = {
      systemDocker: join(this.directory, "etc"),
      userDocker: join(home, ".config/docker"),
      registriesConf: join(home, ".config/containers/registries.conf.d"),
      proc: "/proc",
      lock: join(this.directory, "lock"),
    };
  }

  tell(address: string, only = false): Promise<Told> {
    const serving: Serving = { address, only, registries: [], holder: HOLDER };
    const { signal } = new AbortController();
    return tellClients(serving, { ...this.#task(), signal }, this.#places);
  }

  untell(): Promise<void> {
    return untellClients(HOLDER, this.#task(), this.#places);
  }

  #task() {
    const voice = {
      say: () => undefined,
      warn: (line: string) => assert.fail(line),
      group: () => undefined,
    };
    const { environment } = this;
    return { machine: { environment, platform: "linux", clock: SYSTEM_CLOCK }, voice } as const;
  }

  /** The configuration of clients. */
  get files(): readonly string[] {
    return [...treeOf(join(this.directory, "etc")), ...treeOf(join(this.directory, "home"))];
  }

  /** What a program prints. It runs asynchronously, because this process serves its registries. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const options = { env: this.environment, timeout: 60_000 };
    const { stdout } = await promisify(execFile)(program, args, options);
    return stdout.trim();
  }
}

let job: Registry;
let upstream: Registry;
beforeEach(async () => {
  job = await Registry.start();
  // Podman first asks whether it is a registry at all.
  job.faults.push(({ url }, response) => {
    if (url === "/v2/") response.end("{}");
    return url === "/v2/";
  });
  upstream = await Registry.start();
});
afterEach(async () => {
  await job.stop();
  await upstream.stop();
});

const made = (salt: string) => multiPlatform([OWN], { salt });

for (const store of ["containerd", "classic"] as const) {
  describe(`a real Docker Engine with its ${store} store is told`, {
    skip: realPartsMissing("dockerd", "containerd", "runc", "docker", "unshare"),
  }, () => {
    const machine = new ClientMachine("told");
    let engine: ChildProcess;
    let mountPoint: string | undefined;
    before(async () => {
      // It is missing on a machine that had no engine.
      mountPoint = mkdirSync("/etc/docker", { recursive: true });
      const features = { "containerd-snapshotter": store === "containerd" };
      writeFileSync(join(machine.directory, "etc/daemon.json"), JSON.stringify({ features }));
      engine = startEngine(machine);
      await answers(machine);
    });
    after(async () => {
      const ended = once(engine, "exit");
      engine.kill();
      await ended;
      if (mountPoint !== undefined) rmdirSync(mountPoint);
      rmSync(machine.directory, { recursive: true, force: true });
    });
    afterEach(() => machine.untell());

    it("gets images of Docker Hub from the job's registry, and is left as before", async () => {
      const filesBefore = machine.files;
      job.push("org/app", "1.0", made(`${store} hub`));
      await machine.tell(job.host);
      await machine.run("docker", "pull", "--quiet", "org/app:1.0");
      const first = job.seen.find(({ method }) => method === "HEAD");
      const ns = store === "containerd" ? "?ns=docker.io" : "";
      assert.equal(first?.path, `/v2/org/app/manifests/1.0${ns}`);
      await machine.untell();
      assert.deepEqual(machine.files, filesBefore);
      const format = "{{json .RegistryConfig.Mirrors}}";
      const mirrors = await machine.run("docker", "info", "--format", format);
      assert.match(mirrors, /^(null|\[\])$/);
    });

    it("asks the upstream for what the job's registry does not have", async () => {
      const app = upstream.push("org/app", "2.0", made(`${store} upstream`));
      await machine.tell(job.host);
      await machine.run("docker", "pull", "--quiet", app);
      const isAsked = job.seen.length > 0;
      assert.equal(isAsked, store === "containerd");
      assert.notEqual(upstream.seen.length, 0);
    });

    it("asks the upstream alone once that is undone", async () => {
      const app = upstream.push("org/app", "3.0", made(`${store} undone`));
      await machine.tell(job.host);
      await machine.untell();
      await machine.run("docker", "pull", "--quiet", app);
      assert.deepEqual(job.seen, []);
    });

    it("does not ask the upstream when it must not, or that is reported", async () => {
      const app = upstream.push("org/app", "4.0", made(`${store} only`));
      const { notOnly } = await machine.tell(job.host, true);
      const pulled = machine.run("docker", "pull", "--quiet", app);
      if (store === "containerd") {
        await assert.rejects(pulled, /not found/);
        assert.deepEqual(upstream.seen, []);
      } else {
        await pulled;
        assert.match(notOnly.join("\n"), /^Docker: docker pull with the classic image store/m);
      }
    });
  });
}

for (const program of ["podman", "skopeo"] as const) {
  describe(`a real ${program} is told`, { skip: realPartsMissing(program) }, () => {
    const machine = new ClientMachine(program);
    after(() => rmSync(machine.directory, { recursive: true, force: true }));

    const manifest = (image: string): Promise<string> =>
      program === "skopeo"
        ? machine.run("skopeo", "inspect", "--raw", `docker://${image}`)
        : machine.run("podman", "manifest", "inspect", image);

    for (const only of [false, true]) {
      it(`gets images from the job's registry, ${only ? "and from nowhere else" : "first"}`, async () => {
        const before = machine.files.filter((line) => line.includes(".config"));
        job.push("quay.io/org/app", "1.0", made("podman"));
        await machine.tell(job.host, only);
        const { manifests } = JSON.parse(await manifest("quay.io/org/app:1.0"));
        assert.equal(manifests.length, 1);
        await assert.rejects(manifest("quay.io/org/missing:1.0"), (error: Error) => {
          assert.equal(/quay\.io\/v2|lookup quay\.io/.test(error.message), !only, error.message);
          return true;
        });
        await machine.untell();
        assert.deepEqual(
          machine.files.filter((line) => line.includes(".config")),
          before,
        );
      });
    }
  });
}

/** Starts dockerd where `/etc/docker` is the machine's own: in a mount namespace. */
function startEngine({ directory, environment }: ClientMachine): ChildProcess {
  const network = ["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none"];
  const places = [
    ...["--data-root", `${directory}/data`, "--exec-root", `${directory}/exec`],
    ...["-p", `${directory}/pid`, "-H", environment["DOCKER_HOST"] ?? ""],
  ];
  const script = 'mount --bind "$0" /etc/docker && exec dockerd "$@"';
  const args = ["-m", "sh", "-c", script, join(directory, "etc"), ...network, ...places];
  return spawn("unshare", args, { stdio: "ignore", env: environment });
}

async function answers(machine: ClientMachine): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isThere = await machine.run("docker", "info").then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(200);
  }
  throw new Error("dockerd does not answer");
}
