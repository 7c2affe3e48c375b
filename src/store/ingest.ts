import { constants, type FileHandle, open, rename, rm } from "node:fs/promises";
import { algorithmOf, type Digest, type Hasher, hasher } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { onDisk } from "./disk.ts";

/** What the bytes must turn out to be. */
export type Expected = { readonly digest: Digest; readonly size: number };

/** A blob on its way in: an exclusive file, hashed as it is written, and under its final name only when it is right. */
export class Ingest {
  readonly #expected: Expected;
  readonly #path: string;
  readonly #final: string;
  readonly #file: FileHandle;
  #hasher: Hasher;
  #received = 0;

  private constructor(expected: Expected, path: string, final: string, file: FileHandle) {
    this.#expected = expected;
    this.#path = path;
    this.#final = final;
    this.#file = file;
    this.#hasher = hasher(algorithmOf(expected.digest));
  }

  /** An ingest at `path`, which must not exist and becomes `final`. */
  static async open(expected: Expected, path: string, final: string): Promise<Ingest> {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);
    return new Ingest(expected, path, final, await onDisk(path, () => open(path, flags, 0o644)));
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
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await onDisk(this.#path, () => this.#file.write(chunk, at, chunk.length - at, this.#received + at));
      at += bytesWritten;
    }
    this.#received += chunk.length;
  }

  async restart(): Promise<void> {
    await this.#file.truncate(0);
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
    this.#received = 0;
  }

  /** Fails as `invalid` when size or digest differ. The file keeps its own name then, for {@link restart} or {@link abort}. */
  async commit(): Promise<void> {
    const { digest, size } = this.#expected;
    if (this.#received !== size) throw new PullError("invalid", `too short: ${digest} has ${size} bytes, got ${this.#received}`);
    const got = this.#hasher.digest();
    if (got !== digest) throw new PullError("invalid", `digest differs: expected ${digest}, got ${size} bytes that have ${got}`);
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
  }

  /** Leaves nothing behind; harmless after a commit. */
  async abort(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true });
  }
}
