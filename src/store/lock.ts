import { open, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { PullError } from "../oci/failure.ts";

const PATIENCE_MS = 60_000;
const POLL_MS = 25;

/**
 * What `work` returns, run while this process alone holds the lock file at `path`. A lock whose process is dead is taken
 * over. Fails as `unsupported` when a living process keeps it for a minute.
 */
export async function locked<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (holder > 0 && !isAlive(holder)) await takeOver(path, holder);
    else if (Date.now() > deadline) {
      throw new PullError(
        "unsupported",
        `${path} is locked by process ${holder || "unknown"} for more than a minute; if it is not pulling, remove the file`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** Removes a dead process's lock, if it is still that one: another process may have done so and taken it. */
async function takeOver(path: string, holder: number): Promise<void> {
  if (Number(await readFile(path, "utf8").catch(() => "")) === holder) await rm(path, { force: true });
}

/** True when a process of this machine has that number, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
