import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { foundBy } from "../oci/failure.ts";
import { type CacheTarget, isWrong, type Outgoing, type Saved, wrongEntry } from "./cache-entry.ts";
import { openRegular, readRegular } from "./disk.ts";
import type { Expected } from "./ingest.ts";

const READ_SIZE = 1024 * 1024;

/** A cache in a directory, where there is no service: on a laptop, the second run is a warm one. */
export class DirectoryCache {
  readonly #path: string;
  readonly #warn: (message: string) => void;

  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#warn = warn;
  }

  /** True when there is an entry and its bytes are right. A wrong one is a warning and a miss. */
  async restore(key: string, _blob: Expected, target: CacheTarget): Promise<boolean> {
    try {
      const file = await openRegular(this.#file(key));
      const part = target.part(0);
      for await (const chunk of file.createReadStream({ highWaterMark: READ_SIZE })) part.write(chunk);
      await target.commit();
      return true;
    } catch (error) {
      if (isWrong(error)) this.#warn(wrongEntry(key, foundBy(error)));
      await target.restart();
      return false;
    }
  }

  /** The entry whole, unproven, when there is one of at most `limit` bytes. */
  async fetch(key: string, limit: number): Promise<Buffer | undefined> {
    const file = this.#file(key);
    try {
      const bytes = await readRegular(file, limit);
      if (bytes === undefined) this.#warn(wrongEntry(key, `too large: it is longer than ${limit} bytes`));
      return bytes;
    } catch {
      return undefined;
    }
  }

  /** Saves bytes under a key. Overwrites: saving only follows a miss, so an old entry is wrong. */
  async save(key: string, { slices }: Outgoing): Promise<Saved> {
    const file = this.#file(key);
    const temporary = `${file}.${crypto.randomUUID()}`;
    try {
      await mkdir(this.#path, { recursive: true });
      await writeFile(temporary, slices, { flag: "wx" });
      await rename(temporary, file);
      return "saved";
    } catch {
      await rm(temporary, { force: true });
      return "failed";
    }
  }

  #file(key: string): string {
    return join(this.#path, encodeURIComponent(key));
  }
}
