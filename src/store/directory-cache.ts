import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { foundBy } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { BUNDLE_LIMIT, openBundle } from "./bundle.ts";
import {
  isWrong,
  type Outgoing,
  type RestoringCache,
  type Saved,
  type SavingCache,
  wrongEntry,
} from "./cache.ts";
import { openRegular, readRegular } from "./disk.ts";

const READ_SIZE = 1024 * 1024;

/** What ends restoring a bundle, and where warnings go. */
export type DirectoryCacheOptions = {
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
};

/** A cache in a directory, for machines without the Actions cache service: a file per entry. */
export class DirectoryCache implements RestoringCache, SavingCache {
  readonly #path: string;
  readonly #options: DirectoryCacheOptions;

  constructor(path: string, options: DirectoryCacheOptions) {
    this.#path = path;
    this.#options = options;
  }

  async restore(key: string, _blob: Blob, target: BlobTarget): Promise<boolean> {
    try {
      const file = await openRegular(this.#file(key));
      const part = target.part(0);
      for await (const chunk of file.createReadStream({ highWaterMark: READ_SIZE })) {
        part.write(chunk);
      }
      await target.commit();
      return true;
    } catch (error) {
      if (isWrong(error)) this.#options.warn(wrongEntry(key, foundBy(error)));
      await target.restart();
      return false;
    }
  }

  async bundle(key: string): Promise<ReadonlyMap<Digest, Buffer>> {
    const { signal, warn } = this.#options;
    const bytes = await this.#read(key);
    return bytes === undefined ? new Map() : openBundle(key, bytes, signal, warn);
  }

  async #read(key: string): Promise<Buffer | undefined> {
    try {
      const bytes = await readRegular(this.#file(key), BUNDLE_LIMIT);
      const found = `too large: it has more than ${BUNDLE_LIMIT} bytes`;
      if (bytes === undefined) this.#options.warn(wrongEntry(key, found));
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Overwrites: saving happens only after a miss, so that an existing entry is wrong. */
  async save(key: string, { slices }: Outgoing): Promise<Saved> {
    const file = this.#file(key);
    const temporary = `${file}.${crypto.randomUUID()}`;
    try {
      await mkdir(this.#path, { recursive: true });
      await writeFile(temporary, slices, { flag: "wx" });
      await rename(temporary, file);
      return "saved";
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
      return "failed";
    }
  }

  #file(key: string): string {
    return join(this.#path, encodeURIComponent(key));
  }
}
