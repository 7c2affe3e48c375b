import { link, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PullError } from "../oci/failure.ts";
import { readRegular } from "./disk.ts";
import { HOLDER, isDead, temporaryPath } from "./holder.ts";

const PATIENCE_MS = 60_000;
const POLL_MS = 25;
// A holder's name and nothing else.
const LIMIT = 100;

/** How waiting for a lock is done, in milliseconds. */
export type Patience = { readonly now: () => number; readonly sleep: (ms: number) => Promise<unknown> };

const REAL_TIME: Patience = { now: Date.now, sleep };

/**
 * What `work` returns, run while this process alone holds the lock file at `path`. A lock whose process is dead is taken
 * over. Fails as `unsupported` when somebody else keeps it for a minute.
 */
export async function locked<T>(path: string, work: () => Promise<T>, time: Patience = REAL_TIME): Promise<T> {
  await acquire(path, time);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** The lock is there with its holder's name or not at all: a process that is killed in between leaves no riddle. */
async function acquire(path: string, time: Patience): Promise<void> {
  const mine = temporaryPath(path);
  await writeFile(mine, HOLDER, { flag: "wx" });
  try {
    await wait(mine, path, time);
  } finally {
    await rm(mine, { force: true });
  }
}

async function wait(mine: string, path: string, time: Patience): Promise<void> {
  const deadline = time.now() + PATIENCE_MS;
  while (!(await take(mine, path))) {
    const holder = await readHolder(path);
    if (isDead(holder)) await takeOver(path, holder);
    else if (time.now() > deadline) {
      const by = holder === "" ? "somebody" : `process ${holder.split(".")[0]}`;
      throw new PullError("locked", `locked: ${path} is held by ${by} for more than a minute`);
    }
    await time.sleep(POLL_MS);
  }
}

/** True when the lock is ours now; false when there is one. */
async function take(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
    return false;
  }
}

/** Who holds a lock; empty for whatever else is in its place. */
async function readHolder(path: string): Promise<string> {
  return (await readRegular(path, LIMIT).catch(() => undefined))?.toString() ?? "";
}

/** Removes a dead process's lock, if it is still that one: another process may have done so and taken it. */
async function takeOver(path: string, holder: string): Promise<void> {
  if ((await readHolder(path)) === holder) await rm(path, { force: true });
}
