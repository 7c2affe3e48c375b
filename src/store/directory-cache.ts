import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { openRegular, readRegular } from "./disk.ts";
import type { Expected, IngestPart } from "./ingest.ts";

/** Takes an entry's bytes; it proves them itself. */
export type CacheTarget = {
  /** A way in for the bytes from `start` on. */
  part(start: number): Pick<IngestPart, "received" | "write">;
  restart(): Promise<void>;
  commit(): Promise<void>;
};

/** What became of an entry that was to be saved. */
export type Saved = "saved" | "there" | "failed";

const READ_SIZE = 1024 * 1024;

/** A cache in a directory, where there is no service: on a laptop, the second run is a warm one. */
export class DirectoryCache {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** True when there was an entry and the target took it; whatever goes wrong is a miss. */
  async restore(key: string, _blob: Expected, target: CacheTarget): Promise<boolean> {
    try {
      const file = await openRegular(this.#file(key));
      const part = target.part(0);
      for await (const chunk of file.createReadStream({ highWaterMark: READ_SIZE })) part.write(chunk);
      await target.commit();
      return true;
    } catch {
      await target.restart();
      return false;
    }
  }

  /** The entry, when there is one of at most `limit` bytes. */
  async fetch(key: string, limit: number): Promise<Buffer | undefined> {
    return readRegular(this.#file(key), limit).catch(() => undefined);
  }

  /** Keeps a file's bytes under a key. What is there already was of no use, or nothing would be saved, and is replaced. */
  async save(key: string, path: string): Promise<Saved> {
    const file = this.#file(key);
    const temporary = `${file}.${crypto.randomUUID()}`;
    try {
      await mkdir(this.#path, { recursive: true });
      await copyFile(path, temporary);
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
