import type { ReceiptBytes, ReceiptRow } from "../find/receipt-file.ts";
import { markdown } from "./sanitiser.ts";
import { copyBlock, tableLine } from "./summary-parts.ts";
import { countOf, firstOf, formatBytes, LINE_LIMIT, shortDigests } from "./wording.ts";

// The runner drops a summary of more than 1 MiB completely, so rows end well before.
const LENGTH_LIMIT = 900 * 1024;
// Enough to see who pulled an image; the receipt has all.
const LIST_LIMIT = 5;
const COLUMNS = ["image", "digest", "platforms", "client", "pulls", "size and from where"];

/** The receipt of a job as Markdown for its summary; empty for a job that pulled nothing. */
export function receiptSummary(rows: readonly ReceiptRow[]): string {
  if (rows.length === 0) return "";
  const table = [COLUMNS, COLUMNS.map(() => "---"), ...rows.map(cellsOf)];
  const pinned = [...new Set(rows.map((row) => row.pinned))];
  return capped([
    `### ${titleOf(rows)}`,
    "",
    ...table.map(tableLine),
    ...leftOutOf(rows).flatMap((text) => ["", `${text}.`]),
    ...copyBlock("Pinned references", pinned),
    "",
  ]);
}

/** The receipt of a job as lines for a terminal. */
export function receiptLines(rows: readonly ReceiptRow[]): readonly string[] {
  if (rows.length === 0) return ["the job pulled no image through its registry"];
  return [titleOf(rows), ...firstOf(rows, LINE_LIMIT, lineOf), ...leftOutOf(rows)];
}

function titleOf(rows: readonly ReceiptRow[]): string {
  return `Images that this job pulled: ${rows.length}`;
}

function cellsOf(row: ReceiptRow): readonly string[] {
  const { reference, digest, platforms, clients, pulls, bytes } = row;
  return [
    code(shortDigests(reference)),
    code(shortDigests(digest)),
    firstOf(platforms, LIST_LIMIT, markdown).join("<br>"),
    firstOf(clients, LIST_LIMIT, markdown).join("<br>"),
    String(pulls),
    partsOf(bytes).map(markdown).join("<br>"),
  ];
}

function lineOf({ reference, digest, platforms, clients, pulls, bytes }: ReceiptRow): string {
  const name = reference.endsWith(digest) ? reference : `${reference}@${digest}`;
  const count = countOf(pulls, "pull");
  return `${name}${listOf("for", platforms)}: ${count}${listOf("by", clients)}; ${sizeOf(bytes)}`;
}

function listOf(word: string, texts: readonly string[]): string {
  if (texts.length === 0) return "";
  return ` ${word} ${firstOf(texts, LIST_LIMIT, (text) => text).join(", ")}`;
}

function sizeOf(bytes: ReceiptBytes): string {
  return partsOf(bytes).join(", ");
}

/** Where the bytes of an image came from, without the places that none came from. */
function partsOf({ layout, cache, registry }: ReceiptBytes): readonly string[] {
  const here = { "the layout": layout, "the cache": cache };
  const places = [...Object.entries(here), ...Object.entries(registry)];
  const used = places.filter(([, bytes]) => bytes > 0);
  if (used.length === 0) return ["nothing was downloaded"];
  return firstOf(used, LIST_LIMIT, ([place, bytes]) => `${formatBytes(bytes)} from ${place}`);
}

/** What the limits of a receipt left out, in sentences. */
function leftOutOf(rows: readonly ReceiptRow[]): readonly string[] {
  const truncated = rows.filter((row) => row.truncated !== undefined).length;
  const more = rows.at(-1)?.more ?? 0;
  const details = "not every client, platform and blob is on the receipt";
  const images = "are not on the receipt, which is full";
  return [
    ...(truncated > 0 ? [`Of ${countOf(truncated, "image")}, ${details}`] : []),
    ...(more > 0 ? [`Other images, asked for ${countOf(more, "time")}, ${images}`] : []),
  ];
}

function code(text: string): string {
  return `<code>${markdown(text)}</code>`;
}

function capped(lines: readonly string[]): string {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += Buffer.byteLength(line) + 1;
    return length > LENGTH_LIMIT;
  });
  const kept = end < 0 ? lines : [...lines.slice(0, end), "", "The rest is in the receipt.", ""];
  return kept.join("\n");
}
