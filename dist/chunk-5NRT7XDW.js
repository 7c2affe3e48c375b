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
  const parts = [];
  if (restored > 0) parts.push(`restored ${formatBytes(restored)} from the cache`);
  if (downloaded > 0) parts.push(`downloaded ${formatBytes(downloaded)}`);
  const moved = restored + downloaded;
  const rate = formatBytes(moved / Math.max(seconds, 1e-3));
  const time = ` in ${seconds.toFixed(1)} s (${rate}/s)`;
  const lines = moved === 0 ? [] : [`${parts.join(" and ")}${time}`];
  if (alreadyThere > 0) lines.push(`reused ${formatBytes(alreadyThere)} from the layout`);
  return lines.length === 0 ? "nothing was pulled" : lines.join("; ");
}
function shortDigests(text) {
  return text.replace(/\b(sha(?:256|512):[0-9a-f]{12})[0-9a-f]{52,}/g, "$1…");
}
function withoutSubject(message, subject) {
  const start = `${subject}: `;
  return message.startsWith(start) ? message.slice(start.length) : message;
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
  shortDigests,
  withoutSubject,
  LINE_LIMIT,
  firstOf,
  countOf
};
