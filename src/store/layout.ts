// The store is an OCI image layout in a directory. Its one rule: a blob gets its final name only
// after it was hashed. Bytes arrive in an exclusive temporary file and are hashed as they are
// written (ingest, hash). An earlier run or another tool may have written a blob that exists, so it
// is hashed again before it counts. The index changes last, and under a lock (layout-index, mutex).
// The names of temporary files record their process (holder), so that a later run can remove those
// of a killed process (leftovers).
import type { Stats } from "node:fs";
import { lstat, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Blob } from "../oci/blob.ts";
import { algorithmOf, type Digest, digestOf } from "../oci/digest.ts";
import { codeOf, PullError } from "../oci/failure.ts";
import type { IndexEntry } from "../oci/layout.ts";
import { makeDirectory, onDisk, openRegular, readRegular } from "./disk.ts";
import { FileChunks } from "./file-chunks.ts";
import { diffIdsOf, digestOfFile } from "./hash.ts";
import { temporaryPath } from "./holder.ts";
import { Ingest } from "./ingest.ts";
import { LayoutIndex } from "./layout-index.ts";
import { removeLeftovers } from "./leftovers.ts";
import { REAL_TIME, type Time } from "./mutex.ts";

const PRIVATE = ".registry-pull";
const DIRECTORIES = ["", "blobs", "blobs/sha256", "blobs/sha512", PRIVATE];

// The errors of opening a path that is gone, a link, or a socket.
const NO_FILE = new Set(["ENOENT", "ELOOP", "EMLINK", "ENXIO"]);

/** What identifies a file and its bytes, as long as its writers do not hide from it. */
type Proven = Pick<Stats, "dev" | "ino" | "size" | "mtimeMs">;

