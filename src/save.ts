import { rm, writeFile } from "node:fs/promises";
import { type Cache, connectCache, openHttp, type Voice } from "./connect.ts";
import type { Digest } from "./oci/digest.ts";
import type { Promised, Promises } from "./pull/save.ts";
import { inTurns } from "./pull/transfer.ts";
import type { Machine } from "./step.ts";
import { toBundle } from "./store/bundle.ts";
import type { Saved } from "./store/directory-cache.ts";
import { Layout } from "./store/layout.ts";

// Few at a time: GitHub takes 200 uploads a minute from a repository, and other jobs have theirs.
const AT_ONCE = 4;

/**
 * Saves what a step promised, from its layout, each blob hashed again first: between the step and now others had the
 * directory. What a cache will not take is no failure; says how many entries are new.
 */
export async function save(
  promises: Promises | undefined,
  { environment, clock }: Pick<Machine, "environment" | "clock">,
  voice: Voice,
): Promise<void> {
  if (promises === undefined || promises.entries.length === 0) return;
  const { signal } = new AbortController();
  const context = { voice, clock, signal };
  const http = openHttp(1, context);
  try {
    await saveEntries(promises, await connectCache(promises.kind, http, environment, context), voice.say);
  } finally {
    http.close();
  }
}

async function saveEntries(promises: Promises, cache: Cache, say: (line: string) => void): Promise<void> {
  const layout = await Layout.open(promises.layout);
  const all = await inTurns(promises.entries, AT_ONCE, (entry) => saveEntry(entry, layout, cache));
  const count = (what: Saved): number => all.filter((one) => one === what).length;
  const failed = count("failed");
  say(`cache: ${count("saved")} entries saved, ${count("there")} were there${failed === 0 ? "" : `, ${failed} not saved`}`);
}

async function saveEntry({ key, blobs, bundled, inline }: Promised, layout: Layout, cache: Cache): Promise<Saved> {
  const [first] = blobs;
  if (!bundled) return first !== undefined && (await layout.isRight(first)) ? cache.save(key, layout.blobPath(first)) : "failed";
  const parts: { digest: Digest; bytes: Buffer }[] = inline.map(([digest, base64]) => ({ digest, bytes: Buffer.from(base64, "base64") }));
  for (const digest of blobs) {
    const bytes = await layout.read(digest);
    if (bytes === undefined) return "failed";
    parts.push({ digest, bytes });
  }
  const path = layout.temporary("bundle");
  await writeFile(path, toBundle(parts), { flag: "wx" });
  try {
    return await cache.save(key, path);
  } finally {
    await rm(path, { force: true });
  }
}
