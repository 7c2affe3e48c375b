import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { holderOf, lifeOf } from "./holder.ts";

// For processes in other containers and on other machines: nothing here knows whether they live. A
// living process writes far more often than once a day, and TLS fails between machines whose clocks
// differ by a day.
const LEFT_MS = 24 * 60 * 60 * 1_000;

/**
 * Removes the temporary files in a directory that ended processes left behind. `now` returns
 * milliseconds since the epoch. Fails when the directory cannot be listed.
 */
export async function removeLeftovers(directory: string, now: () => number): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (!(await isLeftover(path, now))) continue;
    // A file that cannot be removed, such as another user's, does no harm.
    await rm(path, { force: true, recursive: true }).catch(() => undefined);
  }
}

async function isLeftover(path: string, now: () => number): Promise<boolean> {
  const holder = holderOf(path);
  if (holder === undefined) return false;
  const life = lifeOf(holder);
  if (life !== "unknown") return life === "dead";
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && now() - found.ctimeMs > LEFT_MS;
}
