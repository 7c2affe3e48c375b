import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineMachine } from "../test/support/engine-machine.ts";
import { isInstalled } from "./programs.ts";
import type { Setup, Stoppable } from "./setup.ts";

const PROGRAMS = ["dockerd", "containerd", "runc", "docker", "unshare", "nsenter", "busybox"];
const CONTAINERD = "data/containerd/daemon";
// What must be empty before a run: the blobs of images, and what is unpacked of them.
const STORED = [
  join(CONTAINERD, "io.containerd.content.v1.content/blobs/sha256"),
  join(CONTAINERD, "io.containerd.snapshotter.v1.overlayfs/snapshots"),
];
const POLL_MS = 50;
const POLLS = 400;

/** A Docker Engine of the bench, with `/etc/docker` and image store of its own. */
export type Engine = Stoppable & {
  /** The variables with which clients reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What precedes a command that must see its `/etc/docker`. */
  readonly inside: readonly string[];
  /** Removes all images, and resolves when no byte of them is stored. */
  readonly empty: () => Promise<void>;
  /** Resolves when no registry of a job runs. */
  readonly quiet: () => Promise<void>;
};

/** Why this machine cannot have such an engine; undefined when it can. */
export function engineObstacle(): string | undefined {
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  return process.getuid?.() === 0 ? undefined : "an engine of the bench needs root";
}

/** Starts the engine, with the containerd store. */
export async function startEngine({ own }: Setup): Promise<Engine> {
  const machine = await own(EngineMachine.start("containerd"));
  const pid = readFileSync(join(machine.directory, "pid"), "utf8").trim();
  return {
    environment: machine.environment,
    inside: ["nsenter", "--mount", `--target=${pid}`],
    empty: () => empty(machine),
    quiet: () => until("the job's registry to end", () => machine.servers().length === 0),
    stop: () => machine.stop(),
  };
}

async function empty(machine: EngineMachine): Promise<void> {
  const listed = await machine.expect("docker", "image", "ls", "--all", "--quiet", "--no-trunc");
  const ids = new Set(listed.split("\n").filter((id) => id !== ""));
  for (const id of ids) await machine.expect("docker", "image", "rm", "--force", id);
  const stored = STORED.map((path) => join(machine.directory, path));
  await until("an empty engine", () => stored.every(isEmpty));
}

/** True for an empty directory, and for one that the engine has not made yet. */
function isEmpty(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return true;
  }
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    if (isTrue()) return;
    await sleep(POLL_MS);
  }
  throw new Error(`expected ${what} within ${(POLLS * POLL_MS) / 1_000} s`);
}
