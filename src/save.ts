import { isAbsolute, relative } from "node:path";
import { type Cache, connectCache, openHttp, type Voice } from "./connect.ts";
import { algorithmOf, type Digest, digestOf } from "./oci/digest.ts";
import { PullError } from "./oci/failure.ts";
import { type PendingBundle, type PendingSave, type PendingSaves, parsePendingSaves } from "./pull/pending.ts";
import { inTurns } from "./pull/transfer.ts";
import type { Machine } from "./step.ts";
import { BUNDLE_LIMIT, toBundle } from "./store/bundle.ts";
import type { Outgoing, Saved } from "./store/cache-entry.ts";
import { readRegular } from "./store/disk.ts";
import { Layout } from "./store/layout.ts";
import { withBlob } from "./store/outgoing.ts";

// Few at a time: GitHub takes 200 uploads a minute from a repository, and other jobs have theirs.
const AT_ONCE = 4;
// A hundred thousand entries of some 300 bytes, or a dozen schema 1 manifests of 4 MiB in base64:
// more than any step has.
const STATE_LIMIT = 64 * 1024 * 1024;

/**
 * Saves what the step left for later in the file at `path`, from its layout, each blob hashed
 * again: other processes could write to both since. Says how many entries are new. Fails as
 * `invalid` when the file is not as the step wrote it; an entry that cannot be saved is no failure.
 */
export async function save(
  path: string,
  { environment, clock, temporary }: Pick<Machine, "environment" | "clock" | "temporary">,
  voice: Voice,
): Promise<void> {
  const saves = await readPendingSaves(path, temporary);
  const { signal } = new AbortController();
  const context = { voice, clock, signal };
  const http = openHttp(1, context);
  try {
    await saveEntries(saves, await connectCache(saves.kind, http, environment, context), voice.say);
  } finally {
    http.close();
  }
}

/** The file must be below the job's own directory, and no link out of it. */
async function readPendingSaves(path: string, temporary: string): Promise<PendingSaves> {
  const below = relative(temporary, path);
  const outside = below.startsWith("..") || isAbsolute(below);
  const text = outside ? undefined : await readRegular(path, STATE_LIMIT);
  if (text !== undefined) return parsePendingSaves(text);
  throw new PullError("wrong-state", `pending saves: expected a file of at most ${STATE_LIMIT} bytes below ${temporary}, got ${path}`);
}

async function saveEntries({ layout: path, entries }: PendingSaves, cache: Cache, say: Voice["say"]): Promise<void> {
  const layout = await Layout.open(path);
  const all = await inTurns(entries, AT_ONCE, (entry) =>
    saveEntry(entry, layout, cache).catch((error: unknown): Saved => {
      say(`the cache entry ${entry.key} is not saved: ${(error as Error).message}`);
      return "failed";
    }),
  );
  const count = (what: Saved): number => all.filter((one) => one === what).length;
  const failed = count("failed");
  say(`cache: saved ${count("saved")} entries, ${count("there")} already existed${failed === 0 ? "" : `, ${failed} not saved`}`);
}

async function saveEntry(entry: PendingSave, layout: Layout, cache: Cache): Promise<Saved> {
  const { key } = entry;
  if (!("blob" in entry)) return cache.save(key, inOneSlice(toBundle(await membersOf(entry, layout))));
  const { blob } = entry;
  return withBlob(layout.blobPath(blob.digest), blob, (bytes) => cache.save(key, bytes));
}

type Member = { readonly digest: Digest; readonly bytes: Buffer };

/** Each proven by its digest. Fails when one is missing or wrong, or all are too large to restore. */
async function membersOf({ bundle, inline }: PendingBundle, layout: Layout): Promise<readonly Member[]> {
  const members: Member[] = inline.map(({ digest, base64 }) => ({ digest, bytes: Buffer.from(base64, "base64") }));
  for (const { digest, bytes } of members) {
    if (digestOf(bytes, algorithmOf(digest)) !== digest) throw new PullError("wrong-state", `${digest} is not what was verified`);
  }
  let size = 0;
  for (const digest of bundle) {
    const bytes = await layout.read(digest);
    if (bytes === undefined) throw new PullError("layout-changed", `blob ${digest} of the layout has changed since it was verified`);
    members.push({ digest, bytes });
    size += bytes.length;
    if (size > BUNDLE_LIMIT) throw tooLarge();
  }
  return members;
}

function tooLarge(): PullError {
  return new PullError("too-large", `its blobs have more than ${BUNDLE_LIMIT} bytes`, { next: "lower cache-min-size" });
}

function inOneSlice(bytes: Buffer): Outgoing {
  async function* slices(): AsyncGenerator<Buffer> {
    yield bytes;
  }
  return { size: bytes.length, slices: slices() };
}
