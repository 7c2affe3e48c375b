import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  markdown,
  sanitise
} from "./chunk-FYXWCRXM.js";
import {
  LINE_LIMIT,
  countOf,
  firstOf,
  formatBytes,
  shortDigests,
  withoutSubject
} from "./chunk-5NRT7XDW.js";
import {
  REASONS
} from "./chunk-P27XCGGL.js";

// src/runner/summary-parts.ts
var NO_BREAK = " ";
function problemCell({ status, reason, message }, subject) {
  const found = withoutSubject(message, subject);
  const at = found.lastIndexOf(`; ${REASONS[reason].next}`);
  const parts = at < 0 ? [found] : [found.slice(0, at), `→ ${found.slice(at + 2)}`];
  return [`✗${NO_BREAK}${status}`, ...parts.map(markdown)].join("<br>");
}
function table(columns, rows) {
  if (rows.length === 0) return [];
  const used = columns.map((_, at) => rows.some((row) => row[at] !== ""));
  const filled = (row) => row.filter((_, at) => used[at]);
  const rule = columns.map(() => "---");
  return ["", ...[columns, rule, ...rows].map((row) => tableLine(filled(row)))];
}
function tableLine(cells) {
  return `| ${cells.join(" | ")} |`;
}
function folded(title, items) {
  if (items.length === 0) return [];
  const list = items.map((item) => `- ${item}`);
  return ["", `<details><summary>${title}</summary>`, "", ...list, "", "</details>"];
}
function copyBlock(title, references) {
  if (references.length === 0) return [];
  const lines = references.map((reference) => sanitise(reference).replaceAll("`", ""));
  const block = ["```text", ...lines, "```"].join("\n");
  return ["", `<details><summary>${title}</summary>

${block}

</details>`];
}

// src/runner/receipt-summary.ts
var LENGTH_LIMIT = 900 * 1024;
var LIST_LIMIT = 5;
var COLUMNS = ["image", "digest", "platforms", "client", "pulls", "size and from where"];
function receiptSummary(rows) {
  if (rows.length === 0) return "";
  const table2 = [COLUMNS, COLUMNS.map(() => "---"), ...rows.map(cellsOf)];
  const pinned = [...new Set(rows.map((row) => row.pinned))];
  return capped([
    `### ${titleOf(rows)}`,
    "",
    ...table2.map(tableLine),
    ...leftOutOf(rows).flatMap((text) => ["", `${text}.`]),
    ...copyBlock("Pinned references", pinned),
    ""
  ]);
}
function receiptLines(rows) {
  if (rows.length === 0) return ["the job pulled no image through its registry"];
  return [titleOf(rows), ...firstOf(rows, LINE_LIMIT, lineOf), ...leftOutOf(rows)];
}
function titleOf(rows) {
  return `Images that this job pulled: ${rows.length}`;
}
function cellsOf(row) {
  const { reference, digest, platforms, clients, pulls, bytes } = row;
  return [
    code(shortDigests(reference)),
    code(shortDigests(digest)),
    firstOf(platforms, LIST_LIMIT, markdown).join("<br>"),
    firstOf(clients, LIST_LIMIT, markdown).join("<br>"),
    String(pulls),
    partsOf(bytes).map(markdown).join("<br>")
  ];
}
function lineOf({ reference, digest, platforms, clients, pulls, bytes }) {
  const name = reference.endsWith(digest) ? reference : `${reference}@${digest}`;
  const count = countOf(pulls, "pull");
  return `${name}${listOf("for", platforms)}: ${count}${listOf("by", clients)}; ${sizeOf(bytes)}`;
}
function listOf(word, texts) {
  if (texts.length === 0) return "";
  return ` ${word} ${firstOf(texts, LIST_LIMIT, (text) => text).join(", ")}`;
}
function sizeOf(bytes) {
  return partsOf(bytes).join(", ");
}
function partsOf({ layout, cache, registry }) {
  const here = { "the layout": layout, "the cache": cache };
  const places = [...Object.entries(here), ...Object.entries(registry)];
  const used = places.filter(([, bytes]) => bytes > 0);
  if (used.length === 0) return ["nothing was downloaded"];
  return firstOf(used, LIST_LIMIT, ([place, bytes]) => `${formatBytes(bytes)} from ${place}`);
}
function leftOutOf(rows) {
  const truncated = rows.filter((row) => row.truncated !== void 0).length;
  const more = rows.at(-1)?.more ?? 0;
  const details = "not every client, platform and blob is on the receipt";
  const images = "are not on the receipt, which is full";
  return [
    ...truncated > 0 ? [`Of ${countOf(truncated, "image")}, ${details}`] : [],
    ...more > 0 ? [`Other images, asked for ${countOf(more, "time")}, ${images}`] : []
  ];
}
function code(text) {
  return `<code>${markdown(text)}</code>`;
}
function capped(lines) {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += Buffer.byteLength(line) + 1;
    return length > LENGTH_LIMIT;
  });
  const kept = end < 0 ? lines : [...lines.slice(0, end), "", "The rest is in the receipt.", ""];
  return kept.join("\n");
}

export {
  NO_BREAK,
  problemCell,
  table,
  folded,
  copyBlock,
  receiptSummary,
  receiptLines
};
