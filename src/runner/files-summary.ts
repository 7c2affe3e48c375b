import type { FileProblem, FilesReport, UnknownReference } from "./found-images.ts";
import { type LineUrl, placeCell } from "./places.ts";
import { markdown } from "./sanitiser.ts";
import { countOf } from "./wording.ts";

/** The row of the table of problems for a file: image, platform, status, and what was found. */
export function fileProblemRow(problem: FileProblem, urlOf: LineUrl): readonly string[] {
  const { where, location, optional, status, message } = problem;
  const place =
    location === undefined ? markdown(where) : placeCell(location.file, location.line, urlOf);
  return [optional ? `${place} (optional)` : place, "", `✗ ${status}`, markdown(message)];
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

/** A list that a reader can unfold; nothing without items. */
export function folded(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const list = items.map((item) => `- ${item}`);
  return ["", `<details><summary>${title}</summary>`, "", ...list, "", "</details>"];
}
