import { type Stats, writeSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Blob } from "../oci/blob.ts";
import { algorithmOf, type Hasher, hasher } from "../oci/digest.ts";
import { codeOf, PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { diskFailure, onDisk, openRegular } from "./disk.ts";
import { hashSome } from "./hash.ts";
import { IngestPart } from "./ingest-part.ts";
import { givenUp, readArriving } from "./ingest-reader.ts";
import type { Time } from "./mutex.ts";
import { Progress } from "./progress.ts";

/** Where an ingest writes, and who is told of its commit. */
export type IngestPlace = {
  /** The temporary file. */
  readonly path: string;
  /** The name that it gets. */
  readonly final: string;
  readonly after: Time["after"];
  /** Receives the file as it was proven and named. */
  readonly committed: (file: Stats) => void;
};

/**
 * A blob on its way into the layout: an exclusive file, hashed as it is written, that gets its
 * final name only when size and digest are right. Bytes that arrive in order are hashed at once;
 * bytes that arrive early are read back and hashed once everything before them has arrived.
 */
export class Ingest implements BlobTarget {
  readonly #expected: Blob;
  readonly #place: IngestPlace;
  readonly #file: FileHandle;
  readonly #progress: Progress;
  #hasher: Hasher;
  /** All bytes before this position are hashed. */
  #hashed = 0;
  #catchingUp: Promise<void> | undefined;
  /** The parts since the last restart; earlier ones write no more. */
  #parts: IngestPart[] = [];

  private constructor(expected: Blob, place: IngestPlace, file: FileHandle) {
    this.#expected = expected;
    this.#place = place;
    this.#file = file;
    this.#progress = new Progress(place.after);
    this.#hasher = hasher(algorithmOf(expected.digest));
  }

  /**
   * An ingest in a new file. Fails as `unsupported` when the file exists, and for other errors of
   * the disk.
   */
  static async open(expected: Blob, place: IngestPlace): Promise<Ingest> {
    const { path } = place;
    // Exclusive, so that no link is followed either: open(2), O_EXCL.
    const file = await onDisk(path, () => open(path, "wx+", 0o644), expected.size);
    return new Ingest(expected, place, file);
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
   * Discards everything received. Parts made before write no more. Readers that were given bytes
   * fail; the others wait for the new ones. Fails as the disk does.
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
    const { path, final, committed } = this.#place;
    const stats = await onDisk(final, async () => {
      const found = await this.#file.stat();
      await this.#file.close();
      await rename(path, final);
      return found;
    });
    committed(stats);
    this.#progress.complete(size);
  }

  /** Leaves nothing behind, and readers fail. Has no effect after a commit. */
  async abort(): Promise<void> {
    if (this.#progress.state === "complete") return;
    this.#progress.abort();
    await this.#discard();
    await this.#file.close().catch(() => undefined);
    await rm(this.#place.path, { force: true });
  }

  /**
   * The bytes from `start` to before `end`, for a reader while they arrive: those that are hashed,
   * and the blob's last byte only after the commit, so that a wrong blob never ends. A range to the
   * end, even an empty one, ends at the commit. The writer does not wait for readers. Fails as
   * {@link readArriving} does.
   */
  async *read(start = 0, end = this.#expected.size): AsyncGenerator<Buffer> {
    const file = await this.#openToRead();
    yield* readArriving({ blob: this.#expected, file, progress: this.#progress, start, end });
  }

  /** How far readers may read before the commit. */
  get #readable(): number {
    return Math.min(this.#hashed, this.#expected.size - 1);
  }

  /** Opens the file under the name that it has now: a commit may be renaming it. */
  async #openToRead(): Promise<FileHandle> {
    try {
      return await openRegular(this.#place.path);
    } catch (error) {
      if (this.#progress.state === "aborted") throw givenUp(this.#expected);
      if (codeOf(error) !== "ENOENT") throw error;
      return openRegular(this.#place.final);
    }
  }

  /** Ends all parts, and the readers that were given bytes. */
  async #discard(): Promise<void> {
    this.#parts = [];
    // Now, so that no reader sees old bytes.
    this.#hashed = 0;
    this.#progress.discard();
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
      throw diskFailure(this.#place.path, error, size);
    }
    if (position === this.#hashed && this.#catchingUp === undefined) {
      this.#hasher.update(chunk);
      this.#hashed = end;
      this.#progress.report(this.#readable);
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
    this.#catchingUp = onDisk(this.#place.path, () => this.#readBack());
    // Reported by the commit; mark as handled until then.
    this.#catchingUp.catch(() => undefined);
  }

  async #readBack(): Promise<void> {
    for (let end = this.#reached; end > this.#hashed; end = this.#reached) {
      const hashed = await hashSome(this.#file, this.#hasher, this.#hashed, end);
      if (this.#parts.length === 0 || hashed === this.#hashed) return;
      this.#hashed = hashed;
      this.#progress.report(this.#readable);
    }
    this.#catchingUp = undefined;
  }
}
