import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "../../src/oci/digest.ts";
import { DirectoryCache } from "../../src/store/directory-cache.ts";
import { REAL_TIME } from "../../src/store/mutex.ts";
import { MemoryTarget } from "./memory-target.ts";
import { outgoing } from "./outgoing.ts";

/** The directory to use until this process is killed, its limit, and the sizes of all entries. */
export type Task = {
  readonly path: string;
  readonly size: number;
  readonly entries: readonly number[];
};

/** What a process found: how an entry was restored or saved, or a message of the cache. */
export type Found = { readonly outcome: string };

const { signal } = new AbortController();
const found = (outcome: string): void => void process.send?.({ outcome } satisfies Found);
// Polls more often than the 25 ms that are asked for, so that more processes meet.
const time = { ...REAL_TIME, sleep: () => sleep(3) };

async function useOne(cache: DirectoryCache, entries: readonly number[]): Promise<void> {
  const at = Math.floor(Math.random() * entries.length);
  const bytes = Buffer.alloc(entries[at] ?? 0, `the bytes of entry ${at}, `);
  const blob = { digest: digestOf(bytes), size: bytes.length };
  const target = new MemoryTarget(blob);
  const key = `entry-${at}`;
  if (await cache.restore(key, blob, target)) {
    return found(target.bytes.equals(bytes) ? "restored" : "restored other bytes");
  }
  // In small slices, so that many are killed in the middle.
  found(await cache.save(key, outgoing(bytes, 8_192)));
}

process.once("message", async ({ path, size, entries }: Task) => {
  const cache = new DirectoryCache(path, { signal, warn: found, say: found, size, time });
  for (;;) await useOne(cache, entries);
});
