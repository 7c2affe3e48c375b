import { lstat, mkdir, readdir, rename, rm, rmdir, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PullError } from "../oci/failure.ts";
import { holderOf, lifeOf, temporaryPath } from "./holder.ts";

const POLL_MS = 25;
const PATIENCE_MS = 60_000;
const BEAT_MS = 1_000;
// Twenty beats. Some may come late: file times are kept to 2 s (FAT) and cached for 3 s (acregmin in
// nfs(5)), and a write to a slow disk may hold up a living holder for seconds.
const SILENCE_MS = 20 * BEAT_MS;

/** Time, passed in. */
export type Patience = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Calls `run` once, in `ms` milliseconds, unless the function it returns is called first. */
  readonly after: (ms: number, run: () => void) => () => void;
};

/** The system's time. */
export const REAL_TIME: Patience = {
  now: Date.now,
  sleep,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * What `work` returns, run while this process alone holds the lock at `path`.
 *
 * The lock is a directory with one file, whose name is new with each acquisition. Such a directory
 * is renamed to `path`, which succeeds only while nothing or an empty directory is there. Removing
 * the file frees that acquisition and no later one. Each is a single step, so it does not matter
 * when a process is killed, nor how long it takes from looking at a lock to removing it.
 *
 * A lock is taken over when its holder is dead. Where that cannot be known (another container or
 * machine), it is taken over when the holder has not touched its file for 20 s. A holder that stood
 * still for longer (a paused container) has lost the lock: right before it changes anything, `work`
 * calls `expectHeld`, which then fails as `unsupported`.
 *
 * Fails as `unsupported` when a living process keeps the lock for a minute.
 */
export async function locked<T>(
  path: string,
  work: (expectHeld: () => Promise<void>) => Promise<T>,
  time: Patience = REAL_TIME,
): Promise<T> {
  const mine = await acquire(path, time);
  const stopBeating = beat(mine, time);
  try {
    return await work(() => expectHeld(mine));
  } finally {
    stopBeating();
    await release(mine);
  }
}

/** The path of this process's file in the lock. */
async function acquire(path: string, time: Patience): Promise<string> {
  const aside = temporaryPath(path);
  const name = basename(aside);
  await mkdir(aside);
  try {
    await writeFile(join(aside, name), "", { flag: "wx" });
    await wait(aside, path, time);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return join(path, name);
}

/**
 * Counts the time slept and not the time that passed: neither a clock that is set nor a machine
 * that was suspended makes a living holder look silent.
 */
async function wait(aside: string, path: string, time: Patience): Promise<void> {
  let silent = 0;
  let last = NOTHING;
  let isTaken = await take(aside, path);
  for (let waited = 0; !isTaken; waited += POLL_MS) {
    const seen = await look(path);
    const isSame = seen.name === last.name && seen.touched === last.touched;
    silent = isSame ? silent + POLL_MS : 0;
    last = seen;
    if (isAbandoned(seen.name, silent)) await release(join(path, seen.name));
    else if (waited > PATIENCE_MS) throw kept(path, seen.name);
    await time.sleep(POLL_MS);
    isTaken = await take(aside, path);
  }
}

// ENOTDIR: something else has that name. The last three are how Windows refuses.
const TAKEN = new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM", "EACCES", "EBUSY"]);

/** True when this process holds the lock now; false when another one does. */
async function take(aside: string, path: string): Promise<boolean> {
  try {
    await rename(aside, path);
    return true;
  } catch (error) {
    if (!TAKEN.has((error as { code?: string }).code ?? "")) throw error;
    await removeEmpty(path);
    return false;
  }
}

/** A lock as it was seen: the name of its file, and when that was touched. */
type Sighting = { readonly name: string; readonly touched: number };

const NOTHING: Sighting = { name: "", touched: 0 };

/** The lock as it is now; {@link NOTHING} when it is free, or something else has its name. */
async function look(path: string): Promise<Sighting> {
  try {
    const isLink = !(await lstat(path)).isDirectory();
    const [name] = isLink ? [] : await readdir(path);
    if (name === undefined) return NOTHING;
    return { name, touched: (await lstat(join(path, name))).mtimeMs };
  } catch {
    return NOTHING;
  }
}

function isAbandoned(name: string, silent: number): boolean {
  const holder = holderOf(name);
  if (holder === undefined) return false;
  const life = lifeOf(holder);
  return life === "dead" || (life === "unknown" && silent >= SILENCE_MS);
}

function kept(path: string, name: string): PullError {
  const holder = holderOf(name);
  const by = holder === undefined ? "an unknown process" : `process ${holder.split(".")[0]}`;
  return new PullError("locked", `locked: ${path} is held by ${by} for more than a minute`);
}

/** Frees one acquisition, if it is still there. */
async function release(file: string): Promise<void> {
  await rm(file, { force: true });
  await removeEmpty(dirname(file));
}

/** An empty lock is free, but not every system renames over it. A held lock is never empty. */
async function removeEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}

/** Touches the holder's file until the function it returns is called. */
function beat(file: string, time: Patience): () => void {
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = time.after(BEAT_MS, () => {
      const now = new Date(time.now());
      // It fails only when the lock was taken over, which `expectHeld` tells.
      utimes(file, now, now).catch(() => undefined);
      next();
    });
  };
  next();
  return () => cancel();
}

async function expectHeld(file: string): Promise<void> {
  if ((await lstat(file).catch(() => undefined)) !== undefined) return;
  const why = `this process stood still for more than ${SILENCE_MS / 1_000} s`;
  throw new PullError("lock-lost", `lock lost: ${dirname(file)} was taken over: ${why}`);
}
