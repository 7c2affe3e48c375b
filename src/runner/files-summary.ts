import type { FileProblem, FilesReport, UnknownReference } from "./found-images.ts";
import { type LineUrl, placeCell } from "./places.ts";
import { markdown } from "./sanitiser.ts";
import { folded, problemCell } from "./summary-parts.ts";
import { countOf } from "./wording.ts";

/** The row of the table of problems for a file: image, platform and problem. */
export function fileProblemRow(problem: FileProblem, urlOf: LineUrl): readonly string[] {
  const { where, location, optional } = problem;
  const place =
    location === undefined ? markdown(where) : placeCell(location.file, location.line, urlOf);
  return [optional ? `${place} (optional)` : place, "", problemCell(problem, where)];
}

/** What a summary shows of files: what was pinned, and what cannot be known. */
export function filesLines(files: FilesReport | undefined, urlOf: LineUrl): readonly string[] {
  if (files === undefined) return [];
  const { changed, unknown } = files;
  return [...folded(pinnedTitle(changed), changed.map(markdown)), ...unknownLines(unknown, urlOf)];
}

function pinnedTitle(changed: readonly string[]): string {
  return `Digests written into ${countOf(changed.length, "file")}`;
}

function unknownLines(unknown: readonly UnknownReference[], urlOf: LineUrl): readonly string[] {
  const title = `${countOf(unknown.length, "reference")} not known before the files are used`;
  const items = unknown.map(({ file, place, text, why }) => {
    const line = placeCell(file, place.line, urlOf);
    return `${line}: <code>${markdown(text)}</code>: ${markdown(why)}`;
  });
  return folded(title, items);
}
