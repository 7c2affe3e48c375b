import { type Digest, encodedOf } from "../oci/digest.ts";
import { dayOf } from "./day.ts";
import { firstOf, formatBytes, LINE_LIMIT } from "./wording.ts";

/** What an entry of a lock file locks. */
export type LockedImage = {
  readonly digest: Digest;
  readonly platforms: readonly string[];
  /** The date and time when the image was created; empty when it states none. */
  readonly created: string;
  /** The compressed bytes of the required platforms; undefined when they are not known. */
  readonly size: number | undefined;
};

/**
 * An entry of a lock file that changes. `old` is undefined for a new one, `now` for a removed one.
 * Both have the same digest when only platforms change.
 */
export type LockChange = {
  readonly reference: string;
  readonly old: LockedImage | undefined;
  readonly now: LockedImage | undefined;
};

// A description of a pull request has at most 65,536 characters, and may have other text around the
// table: https://github.com/orgs/community/discussions/27190
const LENGTH_LIMIT = 60_000;
const HEADER: Row = ["image", "old digest", "new digest", "created", "size"];

/**
 * The changes as a Markdown table of at most 60,000 characters, which states how many more there
 * are; empty without changes. Between quotes, a shell acts on nothing in it. It has no HTML, and no
 * Markdown but the table itself.
 */
export function lockDiff(changes: readonly LockChange[]): string {
  if (changes.length === 0) return "";
  const head = [markdownRow(HEADER), markdownRow(HEADER.map(() => "---"))];
  const rows = changes.map((change) => markdownRow(rowOf(change, (digest) => digest)));
  const last = moreLines(rows.length);
  const room = LENGTH_LIMIT - [...head, ...last].join("\n").length;
  const kept = firstWithin(rows, room);
  return [...head, ...kept, ...moreLines(rows.length - kept.length)].join("\n");
}

/** The changes as aligned lines for the log, with short digests; none without changes. */
export function lockTable(changes: readonly LockChange[]): readonly string[] {
  if (changes.length === 0) return [];
  const rows = [HEADER, ...changes.map((change) => rowOf(change, shortDigest))];
  const widths = HEADER.map((_, column) => widthOf(rows.map((row) => row[column] ?? "")));
  // One line states how many more there are.
  return firstOf(rows, LINE_LIMIT - 1, (row) => alignedRow(row, widths));
}

/** The cells of one change, in the order of the header. */
type Row = readonly string[];

type DigestText = (digest: Digest) => string;

function rowOf({ reference, old, now }: LockChange, show: DigestText): Row {
  return [
    plain(reference),
    old === undefined ? "none" : show(old.digest),
    newCell(old, now, show),
    transition(createdCell(old), createdCell(now)),
    transition(sizeCell(old), sizeCell(now)),
  ];
}

// What references and platforms consist of. Everything else might mean something where the table is
// shown, or in a shell, as `](` and `//` do, which are parts of links.
const NOT_PLAIN = /[^\w.:/()[\]-]|(?<=\])\(|(?<=\/)\//g;

function plain(text: string): string {
  return text.replace(NOT_PLAIN, "_");
}

function newCell(
  old: LockedImage | undefined,
  now: LockedImage | undefined,
  show: DigestText,
): string {
  if (now === undefined) return "removed";
  if (old === undefined) return show(now.digest);
  const digest = old.digest === now.digest ? "unchanged" : show(now.digest);
  const added = platformsPart("added", without(now.platforms, old.platforms));
  const dropped = platformsPart("dropped", without(old.platforms, now.platforms));
  return `${digest}${added}${dropped}`;
}

function without(platforms: readonly string[], others: readonly string[]): readonly string[] {
  const excluded = new Set(others);
  return platforms.filter((platform) => !excluded.has(platform));
}

// Few images have more.
const PLATFORM_LIMIT = 8;

function platformsPart(verb: string, platforms: readonly string[]): string {
  if (platforms.length === 0) return "";
  return `, ${verb} ${firstOf(platforms, PLATFORM_LIMIT, plain).join(" ")}`;
}

function createdCell(image: LockedImage | undefined): string {
  return image === undefined ? "" : dayOf(image.created);
}

function sizeCell(image: LockedImage | undefined): string {
  return image?.size === undefined ? "" : formatBytes(image.size);
}

/** Old and new, as far as they are known; one of them when they are equal. */
function transition(old: string, now: string): string {
  const known = [old, now].filter((text) => text !== "");
  return [...new Set(known)].join(" → ");
}

function markdownRow(cells: Row): string {
  return `| ${cells.join(" | ")} |`;
}

/** The first lines that have this many characters together, their ends included. */
function firstWithin(lines: readonly string[], characters: number): readonly string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > characters;
  });
  return end < 0 ? lines : lines.slice(0, end);
}

function moreLines(count: number): readonly string[] {
  // A line without a blank one before it would be a row of the table.
  return count > 0 ? ["", `and ${count} more`] : [];
}

// Enough to tell digests apart. The new ones are whole in the lock file, the old ones in its history.
const SHORT_LENGTH = 12;

function shortDigest(digest: Digest): string {
  const encoded = encodedOf(digest);
  const algorithm = digest.slice(0, -encoded.length);
  return `${algorithm}${encoded.slice(0, SHORT_LENGTH)}`;
}

// A longer cell is out of line, so that it does not make all lines as long.
const WIDTH_LIMIT = 80;

function widthOf(cells: readonly string[]): number {
  const longest = Math.max(...cells.map((cell) => cell.length));
  return Math.min(longest, WIDTH_LIMIT);
}

function alignedRow(row: Row, widths: readonly number[]): string {
  const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return cells.join("  ").trimEnd();
}
