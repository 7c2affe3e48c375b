import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/runner/wording.ts
function formatBytes(bytes) {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const thousands = Math.floor(Math.log10(bytes) / 3);
  const power = Math.min(thousands, units.length);
  const inUnit = bytes / 1e3 ** power;
  return `${inUnit.toFixed(1)} ${units[power - 1]}`;
}
function platformMark({ required, status }) {
  if (status !== "ok" && status !== "listed") return "✗";
  return required ? "✓" : "·";
}
function pulledLine({ restored, downloaded, alreadyThere, seconds }) {
  const line = [
    `restored ${formatBytes(restored)} from the cache`,
    `downloaded ${formatBytes(downloaded)}`,
    `reused ${formatBytes(alreadyThere)} from the layout`
  ].join(", ");
  const moved = restored + downloaded;
  if (moved === 0) return line;
  const rate = formatBytes(moved / Math.max(seconds, 1e-3));
  return `${line}, in ${seconds.toFixed(1)} s (${rate}/s)`;
}
var LINE_LIMIT = 500;
function firstOf(items, most, lineOf) {
  const lines = items.slice(0, most).map(lineOf);
  const more = items.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}
function countOf(count, thing) {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

export {
  formatBytes,
  platformMark,
  pulledLine,
  LINE_LIMIT,
  firstOf,
  countOf
};
