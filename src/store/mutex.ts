import { lstat, mkdir, readdir, rename, rm, rmdir, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, PullError } from "../oci/failure.ts";
import { holderOf, lifeOf, temporaryPath } from "./holder.ts";

const POLL_MS = 25;
const PATIENCE_MS = 60_000;
const BEAT_MS = 1_000;
// Twenty beats, because beats may be late: file times have a resolution of 2 s on FAT, NFS caches
// them for 3 s (acregmin in nfs(5)), and a slow disk may delay a living holder for seconds.
const SILENCE_MS = 20 * BEAT_MS;

/** Time. Passed in, so that tests control it. */
export type Time = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Calls `run` once, in `ms` milliseconds, unless the function it returns is called first. */
  readonly after: (ms: number, run: () => void) => () => void;
};

/** The time of this system. */
export const REAL_TIME: Time = {
  now: Date.now,
  sleep,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * What `work` returns. It runs while this process alone holds the lock at `path`.
 *
 * The lock is a directory with one file, which has a new name for each acquisition. To acquire, a
 * process prepares such a directory and renames it to `path`, which succeeds only while `path` does
 * not exist or is an empty directory. To release, it removes the file, which frees that acquisition
 * and no later one. Both are atomic, so a process may be killed at any time, and may take any time
 * between examining a lock and removing it.
 *
 * A lock is taken over when its holder is dead. When that is unknown (another container or
 * machine), it is taken over once the holder has not touched its file for 20 s. A holder that was
 * suspended for longer (a paused container) has lost the lock: immediately before it changes
 * anything, `work` calls `expectHeld`, which then fails as `unsupported`.
 *
 * Fails as `unsupported` when another process holds the lock for more than a minute.
 */
export async function locked<T>(
  path: string,
  work: (expectHeld: () => Promise<void>) => Promise<T>,
  time: Time = REAL_TIME,
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

/** Acquires the lock; returns the path of this process's file in it. */
async function acquire(path: string, time: Time): Promise<string> {
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
 * Waits until the lock is acquired. It counts the time slept, not the time on the clock: a living
 * holder must not look silent because the clock was set or the machine was suspended.
 */
async function wait(aside: string, path: string, time: Time): Promise<void> {
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

// ENOTDIR: something else has that name. Windows refuses with the last three.
const TAKEN = new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM", "EACCES", "EBUSY"]);

/** True when this process holds the lock now; false when another one does. */
async function take(aside: string, path: string): Promise<boolean> {
  try {
    await rename(aside, path);
    return true;
  } catch (error) {
    if (!TAKEN.has(codeOf(error))) throw error;
    await removeEmpty(path);
    return false;
  }
}

/** A lock at one moment: the name of its file, and when that was last touched. */
type Sighting = { readonly name: string; readonly touched: number };

const NOTHING: Sighting = { name: "", touched: 0 };

/** The lock now; {@link NOTHING} when it is free, or when something else is at its path. */
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

/** Frees one acquisition. Has no effect when it was freed before. */
async function release(file: string): Promise<void> {
  await rm(file, { force: true });
  await removeEmpty(dirname(file));
}

/** Removes a free lock, because not every system renames over it. A held lock is never empty. */
async function removeEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}

/** Touches the holder's file until the function it returns is called. */
function beat(file: string, time: Time): () => void {
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = time.after(BEAT_MS, () => {
      const now = new Date(time.now());
      // It fails only when the lock was taken over; `expectHeld` reports that.
      utimes(file, now, now).catch(() => undefined);
      next();
    });
  };
  next();
  return () => cancel();
}

async function expectHeld(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found !== undefined) return;
  const why = `this process was suspended for more than ${SILENCE_MS / 1_000} s`;
  throw new PullError("lock-lost", `lock lost: ${dirname(file)} was taken over: ${why}`);
}
