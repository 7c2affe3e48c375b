import { dirname } from "node:path";
import { digestOf } from "../oci/digest.ts";
import { temporaryPath } from "../store/holder.ts";
import { FILE_MODE, type FileSteps } from "./file-steps.ts";
import { type PlacedRecord, recordPath } from "./placed-record.ts";

/** A file to put in place, for a holder. */
export type FileToPlace = {
  readonly path: string;
  readonly content: Uint8Array;
  /** The process that the file belongs to; see `store/holder`. */
  readonly holder: string;
};

/**
 * Puts a file in place, so that `takeBack` of `restored-file` can undo it at any later time, also
 * when this process is killed on the way. Returns true when there was a file, which is kept.
 *
 * 1. A record beside the path is there first: its name states the holder, the digest of the new
 *    file, and what was before. For a file that is the file itself, under a second name.
 * 2. The new file is renamed to the path.
 *
 * Directories that are missing are prepared under a temporary name, with record and file in them,
 * and renamed at once. Fails as the steps do.
 */
export async function place(steps: FileSteps, file: FileToPlace): Promise<boolean> {
  const [top, ...others] = await missingDirectories(steps, dirname(file.path));
  if (top === undefined) return placeIn(steps, file);
  const { path, content, holder } = file;
  const tree = temporaryPath(top, holder);
  const moved = (inTop: string): string => `${tree}${inTop.slice(top.length)}`;
  for (const directory of [top, ...others]) await steps.makeDirectory(moved(directory));
  const record = recordPath({ ...recordOf(file), kind: "new", directories: others.length + 1 });
  await steps.create(moved(record), NOTHING, FILE_MODE);
  await steps.create(moved(path), content, FILE_MODE);
  await steps.rename(tree, top);
  return false;
}

const NOTHING = Buffer.alloc(0);

async function placeIn(steps: FileSteps, file: FileToPlace): Promise<boolean> {
  const { path, content, holder } = file;
  const mode = await steps.mode(path);
  if (mode === undefined) {
    const record = recordPath({ ...recordOf(file), kind: "new", directories: 0 });
    await steps.create(record, NOTHING, FILE_MODE);
  } else {
    const record = recordPath({ ...recordOf(file), kind: "before", directories: 0 });
    await steps.link(path, record);
  }
  await replace(steps, { path, content, holder }, mode);
  return mode !== undefined;
}

/** Puts a file in place of another, without a record. */
export async function replace(
  steps: FileSteps,
  { path, content, holder }: FileToPlace,
  mode = FILE_MODE,
): Promise<void> {
  const temporary = temporaryPath(path, holder);
  await steps.create(temporary, content, mode);
  await steps.rename(temporary, path);
}

function recordOf({ path, content, holder }: FileToPlace): Omit<PlacedRecord, "kind"> {
  return { path, holder, hex: hexOf(content), directories: 0 };
}

/** True for the bytes that a record is about. */
export function isPlaced(bytes: Uint8Array, { hex }: Pick<PlacedRecord, "hex">): boolean {
  return hexOf(bytes) === hex;
}

function hexOf(bytes: Uint8Array): string {
  return digestOf(bytes).slice("sha256:".length);
}

/** The directory and those above it that do not exist, the topmost first. */
async function missingDirectories(steps: FileSteps, directory: string): Promise<readonly string[]> {
  if ((await steps.list(directory)) !== undefined) return [];
  return [...(await missingDirectories(steps, dirname(directory))), directory];
}
