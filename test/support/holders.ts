import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HOLDER } from "../../src/store/holder.ts";

const [, start = "", namespace = "", boot = ""] = HOLDER.split(".");
const anotherBoot = boot === "00000000" ? "00000001" : "00000000";

/** Holders as a layout's temporary names record them; all but `living` have ended. */
export const HOLDERS = {
  living: HOLDER,
  ended: `${spawnSync("true").pid}.${start}.${namespace}.${boot}`,
  /** An earlier process with the id of this one. */
  reused: `${process.pid}.${Number(start) + 1}.${namespace}.${boot}`,
  /** The same id in another container. */
  elsewhere: `${process.pid}.${start}.${Number(namespace) + 1}.${boot}`,
  /** The same id before a restart, or on another machine: both have the same first namespace. */
  otherBoot: `${process.pid}.${start}.${namespace}.${anotherBoot}`,
  /** The same id, on a system that states no start time. */
  noStart: `${process.pid}.0.${namespace}.${boot}`,
} as const;

/** A temporary name as `holder` makes it. */
export function nameOf(holder: string, path = "lock"): string {
  return `${path}.${holder}.${crypto.randomUUID()}`;
}

/** Creates the lock that `holder` would hold at `path`; returns the path of its file. */
export function plantLock(path: string, holder: string): string {
  const file = join(path, nameOf(holder, basename(path)));
  mkdirSync(path, { recursive: true });
  writeFileSync(file, "");
  return file;
}

/** A process that has ended and that its parent does not reap; `reap` ends the parent, too. */
export async function zombie(): Promise<{
  readonly holder: string;
  readonly reap: () => Promise<void>;
}> {
  // The shell becomes a program that waits for no child.
  const parent = spawn("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reap = async (): Promise<void> => {
    parent.kill();
    await once(parent, "exit");
  };
  const [line] = await once(parent.stdout, "data");
  const pid = Number(String(line));
  await until(() => statOf(parent.pid ?? 0).includes("(sleep)"));
  process.kill(pid, "SIGKILL");
  await until(() => fieldsOf(pid)[0] === "Z");
  return { holder: `${pid}.${fieldsOf(pid)[19]}.${namespace}.${boot}`, reap };
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(5);
}

const statOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, "utf8");
const fieldsOf = (pid: number): readonly string[] => statOf(pid).replace(/.*\) /, "").split(" ");
