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

// src/runner/places.ts
var PLACE_LIMIT = 5;
var noUrl = () => void 0;
function lineUrls(environment) {
  const server = environment["GITHUB_SERVER_URL"];
  const repository = environment["GITHUB_REPOSITORY"];
  const commit = environment["GITHUB_SHA"];
  if (!server || !repository || !commit) return noUrl;
  return (file, line2) => {
    if (/^(?:\/|[A-Za-z]:[\\/])/.test(file)) return void 0;
    return `${server}/${repository}/blob/${commit}/${encodedPath(file)}#L${line2}`;
  };
}
function encodedPath(file) {
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  return encoded.replace(/['()*_~!]/g, (found) => `%${found.charCodeAt(0).toString(16)}`);
}
function placesCell(places, urlOf) {
  const cells = firstOf(places, PLACE_LIMIT, ({ file, line: line2 }) => placeCell(file, line2, urlOf));
  return cells.join("<br>");
}
function placeCell(file, line2, urlOf) {
  const text = markdown(`${file}:${line2}`);
  const url = urlOf(file, line2);
  return url === void 0 ? text : `<a href="${url}">${text}</a>`;
}

// src/runner/files-summary.ts
function fileProblemRow(problem, urlOf) {
  const { where, location, optional } = problem;
  const place = location === void 0 ? markdown(where) : placeCell(location.file, location.line, urlOf);
  return [optional ? `${place} (optional)` : place, "", problemCell(problem, where)];
}
var NO_BREAK = " ";
function problemCell({ status, reason, message }, subject) {
  const found = withoutSubject(message, subject);
  const at = found.lastIndexOf(`; ${REASONS[reason].next}`);
  const parts = at < 0 ? [found] : [found.slice(0, at), `→ ${found.slice(at + 2)}`];
  return [`✗${NO_BREAK}${status}`, ...parts.map(markdown)].join("<br>");
}
function filesLines(files, urlOf) {
  if (files === void 0) return [];
  const { changed, unknown } = files;
  return [...folded(pinnedTitle(changed), changed.map(markdown)), ...unknownLines(unknown, urlOf)];
}
function pinnedTitle(changed) {
  return `Digests written into ${countOf(changed.length, "file")}`;
}
function unknownLines(unknown, urlOf) {
  const title = `${countOf(unknown.length, "reference")} not known before the files are used`;
  const items = unknown.map(({ file, place, text, why }) => {
    const line2 = placeCell(file, place.line, urlOf);
    return `${line2}: <code>${markdown(text)}</code>: ${markdown(why)}`;
  });
  return folded(title, items);
}
function table(columns, rows) {
  if (rows.length === 0) return [];
  const used = columns.map((_, at) => rows.some((row) => row[at] !== ""));
  const filled = (row) => row.filter((_, at) => used[at]);
  const rule = columns.map(() => "---");
  return ["", ...[columns, rule, ...rows].map((row) => line(filled(row)))];
}
function line(cells) {
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
    ...table2.map((cells) => `| ${cells.join(" | ")} |`),
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
  const end = lines.findIndex((line2) => {
    length += Buffer.byteLength(line2) + 1;
    return length > LENGTH_LIMIT;
  });
  const kept = end < 0 ? lines : [...lines.slice(0, end), "", "The rest is in the receipt.", ""];
  return kept.join("\n");
}

export {
  noUrl,
  lineUrls,
  placesCell,
  fileProblemRow,
  NO_BREAK,
  problemCell,
  filesLines,
  table,
  copyBlock,
  receiptSummary,
  receiptLines
};
