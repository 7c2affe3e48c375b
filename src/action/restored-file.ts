import { dirname } from "node:path";
import { temporaryPath } from "../store/holder.ts";
import type { FileSteps } from "./file-steps.ts";
import { isPlaced } from "./placed-file.ts";
import {
  leftoversIn,
  type OfHolder,
  type PlacedRecord,
  recordPath,
  recordsIn,
} from "./placed-record.ts";

/**
 * Takes back every file that these holders placed in a directory, and removes what killed processes
 * left there. Returns the paths of files that another program changed. Fails as the steps do.
 */
export async function takeBackAll(
  steps: FileSteps,
  directory: string,
  ofHolder: OfHolder,
): Promise<readonly string[]> {
  const changed: string[] = [];
  await removeLeftovers(steps, directory, ofHolder);
  let record = await nextRecord(steps, directory, ofHolder);
  while (record !== undefined) {
    if ((await takeBack(steps, record)) === "changed") changed.push(record.path);
    record = await nextRecord(steps, directory, ofHolder);
  }
  return changed;
}

/** Removes the temporary names of these holders, and records that a `new` one has replaced. */
export async function removeLeftovers(
  steps: FileSteps,
  directory: string,
  ofHolder: OfHolder,
): Promise<void> {
  for (const path of await leftoversIn(steps, directory, ofHolder)) await steps.remove(path);
  const records = await recordsIn(steps, directory);
  const made = records.filter(({ kind }) => kind === "new");
  for (const record of records) {
    if (record.kind === "new" || !ofHolder(record.holder)) continue;
    const isReplaced = made.some(({ path, hex }) => path === record.path && hex === record.hex);
    if (isReplaced) await steps.remove(recordPath(record));
  }
}

/** A record of these holders; each {@link takeBack} may change the records of others. */
export async function nextRecord(
  steps: FileSteps,
  directory: string,
  ofHolder: OfHolder,
): Promise<PlacedRecord | undefined> {
  const records = await recordsIn(steps, directory);
  return records.find(({ holder }) => ofHolder(holder));
}

/** What became of a file that was taken back. */
export type TakenBack = "as-before" | "changed";

/**
 * Undoes what `place` of `placed-file` did: the file is as before, or gone with the directories
 * that were made for it. When another process placed its file later, that one stays, and its record
 * takes over what was before. A file that another program changed stays as it is (`changed`); what
 * was before is then kept beside it, with the ending `.kept`. Fails as the steps do. `isOurs`
 * recognises the placed file.
 */
export async function takeBack(
  steps: FileSteps,
  record: PlacedRecord,
  isOurs = (bytes: Buffer): boolean => isPlaced(bytes, record),
): Promise<TakenBack> {
  const { path } = record;
  const found = await steps.read(path);
  if (found === undefined || isOurs(found)) {
    await restore(steps, record, found);
    return "as-before";
  }
  const later = await laterRecord(steps, record, isOurs);
  if (later !== undefined) {
    await handOver(steps, record, later);
    return "as-before";
  }
  if (await isBefore(steps, record, found)) {
    await steps.remove(recordPath(record));
    return "as-before";
  }
  await giveUp(steps, record);
  return "changed";
}

/** Restores what was before. A file of ours that another program removed is not missed. */
async function restore(
  steps: FileSteps,
  record: PlacedRecord,
  found: Buffer | undefined,
): Promise<void> {
  if (record.kind === "before") return steps.rename(recordPath(record), record.path);
  if (found !== undefined) await steps.remove(record.path);
  await forget(steps, record);
}

/** True when the file was never replaced. */
async function isBefore(steps: FileSteps, record: PlacedRecord, found: Buffer): Promise<boolean> {
  if (record.kind === "new") return false;
  const before = await steps.read(recordPath(record));
  return before?.equals(found) ?? false;
}

/** The record of a process that placed its file over ours, and so keeps ours. */
async function laterRecord(
  steps: FileSteps,
  record: PlacedRecord,
  isOurs: (bytes: Buffer) => boolean,
): Promise<PlacedRecord | undefined> {
  const { path, holder } = record;
  for (const other of await recordsIn(steps, dirname(path))) {
    if (other.path !== path || other.holder === holder || other.kind === "new") continue;
    const kept = await steps.read(recordPath(other));
    if (kept !== undefined && isOurs(kept)) return other;
  }
  return undefined;
}

/** The later record gets what was before ours. A record `new` counts more than one `before`. */
async function handOver(
  steps: FileSteps,
  record: PlacedRecord,
  later: PlacedRecord,
): Promise<void> {
  if (record.kind === "before") return steps.rename(recordPath(record), recordPath(later));
  const { directories } = record;
  const inherited = recordPath({ ...later, kind: "new", directories });
  await steps.rename(recordPath(record), inherited);
  await steps.remove(recordPath(later));
}

async function giveUp(steps: FileSteps, record: PlacedRecord): Promise<void> {
  if (record.kind === "new") return forget(steps, record);
  await steps.rename(recordPath(record), `${record.path}.${record.holder}.kept`);
}

/**
 * Removes the record of a new file, with the directories that were made for it and contain nothing
 * else. They disappear at once. What another process placed in them inherits them.
 */
async function forget(steps: FileSteps, record: PlacedRecord): Promise<void> {
  const { path, holder, directories } = record;
  const directory = dirname(path);
  const heir = (await recordsIn(steps, directory)).find(
    (other) => other.holder !== holder && other.kind === "new" && other.directories < directories,
  );
  if (heir !== undefined) {
    await steps.rename(recordPath(heir), recordPath({ ...heir, directories }));
  }
  const top = await topmostOwn(steps, record);
  if (top === undefined) return steps.remove(recordPath(record));
  const aside = temporaryPath(top, holder);
  await steps.rename(top, aside);
  await steps.remove(aside);
}

/** The topmost directory made for a file that contains only its record; undefined for none. */
async function topmostOwn(steps: FileSteps, record: PlacedRecord): Promise<string | undefined> {
  let top: string | undefined;
  let content = recordPath(record);
  for (let count = 0; count < record.directories; count++) {
    const directory = dirname(content);
    const names = (await steps.list(directory)) ?? [];
    if (names.some((name) => `${directory}/${name}` !== content)) break;
    top = directory;
    content = directory;
  }
  return top;
}
