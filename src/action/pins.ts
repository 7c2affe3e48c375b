import type { Edit } from "../find/pin.ts";
import { digestOfImage, statusOf } from "../gate/resolved.ts";
import { PullError } from "../oci/failure.ts";
import type { Outcome } from "../pull/outcome.ts";
import { type FileProblem, fileProblem, type NamedReference } from "../runner/found-images.ts";
import type { ReadFiles } from "./files.ts";

/** The files that changed, and the problems with those that could not be changed. */
export type Pinned = {
  readonly changed: readonly string[];
  readonly problems: readonly FileProblem[];
};

/**
 * Writes the digests of images into the files that name them. A file that is no longer what it was
 * is left as it is, which is only a warning.
 */
export function writePins(files: ReadFiles, outcome: Outcome): Pinned {
  const { references, workspace, digests } = files;
  const changed: string[] = [];
  const problems: FileProblem[] = [];
  for (const [file, edits] of editsOf(references, outcome)) {
    const before = digests.get(file);
    if (before === undefined) continue;
    try {
      if (workspace.pin(file, before, edits)) changed.push(file);
    } catch (error) {
      problems.push(unwritten(error, file));
    }
  }
  return { changed, problems };
}

function unwritten(error: unknown, file: string): FileProblem {
  const location = { file, line: 1, column: 1, endColumn: 1 };
  const isChanged = error instanceof PullError && error.reason === "file-changed";
  return fileProblem(error, file, { optional: isChanged, location });
}

/** What to write into each file. An image with a problem is not written. */
function editsOf(
  references: readonly NamedReference[],
  { images }: Outcome,
): ReadonlyMap<string, readonly Edit[]> {
  const resolved = images.filter((image) => statusOf(image) === "ok");
  const digestsOfImages = new Map(
    resolved.map((image) => [image.wanted.name, digestOfImage(image)]),
  );
  const files = new Map<string, Edit[]>();
  for (const { file, name, found } of references) {
    const digest = digestsOfImages.get(name);
    if (found.pin === undefined || digest === undefined) continue;
    const edits = files.get(file) ?? [];
    edits.push({ pin: found.pin, digest });
    files.set(file, edits);
  }
  return files;
}
