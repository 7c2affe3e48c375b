import { writeSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { algorithmOf, type Digest, type Hasher, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { diskFailure, onDisk } from "./disk.ts";
import { hashSome } from "./hash.ts";

/** What the bytes must turn out to be. */
export type Expected = { readonly digest: Digest; readonly size: number };

/**
 * A blob on its way in: an exclusive file, hashed as it is written, and under its final name only when it is right. What comes in
 * order is hashed as it comes; what came too early is read back once all before it is there.
 */
export class Ingest {
  readonly #expected: Expected;
  readonly #path: string;
  readonly #final: string;
  readonly #file: FileHandle;
  #hasher: Hasher;
  /** Everything before this is hashed. */
  #hashed = 0;
  #catchingUp: Promise<void> | undefined;
  /** Those of before a restart are not among them, and write no more. */
  #parts: IngestPart[] = [];
  #committed = false;

  private constructor(expected: Expected, path: string, final: string, file: FileHandle) {
    this.#expected = expected;
    this.#path = path;
    this.#final = final;
    this.#file = file;
    this.#hasher = hasher(algorithmOf(expected.digest));
  }

  /** An ingest at `path`, which must not exist and becomes `final`. */
  static async open(expected: Expected, path: string, final: string): Promise<Ingest> {
    // Exclusive, so that no link is followed either: open(2), O_EXCL.
    return new Ingest(expected, path, final, await onDisk(path, () => open(path, "wx+", 0o644), expected.size));
  }

  /** Bytes received so far, wherever they belong. */
  get received(): number {
    return this.#parts.reduce((sum, part) => sum + part.received, 0);
  }

  /** A way in for the bytes from `start` on; several may be written at a time. */
  part(start: number): IngestPart {
    const part = new IngestPart(start, (chunk, position) => {
      if (this.#parts.includes(part)) this.#write(chunk, position);
    });
    this.#parts.push(part);
    return part;
  }

  /** Forgets everything that came; parts of before write no more. */
  async restart(): Promise<void> {
    const { received } = this;
    await this.#leave();
    // Where nothing came nothing is cut: ext4 sends a file that once was cut to nothing to the disk when it is closed (auto_da_alloc
    // in https://docs.kernel.org/admin-guide/ext4.html), which takes 0.2 s for 400 MB.
    if (received > 0) await this.#file.truncate(0);
    this.#hashed = 0;
    this.#catchingUp = undefined;
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
  }

  /** Fails as `invalid` when size or digest differ. The file keeps its own name then, for {@link restart} or {@link abort}. */
  async commit(): Promise<void> {
    const { digest, size } = this.#expected;
    this.#catchUp();
    await this.#catchingUp;
    if (this.#hashed !== size) throw new PullError("too-short", `too short: ${digest} has ${size} bytes, got ${this.#hashed}`);
    const got = this.#hasher.digest();
    if (got !== digest) throw new PullError("digest-differs", `digest differs: expected ${digest}, got ${size} bytes that have ${got}`);
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
    this.#committed = true;
  }

  /** Leaves nothing behind; harmless after a commit. */
  async abort(): Promise<void> {
    if (this.#committed) return;
    await this.#leave();
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  /** Once nothing is written or read any more. */
  async #leave(): Promise<void> {
    this.#parts = [];
    await this.#catchingUp?.catch(() => undefined);
  }

  /**
   * At once, because all that waits for the system here is a copy into its memory: another thread's answer takes longer than
   * that. A disk that falls behind holds this thread up, and so those who send.
   */
  #write(chunk: Buffer, position: number): void {
    const { digest, size } = this.#expected;
    const end = position + chunk.length;
    if (end > size) throw new PullError("too-long", `too long: ${digest} has ${size} bytes, got more`);
    try {
      for (let at = position; at < end; ) at += writeSync(this.#file.fd, chunk, at - position, end - at, at);
    } catch (error) {
      throw diskFailure(this.#path, error, size);
    }
    if (position === this.#hashed && this.#catchingUp === undefined) {
      this.#hasher.update(chunk);
      this.#hashed = end;
    } else this.#catchUp();
  }

  /** Where what is there without a gap ends. */
  get #reached(): number {
    const ends = this.#parts.map(({ start, received }) => (start <= this.#hashed ? start + received : 0));
    return Math.max(this.#hashed, ...ends);
  }

  /** Hashes what came too early and is no longer, from the system's cache of the file. */
  #catchUp(): void {
    if (this.#catchingUp !== undefined || this.#reached === this.#hashed) return;
    this.#catchingUp = onDisk(this.#path, () => this.#readBack());
    // Whoever commits has the failure; until then it is nobody's.
    this.#catchingUp.catch(() => undefined);
  }

  async #readBack(): Promise<void> {
    for (let end = this.#reached; end > this.#hashed; end = this.#reached) {
      const hashed = await hashSome(this.#file, this.#hasher, this.#hashed, end);
      if (this.#parts.length === 0 || hashed === this.#hashed) return;
      this.#hashed = hashed;
    }
    this.#catchingUp = undefined;
  }
}

/** The bytes of a blob from a place on. */
export class IngestPart {
  readonly start: number;
  /** Bytes of this part so far. */
  received = 0;
  readonly #write: (chunk: Buffer, position: number) => void;

  constructor(start: number, write: (chunk: Buffer, position: number) => void) {
    this.start = start;
    this.#write = write;
  }

  /** Takes the bytes before it returns. Fails as `invalid` at the first byte behind the blob's end, and as the disk does. */
  write(chunk: Buffer): void {
    this.#write(chunk, this.start + this.received);
    this.received += chunk.length;
  }
}
