import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { algorithmOf, type Digest, type Hasher, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { onDisk } from "./disk.ts";

/** What the bytes must turn out to be. */
export type Expected = { readonly digest: Digest; readonly size: number };

// A write for every 64 KiB that a socket gives costs more than the hash; a mebibyte at a time, it costs nothing.
const WRITE_SIZE = 1024 * 1024;

/** A blob on its way in: an exclusive file, hashed as it is written, and under its final name only when it is right. */
export class Ingest {
  readonly #expected: Expected;
  readonly #path: string;
  readonly #final: string;
  readonly #file: FileHandle;
  #hasher: Hasher;
  #received = 0;
  /** What has come and is not on its way to the disk yet. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writtenTo = 0;
  #writing: Promise<void> = Promise.resolve();

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
    return new Ingest(expected, path, final, await onDisk(path, () => open(path, "wx", 0o644), expected.size));
  }

  /** Bytes written so far. */
  get received(): number {
    return this.#received;
  }

  /** Fails as `invalid` at the first byte too many. */
  async write(chunk: Buffer): Promise<void> {
    if (this.#received + chunk.length > this.#expected.size) {
      throw new PullError("invalid", `too long: ${this.#expected.digest} has ${this.#expected.size} bytes, got more`);
    }
    this.#hasher.update(chunk);
    this.#received += chunk.length;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= WRITE_SIZE) await this.#flush();
  }

  /** Sends what waits to the disk, once the write before has ended; while it is written, more is received and hashed. */
  async #flush(): Promise<void> {
    await this.#writing;
    const bytes = this.#waiting;
    const position = this.#writtenTo;
    this.#writtenTo += this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writing = onDisk(this.#path, () => writeAll(this.#file, bytes, position), this.#expected.size);
    // Whoever waits for it next has the failure; until then it is nobody's.
    this.#writing.catch(() => undefined);
  }

  async restart(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.truncate(0);
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
    this.#received = 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#writtenTo = 0;
    this.#writing = Promise.resolve();
  }

  /** Fails as `invalid` when size or digest differ. The file keeps its own name then, for {@link restart} or {@link abort}. */
  async commit(): Promise<void> {
    const { digest, size } = this.#expected;
    if (this.#received !== size) throw new PullError("invalid", `too short: ${digest} has ${size} bytes, got ${this.#received}`);
    const got = this.#hasher.digest();
    if (got !== digest) throw new PullError("invalid", `digest differs: expected ${digest}, got ${size} bytes that have ${got}`);
    await this.#flush();
    await this.#writing;
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
  }

  /** Leaves nothing behind; harmless after a commit. */
  async abort(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }
}

/** Writes all of `parts` from `position` on, however much the system takes at a time. */
async function writeAll(file: FileHandle, parts: readonly Buffer[], position: number): Promise<void> {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  let { bytesWritten: at } = total === 0 ? { bytesWritten: 0 } : await file.writev([...parts], position);
  while (at < total) at += (await file.write(Buffer.concat(parts), at, total - at, position + at)).bytesWritten;
}
