// Room in a cache directory that many processes write to at once. Every file of the cache counts
// towards the limit, and so does a file that is still being written, with the size that it will
// have: it is created with that size, under a lock, after enough of the others were removed. It is
// renamed under the lock, too: a listing during a rename may lack both names. A process may be
// killed at any time: what it leaves behind counts until a later save removes it.
import { lstatSync, readdirSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { codeOf } from "../oci/failure.ts";
import { makeDirectory } from "./disk.ts";
import { holderOf, lifeOf, temporaryPath } from "./holder.ts";
import { removeLeftovers } from "./leftovers.ts";
import { locked, type Time } from "./mutex.ts";

const LOCK = "registry-pull.lock";
// Marks the files that may be counted and removed. All others belong to the user.
const SUFFIX = ".cache-entry";

/** The path of an entry in a cache directory. */
export function entryPath(directory: string, name: string): string {
  return join(directory, `${name}${SUFFIX}`);
}

/** A new file of the full size, for the bytes of one entry. */
export type Reservation = { readonly path: string; readonly file: FileHandle };

/**
 * Why there is no reservation. `existed`: an entry of this name and size is there, or a living
 * process is saving it. `too-large`: the entry alone exceeds the limit. `full`: the files that
 * other processes are writing leave too little room.
 */
export type Refusal = "existed" | "too-large" | "full";

/** A file of the cache: an entry, or a temporary file that becomes one. */
type CacheFile = {
  readonly name: string;
  readonly size: number;
  /** When it was last used, in milliseconds since the epoch. */
  readonly used: number;
};

/** Keeps the files of a cache directory within `limit` bytes. */
export class CacheRoom {
  readonly #directory: string;
  readonly #limit: number;
  readonly #time: Time;

  constructor(directory: string, limit: number, time: Time) {
    this.#directory = directory;
    this.#limit = limit;
    this.#time = time;
  }

  /**
   * Reserves room for an entry of `size` bytes. Removes what ended processes left behind and then,
   * as far as needed, the entries that were used longest ago; none when that would not be enough.
   * Fails as the disk does, and as {@link locked} does.
   */
  async reserve(name: string, size: number): Promise<Reservation | Refusal> {
    if (size > this.#limit) return "too-large";
    await makeShared(this.#directory);
    return this.#locked(async (expectHeld) => {
      const files = await this.#files();
      const path = entryPath(this.#directory, name);
      if (isThere(files, `${name}${SUFFIX}`, size)) return "existed";
      const hasRoom = await this.#makeRoom(files, size);
      if (!hasRoom) return "full";
      // Not before the removals: without the lock they free more than is needed, and no harm is done.
      await expectHeld();
      return createSized(temporaryPath(path), size);
    });
  }

  /** Gives a written file its name. Fails as the disk does, and as {@link locked} does. */
  publish(temporary: string, name: string): Promise<void> {
    return this.#locked(async (expectHeld) => {
      await expectHeld();
      await rename(temporary, entryPath(this.#directory, name));
    });
  }

  /**
   * The files of the cache, after those of ended processes are removed. Synchronous, because 20,000
   * files then take 0.1 s and not 0.5 s, during which other processes wait for the lock.
   */
  async #files(): Promise<readonly CacheFile[]> {
    const names = readdirSync(this.#directory);
    // Rarely: this lists the directory once more.
    if (names.some(mayBeLeft)) await removeLeftovers(this.#directory, this.#time.now);
    return names.filter(isOurs).flatMap((name) => fileAt(this.#directory, name));
  }

  #locked<T>(work: (expectHeld: () => Promise<void>) => Promise<T>): Promise<T> {
    return locked(join(this.#directory, LOCK), work, this.#time);
  }

  /** True when `size` bytes are free now. */
  async #makeRoom(files: readonly CacheFile[], size: number): Promise<boolean> {
    let free = this.#limit - bytesOf(files);
    if (free >= size) return true;
    const entries = files.filter(({ name }) => name.endsWith(SUFFIX));
    if (free + bytesOf(entries) < size) return false;
    for (const entry of entries.toSorted((one, other) => one.used - other.used)) {
      if (free >= size) break;
      const isGone = await remove(join(this.#directory, entry.name));
      if (isGone) free += entry.size;
    }
    return free >= size;
  }
}

/**
 * Creates a directory that only this user can read, unless it exists: then its owner has decided
 * who shares it.
 */
async function makeShared(path: string): Promise<void> {
  const isMade = await made(path);
  if (isMade) return;
  await makeDirectory(dirname(path));
  await made(path);
}

/** False without the directory above it. Entries are saved at once, so another may make it. */
async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return true;
    if (code === "ENOENT") return false;
    throw error;
  }
}

function mayBeLeft(name: string): boolean {
  const holder = holderOf(name);
  return holder !== undefined && lifeOf(holder) !== "alive";
}

/** Nothing for a file that is gone by now, and for anything but a file. Follows no link. */
function fileAt(directory: string, name: string): readonly CacheFile[] {
  // Not `join`, which takes as long as the system's call.
  const found = lstatSync(`${directory}${sep}${name}`, { throwIfNoEntry: false });
  return found?.isFile() ? [{ name, size: found.size, used: found.mtimeMs }] : [];
}

function isOurs(name: string): boolean {
  return name.endsWith(SUFFIX) || holderOf(name) !== undefined;
}

/**
 * True when the entry exists, or when a living process is about to save it. A process of another
 * container may be dead, so nothing depends on it.
 */
function isThere(files: readonly CacheFile[], entry: string, size: number): boolean {
  const same = files.filter((file) => file.size === size && file.name.startsWith(entry));
  return same.some(({ name }) => {
    const holder = holderOf(name);
    return holder === undefined ? name === entry : lifeOf(holder) === "alive";
  });
}

function bytesOf(files: readonly CacheFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** False when the file is still there: Windows keeps files that are open. */
async function remove(path: string): Promise<boolean> {
  try {
    await rm(path, { force: true });
    return true;
  } catch {
    return false;
  }
}

/** Creates a file whose bytes are zeros that take no space on the disk yet. */
async function createSized(path: string, size: number): Promise<Reservation> {
  const file = await open(path, "wx");
  try {
    await file.truncate(size);
    return { path, file };
  } catch (error) {
    await file.close();
    await remove(path);
    throw error;
  }
}
