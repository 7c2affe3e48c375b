import { writeSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Blob } from "../oci/blob.ts";
import { algorithmOf, type Hasher, hasher } from "../oci/digest.ts";
import { codeOf, PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { diskFailure, onDisk, openRegular } from "./disk.ts";
import { hashSome } from "./hash.ts";
import { IngestPart } from "./ingest-part.ts";
import { Progress } from "./progress.ts";

// Bytes that a second reader gets at a time, from the system's cache of the file.
const READ_SIZE = 256 * 1024;

/**
 * A blob on its way into the layout: an exclusive file, hashed as it is written, that gets its
 * final name only when size and digest are right. Bytes that arrive in order are hashed at once;
 * bytes that arrive early are read back and hashed once everything before them has arrived.
 */
export class Ingest implements BlobTarget {
  readonly #expected: Blob;
  readonly #path: string;
  readonly #final: string;
  readonly #file: FileHandle;
  readonly #progress = new Progress();
  #hasher: Hasher;
  /** All bytes before this position are hashed. */
  #hashed = 0;
  #catchingUp: Promise<void> | undefined;
  /** The parts since the last restart; earlier ones write no more. */
  #parts: IngestPart[] = [];
  #state: "open" | "committed" | "aborted" = "open";
  /** How often everything received was discarded. */
  #discards = 0;

  private constructor(expected: Blob, path: string, final: string, file: FileHandle) {
    this.#expected = expected;
    this.#path = path;
    this.#final = final;
    this.#file = file;
    this.#hasher = hasher(algorithmOf(expected.digest));
  }

  /**
   * An ingest in a new file at `path`, which becomes `final`. Fails as `unsupported` when the file
   * exists, and for other errors of the disk.
   */
  static async open(expected: Blob, path: string, final: string): Promise<Ingest> {
    // Exclusive, so that no link is followed either: open(2), O_EXCL.
    const file = await onDisk(path, () => open(path, "wx+", 0o644), expected.size);
    return new Ingest(expected, path, final, file);
  }

  /** Bytes received so far, in all parts. */
  get received(): number {
    return this.#parts.reduce((sum, part) => sum + part.received, 0);
  }

  /** A part for the bytes from `start` on. Several may be written at a time. */
  part(start: number): IngestPart {
    const part = new IngestPart(start, (chunk, position) => {
      if (this.#parts.includes(part)) this.#write(chunk, position);
    });
    this.#parts.push(part);
    return part;
  }

  /**
   * Discards everything received. Parts made before write no more, and readers fail. Fails as the
   * disk does.
   */
  async restart(): Promise<void> {
    const { received } = this;
    await this.#discard();
    // Only when there is something to remove: closing a file that was ever truncated to nothing
    // makes ext4 write it to disk, which takes 0.2 s for 400 MB (auto_da_alloc in
    // https://docs.kernel.org/admin-guide/ext4.html).
    if (received > 0) await this.#file.truncate(0);
    this.#catchingUp = undefined;
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
  }

  /**
   * Gives the blob its final name. Fails as `invalid` when size or digest differ, and as the disk
   * does. The file then keeps its temporary name, for {@link restart} or {@link abort}.
   */
  async commit(): Promise<void> {
    const { digest, size } = this.#expected;
    this.#catchUp();
    await this.#catchingUp;
    if (this.#hashed !== size) {
      const found = `${digest} has ${size} bytes, got ${this.#hashed}`;
      throw new PullError("too-short", `too short: ${found}`);
    }
    const got = this.#hasher.digest();
    if (got !== digest) {
      const found = `expected ${digest}, got ${size} bytes that have ${got}`;
      throw new PullError("digest-differs", `digest differs: ${found}`);
    }
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
    this.#state = "committed";
    this.#progress.report();
  }

  /** Leaves nothing behind, and readers fail. Has no effect after a commit. */
  async abort(): Promise<void> {
    if (this.#state === "committed") return;
    this.#state = "aborted";
    await this.#discard();
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  /**
   * The blob's bytes, in order, for a second reader while they arrive: those that are hashed, and
   * the last byte only after the commit, so that a wrong blob never ends. The writer does not wait
   * for readers. Fails as `unreachable` when what was received is discarded, as `dangling` when
   * another process cuts the file, and as {@link openRegular} does.
   */
  async *read(): AsyncGenerator<Buffer> {
    const { size } = this.#expected;
    const discards = this.#discards;
    const file = await this.#openToRead();
    try {
      let at = 0;
      while (at < size || this.#state !== "committed") {
        this.#expectKept(discards);
        const end = this.#state === "committed" ? size : Math.min(this.#hashed, size - 1);
        if (end <= at) {
          await this.#progress.next();
          continue;
        }
        const bytes = await readAt(file, at, end);
        this.#expectKept(discards);
        if (bytes.length === 0) throw this.#cut();
        yield bytes;
        at += bytes.length;
      }
    } finally {
      await file.close();
    }
  }

  /** Opens the file under the name that it has now: a commit may be renaming it. */
  async #openToRead(): Promise<FileHandle> {
    try {
      return await openRegular(this.#path);
    } catch (error) {
      if (this.#state === "aborted") throw this.#givenUp();
      if (codeOf(error) !== "ENOENT") throw error;
      return openRegular(this.#final);
    }
  }

  /** Fails when bytes were discarded since: the reader may have some of them. */
  #expectKept(discards: number): void {
    if (discards !== this.#discards || this.#state === "aborted") throw this.#givenUp();
  }

  #givenUp(): PullError {
    return new PullError("answer-cut", `the download of ${this.#expected.digest} was given up`);
  }

  #cut(): PullError {
    const { digest } = this.#expected;
    return new PullError("layout-changed", `the file of ${digest} was cut by another process`);
  }

  /** Ends all parts and readers. */
  async #discard(): Promise<void> {
    this.#parts = [];
    // Now, so that no new reader sees old bytes.
    this.#hashed = 0;
    this.#discards++;
    this.#progress.report();
    await this.#catchingUp?.catch(() => undefined);
  }

  /**
   * Writes synchronously: a copy into the system's memory takes less time than an answer from
   * another thread. A disk that falls behind blocks this thread, and so slows down the senders.
   */
  #write(chunk: Buffer, position: number): void {
    const { digest, size } = this.#expected;
    const end = position + chunk.length;
    if (end > size) {
      throw new PullError("too-long", `too long: ${digest} has ${size} bytes, got more`);
    }
    try {
      this.#writeAll(chunk, position);
    } catch (error) {
      throw diskFailure(this.#path, error, size);
    }
    if (position === this.#hashed && this.#catchingUp === undefined) {
      this.#hasher.update(chunk);
      this.#hashed = end;
      this.#progress.report();
    }
    this.#catchUp();
  }

  #writeAll(chunk: Buffer, position: number): void {
    let written = 0;
    while (written < chunk.length) {
      const left = chunk.length - written;
      written += writeSync(this.#file.fd, chunk, written, left, position + written);
    }
  }

  /** The position after the bytes that arrived without a gap. */
  get #reached(): number {
    const ends = this.#parts.map(({ start, received }) =>
      start <= this.#hashed ? start + received : 0,
    );
    return Math.max(this.#hashed, ...ends);
  }

  /** Hashes bytes that arrived early once no gap is before them, read back from the file. */
  #catchUp(): void {
    if (this.#catchingUp !== undefined || this.#reached === this.#hashed) return;
    this.#catchingUp = onDisk(this.#path, () => this.#readBack());
    // Reported by the commit; mark as handled until then.
    this.#catchingUp.catch(() => undefined);
  }

  async #readBack(): Promise<void> {
    for (let end = this.#reached; end > this.#hashed; end = this.#reached) {
      const hashed = await hashSome(this.#file, this.#hasher, this.#hashed, end);
      if (this.#parts.length === 0 || hashed === this.#hashed) return;
      this.#hashed = hashed;
      this.#progress.report();
    }
    this.#catchingUp = undefined;
  }
}

async function readAt(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.min(READ_SIZE, end - start));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}
