import { digestOfImage } from "../gate/resolved.ts";
import type { Result } from "../pull/outcome.ts";
import type { NamedInFiles, NamedReference, UnknownReference } from "./found-images.ts";

/** A row of the output `references`. */
export type ReferenceRow = Readonly<Record<string, string | number>>;

/** The rows of the output `references`: what files name, and then what cannot be known. */
export function toReferenceRows(
  { references, unknown }: NamedInFiles,
  images: readonly Result[],
): readonly ReferenceRow[] {
  const digests = new Map(images.map((image) => [image.wanted.name, digestOfImage(image)]));
  const known = references.map((reference) => {
    return rowOf(reference, digests.get(reference.name) ?? "");
  });
  return [...known, ...unknown.map(unknownRow)];
}

function rowOf({ file, kind, found, name }: NamedReference, digest: string): ReferenceRow {
  const { place, reference, platform = "" } = found;
  const { line, column, endColumn } = place;
  return { file, line, column, endColumn, as: kind, reference, platform, name, digest };
}

function unknownRow({ file, place, text, why }: UnknownReference): ReferenceRow {
  return { file, line: place.line, text, why };
}
