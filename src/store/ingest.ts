import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { algorithmOf, type Digest, type Hasher, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { onDisk } from "./disk.ts";

/** What the bytes must turn out to be. */
export type Expected = { readonly digest: Digest; readonly size: number };

// A write for every 64 KiB that a socket gives costs more than the hash; a mebibyte at a time, it costs nothing.
const WRITE_SIZE = 1024 * 1024;
// Every read waits for its turn behind what is being received, so that small ones fall behind.
const READ_SIZE = 4 * WRITE_SIZE;
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
  /** Everything before this is written and hashed. */
  #hashed = 0;
  /** What is written behind that: where it starts, and where it ends. */
  readonly #early = new Map<number, number>();
  #catchingUp: Promise<void> | undefined;
  #parts: IngestPart[] = [];
  /** Parts of before a restart write no more. */
  #generation = 0;

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
    const generation = this.#generation;
    const write = async (bytes: Buffer, position: number): Promise<void> => {
      if (generation === this.#generation) await this.#writeAt(bytes, position, generation);
    };
    const part = new IngestPart(start, this.#expected, write);
    this.#parts.push(part);
    return part;
  }

  /** Writes behind what was written this way before. Fails as `invalid` at the first byte too many. */
  write(chunk: Buffer): Promise<void> | undefined {
    return (this.#parts[0] ?? this.part(0)).write(chunk);
  }

  /** Forgets everything that came; parts of before write no more. */
  async restart(): Promise<void> {
    // Where nothing came nothing is cut: ext4 sends a file that once was cut to nothing to the disk when it is closed (auto_da_alloc
    // in https://docs.kernel.org/admin-guide/ext4.html), which takes 0.2 s for 400 MB.
    if (this.#parts.length === 0) return;
    this.#generation++;
    await this.#settled().catch(() => undefined);
    await this.#file.truncate(0);
    this.#parts = [];
    this.#hashed = 0;
    this.#early.clear();
    this.#catchingUp = undefined;
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
  }

  /** Fails as `invalid` when size or digest differ. The file keeps its own name then, for {@link restart} or {@link abort}. */
  async commit(): Promise<void> {
    const { digest, size } = this.#expected;
    await this.#settled();
    if (this.#hashed !== size) throw new PullError("invalid", `too short: ${digest} has ${size} bytes, got ${this.#hashed}`);
    const got = this.#hasher.digest();
    if (got !== digest) throw new PullError("invalid", `digest differs: expected ${digest}, got ${size} bytes that have ${got}`);
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
  }

  /** Leaves nothing behind; harmless after a commit. */
  async abort(): Promise<void> {
    this.#generation++;
    await this.#settled().catch(() => undefined);
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }

  /** Once all that came is written, and hashed as far as it is whole. */
  async #settled(): Promise<void> {
    for (const part of this.#parts) await part.flush();
    await this.#catchingUp;
  }

  async #writeAt(bytes: Buffer, position: number, generation: number): Promise<void> {
    await onDisk(this.#path, () => writeAll(this.#file, bytes, position), this.#expected.size);
    if (generation !== this.#generation) return;
    const end = position + bytes.length;
    if (position === this.#hashed && this.#catchingUp === undefined) {
      this.#hasher.update(bytes);
      this.#hashed = end;
    } else {
      this.#early.set(position, end);
    }
    if (!this.#early.has(this.#hashed) || this.#catchingUp !== undefined) return;
    this.#catchingUp = onDisk(this.#path, () => this.#catchUp(generation));
    // As with a write: whoever settles has the failure.
    this.#catchingUp.catch(() => undefined);
  }

  /** Hashes what came too early and is no longer, from the system's cache of the file. */
  async #catchUp(generation: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    for (let end = this.#early.get(this.#hashed); end !== undefined; end = this.#early.get(this.#hashed)) {
      this.#early.delete(this.#hashed);
      while (this.#hashed < end) {
        const { bytesRead } = await this.#file.read(buffer, 0, Math.min(READ_SIZE, end - this.#hashed), this.#hashed);
        if (generation !== this.#generation || bytesRead === 0) return;
        this.#hasher.update(buffer.subarray(0, bytesRead));
        this.#hashed += bytesRead;
      }
    }
    this.#catchingUp = undefined;
  }
}

// Memory that was written and may be filled again, as much as eight parts need at a time.
const spare: Buffer[] = [];
const SPARE_LIMIT = 16;

/** The bytes of a blob from a place on, a mebibyte at a time on their way to the disk while the next is received. */
export class IngestPart {
  readonly #start: number;
  readonly #expected: Expected;
  readonly #writeAt: (bytes: Buffer, position: number) => Promise<void>;
  #filling: Buffer | undefined;
  #filled = 0;
  #received = 0;
  #behind = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(start: number, expected: Expected, writeAt: (bytes: Buffer, position: number) => Promise<void>) {
    this.#start = start;
    this.#expected = expected;
    this.#writeAt = writeAt;
  }

  /** Bytes of this part so far. */
  get received(): number {
    return this.#received;
  }

  /**
   * Takes the bytes before it returns; what it returns ends when there is room for more, or fails as the disk does. Fails as
   * `invalid` at the first byte behind the blob's end.
   */
  write(chunk: Buffer): Promise<void> | undefined {
    const { digest, size } = this.#expected;
    if (this.#start + this.#received + chunk.length > size)
      throw new PullError("invalid", `too long: ${digest} has ${size} bytes, got more`);
    for (let at = 0; at < chunk.length; ) {
      this.#filling ??= spare.pop() ?? Buffer.allocUnsafeSlow(WRITE_SIZE);
      const copied = chunk.copy(this.#filling, this.#filled, at);
      at += copied;
      this.#filled += copied;
      this.#received += copied;
      if (this.#filled === WRITE_SIZE) this.#send();
    }
    return this.#behind > 1 ? this.#writing : undefined;
  }

  /** Once everything received is written; fails as the disk does. */
  async flush(): Promise<void> {
    this.#send();
    await this.#writing;
  }

  /** Sends what is filled to the disk, behind what went there before; while it is written, more is received. */
  #send(): void {
    const memory = this.#filling;
    if (memory === undefined) return;
    const bytes = memory.subarray(0, this.#filled);
    const position = this.#start + this.#received - this.#filled;
    this.#filling = undefined;
    this.#filled = 0;
    this.#behind++;
    this.#writing = this.#writing.then(async () => {
      await this.#writeAt(bytes, position);
      this.#behind--;
      if (spare.length < SPARE_LIMIT) spare.push(memory);
    });
    // Whoever waits for it next has the failure; until then it is nobody's.
    this.#writing.catch(() => undefined);
  }
}

/** Writes all of `bytes` from `position` on, however much the system takes at a time. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
}