/**
 * An OCI image layout in a directory, which other processes and tools may use at the same time:
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class Layout {
  /** The directory, absolute. */
  readonly path: string;
  readonly #index: LayoutIndex;
  readonly #time: Time;
  /** The files that this process hashed and found right, as they were then. */
  readonly #proven = new Map<Digest, Proven>();

  private constructor(path: string, time: Time) {
    this.path = path;
    this.#time = time;
    this.#index = new LayoutIndex(path, join(path, PRIVATE), time);
  }

  /**
   * The layout at `path`, created when it does not exist. Removes what killed processes left. Fails
   * as `unsupported` when the directory is something else or cannot be written to, and as `invalid`
   * when its index is malformed, because a pull could not add to that.
   */
  static async open(path: string, time: Time = REAL_TIME): Promise<Layout> {
    const layout = new Layout(resolve(path), time);
    await onDisk(layout.path, async () => {
      for (const directory of DIRECTORIES) await makeDirectory(join(layout.path, directory));
      await layout.#index.read();
      await removeLeftovers(join(layout.path, PRIVATE), time.now);
    });
    return layout;
  }

  /** The path of a blob. Only a checked digest can become a path. */
  blobPath(digest: Digest): string {
    return blobPathIn(this.path, digest);
  }

  /**
   * True when the layout has the blob and its bytes are right; a wrong one is removed. Hashes it
   * once in the life of this object, by {@link Ingest.commit} or here, and again only when the file
   * is another one or was written to since. That is known from its inode, its size and the time of
   * its last change. Fails as `unsupported` for a directory in the blob's place,
   * and for an error of the disk.
   */
  async has(blob: Blob): Promise<boolean> {
    const path = this.blobPath(blob.digest);
    return onDisk(path, () => this.#has(blob, path));
  }

  async #has({ digest, size }: Blob, path: string): Promise<boolean> {
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined) return false;
    if (found.isDirectory()) {
      throw new PullError("not-a-file", `${path} is a directory where a blob should be`);
    }
    if (isSame(this.#proven.get(digest), found)) return found.size === size;
    const isSized = found.isFile() && found.size === size;
    const isRight = isSized && (await this.#computed(path, digest)) === digest;
    if (isRight) this.#proven.set(digest, found);
    else await this.#removeWrong(digest);
    return isRight;
  }

  /**
   * Moves a wrong blob aside, hashes it again there, and only then removes it: another process may
   * have replaced it with the right bytes a moment ago.
   */
  async #removeWrong(digest: Digest): Promise<void> {
    const aside = this.#temporary("wrong");
    try {
      await rename(this.blobPath(digest), aside);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      throw error;
    }
    const isWrong = await this.#isStillWrong(aside, digest);
    if (isWrong) await rm(aside, { force: true });
    else await rename(aside, this.blobPath(digest));
  }

  /** Fails when the blob cannot be read. It may be right, so it gets its name back. */
  async #isStillWrong(aside: string, digest: Digest): Promise<boolean> {
    try {
      return (await this.#computed(aside, digest)) !== digest;
    } catch (error) {
      await rename(aside, this.blobPath(digest));
      throw error;
    }
  }

  /** The digest of a file; undefined when it is gone, and when it is not a regular file. */
  async #computed(path: string, digest: Digest): Promise<Digest | undefined> {
    try {
      return await digestOfFile(path, digest);
    } catch (error) {
      if (error instanceof PullError || NO_FILE.has(codeOf(error))) return undefined;
      throw error;
    }
  }

  /**
   * The bytes from `start` to before `end` of a blob that {@link has} found, hashed again only if
   * the file was written to since. A chunk is the reader's until it asks for the next one: its
   * memory is reused. Fails as `dangling` when the file has other bytes by now, and as
   * {@link openRegular} does. A change while it is read is not noticed here: clients check the
   * digest.
   */
  async *read(blob: Blob, start = 0, end = blob.size): AsyncGenerator<Buffer> {
    const isKnown = this.#proven.has(blob.digest);
    if (isKnown && !(await this.has(blob))) throw changed(blob, " since it was hashed");
    const file = await openRegular(this.blobPath(blob.digest));
    const chunks = new FileChunks(file, end - start);
    try {
      const { size } = await file.stat();
      if (size !== blob.size) throw cut(blob, size);
      for (let at = start; at < end; ) {
        const bytes = chunks.read(at, end);
        if (bytes.length === 0) throw cut(blob, at);
        at += bytes.length;
        yield bytes;
      }
    } finally {
      await chunks.close();
    }
  }

  /** The bytes of a small blob, as {@link readSmallIn} returns them. */
  readSmall(digest: Digest, limit: number): Promise<Buffer | undefined> {
    return readSmallIn(this.path, digest, limit);
  }

  /** The diffIDs of layers of this layout, by layer digest. Fails as {@link diffIdsOf} does. */
  diffIds(layers: readonly Blob[], signal: AbortSignal): Promise<ReadonlyMap<Digest, Digest>> {
    const files = layers.map(({ digest, size }) => ({
      path: this.blobPath(digest),
      digest,
      size,
    }));
    return diffIdsOf(files, signal);
  }

  /** An ingest for a blob that the layout does not have. Fails as {@link Ingest.open} does. */
  async ingest(blob: Blob): Promise<Ingest> {
    const { digest } = blob;
    return Ingest.open(blob, {
      path: this.#temporary(digest.replace(":", "-")),
      final: this.blobPath(digest),
      after: this.#time.after,
      committed: (file) => this.#proven.set(digest, file),
    });
  }

  /**
   * Stores bytes under their digest, unless the layout has them. Fails as `invalid` when they have
   * another digest, and as {@link has} does.
   */
  async put(digest: Digest, bytes: Buffer): Promise<void> {
    const blob = { digest, size: bytes.length };
    if (await this.has(blob)) return;
    const ingest = await this.ingest(blob);
    try {
      ingest.part(0).write(bytes);
      await ingest.commit();
    } finally {
      await ingest.abort();
    }
  }

  /** Names images in the index. Returns warnings and fails as {@link LayoutIndex.add} does. */
  add(entries: readonly IndexEntry[]): Promise<readonly string[]> {
    return onDisk(this.path, () => this.#index.add(entries));
  }

  /** A unique temporary path, whose name records this process. */
  #temporary(name: string): string {
    return temporaryPath(join(this.path, PRIVATE, name));
  }
}

function isSame(proven: Proven | undefined, { dev, ino, size, mtimeMs }: Proven): boolean {
  if (proven === undefined) return false;
  const isSameFile = proven.dev === dev && proven.ino === ino;
  return isSameFile && proven.size === size && proven.mtimeMs === mtimeMs;
}

function cut(blob: Blob, got: number): PullError {
  return changed(blob, `: expected ${blob.size} bytes, got ${got}`);
}

function changed({ digest }: Blob, how: string): PullError {
  return new PullError("layout-changed", `blob ${digest} of the layout has changed${how}`);
}

function blobPathIn(layout: string, digest: Digest): string {
  return join(layout, "blobs", ...digest.split(":"));
}

/**
 * The bytes of a small blob in the layout at a path, hashed; undefined when it is missing, wrong,
 * unreadable, or larger than `limit` bytes, and when there is no layout.
 */
export async function readSmallIn(
  layout: string,
  digest: Digest,
  limit: number,
): Promise<Buffer | undefined> {
  const bytes = await readRegular(blobPathIn(layout, digest), limit).catch(() => undefined);
  const isRight = bytes !== undefined && digestOf(bytes, algorithmOf(digest)) === digest;
  return isRight ? bytes : undefined;
}
