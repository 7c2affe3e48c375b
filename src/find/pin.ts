import { type Digest, encodedOf } from "../oci/digest.ts";
import { tagIn } from "../oci/tag.ts";
import type { SourceText } from "./source-text.ts";

/** How a digest is written for one reference: which bytes it replaces, and what stands around it. */
export type Pin = {
  /** Bytes from the start of the file, `end` excluded. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
  /** `hex` leaves out the algorithm. */
  readonly form: "digest" | "hex";
};

/** A piece of a file that is written as it means. Offsets are those of a {@link SourceText}. */
type Literal = { readonly start: number; readonly end: number; readonly value: string };

/**
 * How a reference that is written as a whole gets its digest: `name:tag@sha256:…`. A digest beside a
 * tag is replaced. Undefined for a reference with a digest and no tag, because nothing says which
 * digest is newer.
 */
export function pinOf(source: SourceText, spot: Literal): Pin | undefined {
  // Quotes can have white space inside. It stays around the reference.
  const written = source.text.slice(spot.start, spot.end);
  const start = spot.start + written.length - written.trimStart().length;
  const end = start + written.trim().length;
  const value = spot.value.trim();
  const [named = "", digest] = value.split("@");
  const isTagged = tagIn(named) !== undefined;
  if (digest !== undefined && !isTagged) return undefined;
  const tag = isTagged ? "@" : ":latest@";
  const isAsWritten = written.trim() === value;
  const from = isAsWritten ? start + named.length : start;
  const before = isAsWritten ? tag : `${named}${tag}`;
  return pinAt(source, from, end, { before });
}

/** A pin that replaces the text from offset `start` to `end`. */
export function pinAt(
  source: SourceText,
  start: number,
  end: number,
  { before = "", after = "", form = "digest" }: Partial<Omit<Pin, "start" | "end">> = {},
): Pin {
  const place = source.place(start, end);
  return { start: place.start, end: place.end, before, after, form };
}

/** A pin, and the digest to write. */
export type Edit = { readonly pin: Pin; readonly digest: Digest };

/** The content of a file with digests written into it. Nothing outside the pins changes. */
export function withPins(content: Buffer, edits: readonly Edit[]): Buffer {
  const ordered = edits.toSorted((one, other) => one.pin.start - other.pin.start);
  const pieces: Buffer[] = [];
  let at = 0;
  let last = -1;
  for (const { pin, digest } of ordered) {
    // Two references can share one place, as through a YAML alias: it is written once.
    if (pin.start < at || pin.start === last) continue;
    last = pin.start;
    const written = pin.form === "hex" ? encodedOf(digest) : digest;
    pieces.push(content.subarray(at, pin.start));
    pieces.push(Buffer.from(`${pin.before}${written}${pin.after}`));
    at = pin.end;
  }
  pieces.push(content.subarray(at));
  return Buffer.concat(pieces);
}
