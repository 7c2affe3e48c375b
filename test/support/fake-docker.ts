import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFile } from "./placed-files.ts";

// Reloads its configuration like dockerd: mirrors stay when the file has no list of them.
const DAEMON = `
const fs = require("node:fs");
const [config, mirrors] = process.argv.slice(1);
const load = () => {
  let list;
  try { list = JSON.parse(fs.readFileSync(config, "utf8"))["registry-mirrors"]; } catch {}
  if (list === undefined) return;
  fs.writeFileSync(mirrors + ".new", JSON.stringify(list.map((url) => url + "/")));
  fs.renameSync(mirrors + ".new", mirrors);
};
fs.writeFileSync(mirrors, "null");
load();
process.on("SIGHUP", load);
console.log("ready");
setInterval(() => {}, 1000);
`;

/** What a fake engine is like. */
export type FakeEngine = {
  readonly store?: "containerd" | "classic";
  /** Arguments of dockerd, in addition to its socket. */
  readonly args?: readonly string[];
  /** Where the docker client finds its engine; by default the socket of this one. */
  readonly endpoint?: string;
};

/** A docker client, and a process that /proc shows as dockerd, below a directory. */
export class FakeDocker {
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, process: ChildProcess) {
    this.#directory = directory;
    this.#process = process;
  }

  static async start(directory: string, engine: FakeEngine = {}): Promise<FakeDocker> {
    const socket = join(directory, "docker.sock");
    const mirrors = join(directory, "mirrors.json");
    const config = join(directory, "etc/docker/daemon.json");
    const child = spawn(process.execPath, ["-e", DAEMON, config, mirrors], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const shown = join(directory, "proc", String(child.pid));
    const command = ["/usr/bin/dockerd", "-H", `unix://${socket}`, ...(engine.args ?? []), ""];
    writeFile(join(shown, "cmdline"), command.join("\0"));
    writeFile(join(shown, "status"), "Name:\tdockerd\nUid:\t0\t0\t0\t0\n");
    symlinkSync("/", join(shown, "root"));
    writeClient(directory, engine, socket);
    return new FakeDocker(directory, child);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The mirrors that the daemon uses. */
  get mirrors(): unknown {
    return JSON.parse(readFileSync(join(this.#directory, "mirrors.json"), "utf8"));
  }

  /** Waits until the daemon uses these mirrors. */
  async hasMirrors(expected: readonly string[]): Promise<boolean> {
    for (let looks = 0; looks < 100; looks++) {
      if (JSON.stringify(this.mirrors ?? []) === JSON.stringify(expected)) return true;
      await sleep(20);
    }
    return false;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}

function writeClient(directory: string, { store, endpoint }: FakeEngine, socket: string): void {
  const driver =
    store === "classic"
      ? '[["Backing Filesystem","extfs"]]'
      : '[["driver-type","io.containerd.snapshotter.v1"]]';
  mkdirSync(join(directory, "bin"));
  const client = join(directory, "bin/docker");
  writeFileSync(
    client,
    `#!/bin/sh
case "$*" in
  "context inspect"*) echo '${endpoint ?? `unix://${socket}`}';;
  *DriverStatus*) echo '${driver}';;
  *Mirrors*) cat '${directory}/mirrors.json';;
  *) exit 1;;
esac
`,
  );
  chmodSync(client, 0o755);
}
