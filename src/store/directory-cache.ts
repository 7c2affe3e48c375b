import { type FileHandle, lutimes, rm } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Blob } from "../oci/blob.ts";
import { type Digest, digestOf } from "../oci/digest.ts";
import { foundBy, messageOf, PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { BUNDLE_LIMIT, fromBundle } from "./bundle.ts";
import {
  isWrong,
  type Outgoing,
  type RestoringCache,
  type Saved,
  type SavingCache,
  wrongEntry,
} from "./cache.ts";
import { CacheRoom, entryPath, type Refusal, type Reservation } from "./cache-room.ts";
import { onDisk, openRegular, readRegular } from "./disk.ts";
import { FileChunks } from "./file-chunks.ts";
import { REAL_TIME, type Time } from "./mutex.ts";

// Bytes between two turns of the event loop: a few milliseconds.
const TURN_SIZE = 4 * 1024 * 1024;
// File names have at most 255 bytes. A temporary one adds up to 95 to the name of its entry.
const LONGEST_NAME = 160;

/** What limits a cache in a directory, what ends its work, and where messages go. */
export type DirectoryCacheOptions = {
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly say: (line: string) => void;
  /** The limit of the directory, in bytes. */
  readonly size: number;
  /** Marks when entries were used, and waits for other processes. */
  readonly time?: Time;
};

/** Writes all of a file into a target, and closes it. Fails as both do. */
async function copyInto(target: BlobTarget, file: FileHandle): Promise<void> {
  const chunks = new FileChunks(file, Number.POSITIVE_INFINITY);
  const part = target.part(0);
  try {
    for (let turn = TURN_SIZE; ; ) {
      const chunk = chunks.read(part.received, Number.POSITIVE_INFINITY);
      if (chunk.length === 0) return;
      part.write(chunk);
      if (part.received < turn) continue;
      turn = part.received + TURN_SIZE;
      await nextTurn();
    }
  } finally {
    await chunks.close();
  }
}

/**
 * A cache in a directory that many jobs share, with a file per entry. Its files never exceed its
 * size: to save an entry, those that were used longest ago are removed. Nothing of another name in
 * the directory is counted or changed.
 */
export class DirectoryCache implements RestoringCache, SavingCache {
  readonly #path: string;
  readonly #options: DirectoryCacheOptions;
  readonly #time: Time;
  readonly #room: CacheRoom;
  /** True after a failure of the directory: it is reported once, and no entry waits for it again. */
  #isBroken = false;

  constructor(path: string, options: DirectoryCacheOptions) {
    const { size, time = REAL_TIME } = options;
    this.#path = path;
    this.#options = options;
    this.#time = time;
    this.#room = new CacheRoom(path, size, time);
  }

  async restore(key: string, _blob: Blob, target: BlobTarget): Promise<boolean> {
    try {
      const file = await openRegular(this.#file(key));
      await copyInto(target, file);
      await target.commit();
    } catch (error) {
      await this.#missed(key, error);
      await target.restart();
      return false;
    }
    await this.#mark(key);
    return true;
  }

  async bundle(key: string): Promise<ReadonlyMap<Digest, Buffer>> {
    const { signal } = this.#options;
    try {
      const blobs = await fromBundle(await this.#read(key), signal);
      await this.#mark(key);
      return blobs;
    } catch (error) {
      signal.throwIfAborted();
      await this.#missed(key, error);
      return new Map();
    }
  }

  async #read(key: string): Promise<Buffer> {
    const bytes = await readRegular(this.#file(key), BUNDLE_LIMIT);
    if (bytes !== undefined) return bytes;
    throw new PullError("wrong-entry", `too large: it has more than ${BUNDLE_LIMIT} bytes`);
  }

  /**
   * Reports a wrong entry, and removes it so that the next save can replace it. An entry of another
   * size than a manifest states may be right, and the manifest wrong. The file may be another one
   * by now; then a right entry is saved once more.
   */
  async #missed(key: string, error: unknown): Promise<void> {
    const { warn } = this.#options;
    if (!isWrong(error)) return;
    const found = foundBy(error);
    if (isOtherSize(error)) return warn(wrongEntry(key, found));
    const removed = await rm(this.#file(key)).then(
      () => true,
      () => false,
    );
    warn(removed ? removedEntry(key, found) : wrongEntry(key, found));
  }

  /** Marks an entry as used now. Without the mark it is only removed earlier. */
  async #mark(key: string): Promise<void> {
    const now = new Date(this.#time.now());
    await lutimes(this.#file(key), now, now).catch(() => undefined);
  }

  async save(key: string, bytes: Outgoing): Promise<Saved> {
    if (this.#isBroken) return "failed";
    try {
      return await this.#save(key, bytes);
    } catch (error) {
      this.#failed(key, error);
      return "failed";
    }
  }

  async #save(key: string, bytes: Outgoing): Promise<Saved> {
    const { size } = bytes;
    const name = nameOf(key);
    const room = await onDisk(this.#path, () => this.#room.reserve(name, size));
    if (room === "existed") {
      await this.#mark(key);
      return room;
    }
    if (typeof room === "string") {
      this.#options.say(notSaved(key, this.#noRoom(room, size)));
      return "failed";
    }
    await this.#fill(room, name, bytes);
    return "saved";
  }

  /**
   * Leaves nothing behind when it fails. The last step may fail for this entry alone: a directory
   * has its name, or on Windows another job is reading the file.
   */
  async #fill({ path, file }: Reservation, name: string, bytes: Outgoing): Promise<void> {
    try {
      await write({ path, file }, bytes).finally(() => file.close());
      await this.#room.publish(path, name);
    } catch (error) {
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  #noRoom(refusal: Exclude<Refusal, "existed">, size: number): string {
    const limit = `cache-directory-size of ${this.#options.size} bytes`;
    const found =
      refusal === "too-large"
        ? `it has ${size} bytes, more than the ${limit}`
        : `other jobs are saving, and leave no ${size} bytes of the ${limit}`;
    return `${found}; set a larger cache-directory-size to save it`;
  }

  /** The slices of an entry fail for that entry; the disk and the lock fail for all of them. */
  #failed(key: string, error: unknown): void {
    const { signal, warn, say } = this.#options;
    if (signal.aborted || this.#isBroken) return;
    const isOfDisk = error instanceof PullError && error.status === "unsupported";
    if (!isOfDisk) return say(notSaved(key, messageOf(error)));
    this.#isBroken = true;
    const next = error.reason === "locked" ? NEXT_IF_LOCKED : NEXT;
    warn(`nothing more is saved to the cache directory ${this.#path}: ${error.found}; ${next}`);
  }

  #file(key: string): string {
    return entryPath(this.#path, nameOf(key));
  }
}

const NEXT = "make it writable, with free space on its disk, or set another cache-directory";
const NEXT_IF_LOCKED = "if no other job uses the directory, remove the lock";

function nameOf(key: string): string {
  const name = encodeURIComponent(key);
  return name.length <= LONGEST_NAME ? name : digestOf(Buffer.from(key)).replace(":", "-");
}

function isOtherSize(error: unknown): boolean {
  return (
    error instanceof PullError && (error.reason === "too-short" || error.reason === "too-long")
  );
}

function removedEntry(key: string, why: string): string {
  return `the cache entry ${key} was wrong and is removed: ${why}; its blobs come from the registry`;
}

function notSaved(key: string, why: string): string {
  return `the cache entry ${key} is not saved: ${why}`;
}

/** Fails as the slices do, as the disk does, and as `invalid` for more or fewer bytes. */
async function write({ path, file }: Reservation, { size, slices }: Outgoing): Promise<void> {
  let written = 0;
  for await (const slice of slices) {
    written += slice.length;
    // Before it is written: more bytes have no room.
    if (written > size) break;
    await onDisk(path, () => file.writeFile(slice));
  }
  if (written === size) return;
  const reason = written > size ? "too-long" : "too-short";
  throw new PullError(reason, `expected ${size} bytes, got ${written}`);
}
