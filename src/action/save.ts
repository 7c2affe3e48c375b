import { isAbsolute, relative } from "node:path";
import { foundBy, messageOf, PullError } from "../oci/failure.ts";
import { type PendingSave, type PendingSaves, parsePendingSaves } from "../pull/pending-saves.ts";
import { inTurns } from "../pull/pool.ts";
import { makeBundle } from "../store/bundle.ts";
import type { Outgoing, Saved, SavingCache } from "../store/cache.ts";
import { readRegular } from "../store/disk.ts";
import { Layout } from "../store/layout.ts";
import { withBlob } from "../store/outgoing.ts";
import { connectSaves } from "./connect.ts";
import type { Machine } from "./machine.ts";
import { type Voice, warnOnce } from "./task.ts";

// GitHub accepts 200 uploads a minute from a repository, which other jobs share.
const AT_ONCE = 4;
// A look-up is one small request, and GitHub accepts more than a thousand a minute.
const LOOK_UPS_AT_ONCE = 16;
// A hundred thousand entries of about 300 bytes, or a dozen schema 1 manifests of 4 MiB in base64:
// more than any step has.
const STATE_LIMIT = 64 * 1024 * 1024;

/**
 * Saves what a step left for later, if it left something. Never fails: the cache fails no job, and
 * its problems are one warning and log lines.
 */
export async function savePending(path: string, machine: Machine, workflow: Voice): Promise<void> {
  if (path === "") return;
  const voice = warnOnce(workflow);
  try {
    await save(path, machine, voice);
  } catch (error) {
    voice.warn(`nothing was saved to the cache: ${foundBy(error)}`);
  }
}

/**
 * Saves the entries in the file at `path` from their layout. Every blob is hashed again, because
 * other processes could write to file and layout since. Prints how many entries are new. Fails as
 * `invalid` when the file is not as the step wrote it; an entry that cannot be saved is a log line.
 */
export async function save(path: string, machine: Machine, voice: Voice): Promise<void> {
  const { temporary, cancelled: signal, clock } = machine;
  const saves = await readPendingSaves(path, temporary);
  const cache = await connectSaves(saves.cache, { machine, voice, signal });
  const sleep = (ms: number): Promise<unknown> => clock.sleep(ms, signal);
  const layout = await Layout.open(saves.layout, { ...clock, sleep });
  const missing = await missingEntries(saves.entries, cache);
  const results = await inTurns(missing, AT_ONCE, async (entry): Promise<Saved> => {
    try {
      return await saveEntry(entry, layout, cache);
    } catch (error) {
      const why = `the cache entry ${entry.key} is not saved: ${messageOf(error)}`;
      if (!signal.aborted) voice.say(why);
      return "failed";
    }
  });
  voice.say(savedLine(results, saves.entries.length - missing.length));
}

/** The entries that the cache lacks. It is asked for all of them before the first byte is read. */
async function missingEntries(
  entries: readonly PendingSave[],
  cache: SavingCache,
): Promise<readonly PendingSave[]> {
  const has = async ({ key }: PendingSave): Promise<boolean> => (await cache.has?.(key)) ?? false;
  const isThere = await inTurns(entries, LOOK_UPS_AT_ONCE, has);
  return entries.filter((_, at) => isThere[at] !== true);
}

function savedLine(results: readonly Saved[], existedBefore: number): string {
  const count = (result: Saved): number => {
    const equal = results.filter((one) => one === result);
    return equal.length;
  };
  const saved = count("saved");
  const existed = existedBefore + count("existed");
  const failed = count("failed");
  if (saved + existed + failed === 0) return "cache: nothing new to save";
  const entries = saved === 1 ? "entry" : "entries";
  const others = [
    existed === 0 ? "" : `, ${existed} already existed`,
    failed === 0 ? "" : `, ${failed} not saved`,
  ];
  return `cache: saved ${saved} ${entries}${others.join("")}`;
}

/** The file must be below the job's own directory, and not a link out of it. */
async function readPendingSaves(path: string, temporary: string): Promise<PendingSaves> {
  const below = relative(temporary, path);
  const isOutside = below.startsWith("..") || isAbsolute(below);
  const text = isOutside ? undefined : await readRegular(path, STATE_LIMIT);
  if (text !== undefined) return parsePendingSaves(text);
  const expected = `a file of at most ${STATE_LIMIT} bytes below ${temporary}`;
  throw new PullError("wrong-state", `pending saves: expected ${expected}, got ${path}`);
}

async function saveEntry(entry: PendingSave, layout: Layout, cache: SavingCache): Promise<Saved> {
  const { key } = entry;
  if ("blob" in entry) {
    const { blob } = entry;
    const path = layout.blobPath(blob.digest);
    return withBlob(path, blob, (bytes) => cache.save(key, bytes));
  }
  const documents = entry.inline.map(({ digest, base64 }) => {
    const bytes = Buffer.from(base64, "base64");
    return { digest, bytes };
  });
  const bundle = await makeBundle(layout, entry.bundle, documents);
  return cache.save(key, inOneSlice(bundle));
}

function inOneSlice(bytes: Buffer): Outgoing {
  async function* slices(): AsyncGenerator<Buffer> {
    yield bytes;
  }
  return { size: bytes.length, slices: slices() };
}
