import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  LINE_LIMIT,
  firstOf,
  formatBytes
} from "./chunk-5NRT7XDW.js";
import {
  dayOf
} from "./chunk-COR7NI3P.js";
import {
  statusOf
} from "./chunk-EA2R6EQY.js";
import {
  encodedOf
} from "./chunk-V4QGKLYV.js";
import {
  isOutage
} from "./chunk-P27XCGGL.js";

// src/runner/lock-diff.ts
var LENGTH_LIMIT = 6e4;
var HEADER = ["image", "old digest", "new digest", "created", "size"];
function lockDiff(changes) {
  if (changes.length === 0) return "";
  const head = [markdownRow(HEADER), markdownRow(HEADER.map(() => "---"))];
  const rows = changes.map((change) => markdownRow(rowOf(change, (digest) => digest)));
  const last = moreLines(rows.length);
  const room = LENGTH_LIMIT - [...head, ...last].join("\n").length;
  const kept = firstWithin(rows, room);
  return [...head, ...kept, ...moreLines(rows.length - kept.length)].join("\n");
}
function lockTable(changes) {
  if (changes.length === 0) return [];
  const rows = [HEADER, ...changes.map((change) => rowOf(change, shortDigest))];
  const widths = HEADER.map((_, column) => widthOf(rows.map((row) => row[column] ?? "")));
  return firstOf(rows, LINE_LIMIT - 1, (row) => alignedRow(row, widths));
}
function rowOf({ reference, old, now }, show) {
  return [
    plain(reference),
    old === void 0 ? "none" : show(old.digest),
    newCell(old, now, show),
    transition(createdCell(old), createdCell(now)),
    transition(sizeCell(old), sizeCell(now))
  ];
}
var NOT_PLAIN = /[^\w.:/()[\]-]|(?<=\])\(|(?<=\/)\//g;
function plain(text) {
  return text.replace(NOT_PLAIN, "_");
}
function newCell(old, now, show) {
  if (now === void 0) return "removed";
  if (old === void 0) return show(now.digest);
  const digest = old.digest === now.digest ? "unchanged" : show(now.digest);
  const added = platformsPart("added", without(now.platforms, old.platforms));
  const dropped = platformsPart("dropped", without(old.platforms, now.platforms));
  return `${digest}${added}${dropped}`;
}
function without(platforms, others) {
  const excluded = new Set(others);
  return platforms.filter((platform) => !excluded.has(platform));
}
var PLATFORM_LIMIT = 8;
function platformsPart(verb, platforms) {
  if (platforms.length === 0) return "";
  return `, ${verb} ${firstOf(platforms, PLATFORM_LIMIT, plain).join(" ")}`;
}
function createdCell(image) {
  return image === void 0 ? "" : dayOf(image.created);
}
function sizeCell(image) {
  return image?.size === void 0 ? "" : formatBytes(image.size);
}
function transition(old, now) {
  const known = [old, now].filter((text) => text !== "");
  return [...new Set(known)].join(" → ");
}
function markdownRow(cells) {
  return `| ${cells.join(" | ")} |`;
}
function firstWithin(lines, characters) {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > characters;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
function moreLines(count) {
  return count > 0 ? ["", `and ${count} more`] : [];
}
var SHORT_LENGTH = 12;
function shortDigest(digest) {
  const encoded = encodedOf(digest);
  const algorithm = digest.slice(0, -encoded.length);
  return `${algorithm}${encoded.slice(0, SHORT_LENGTH)}`;
}
var WIDTH_LIMIT = 80;
function widthOf(cells) {
  const longest = Math.max(...cells.map((cell) => cell.length));
  return Math.min(longest, WIDTH_LIMIT);
}
function alignedRow(row, widths) {
  const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return cells.join("  ").trimEnd();
}

// src/runner/refusals.ts
function refusalsOf(images) {
  return textsOf(images, refusalOf);
}
function lossesOf(images) {
  return textsOf(images, (image) => refusalOf(image) ?? lostTagOf(image));
}
function textsOf(images, noticeOf) {
  const notices = /* @__PURE__ */ new Map();
  for (const image of images) {
    const notice = statusOf(image) === "ok" ? noticeOf(image) : void 0;
    if (notice !== void 0 && !notices.has(notice.subject)) {
      notices.set(notice.subject, notice.text);
    }
  }
  return [...notices.values()];
}
function refusalOf(image) {
  const { refusal, tagRefusal } = image;
  const first = refusal ?? tagRefusal;
  if (first === void 0) return void 0;
  if (isOutage(first.status)) return ofOutage(first);
  return refusal === void 0 ? ofTag(image, first) : ofImage(image, first);
}
function ofOutage({ registry, found }) {
  const used = "images with a known digest come from cache, layout or sources, verified";
  const next = "if this lasts, name another place for them in sources";
  return { subject: registry, text: `${registry} is unavailable: ${found}; ${used}; ${next}` };
}
var COPY = "the copy in the cache or the layout is used, verified by its digest";
var KEEP_IT = "replace the image or push the copy to a registry of yours";
var IS_GONE = `the copy is lost when the cache is emptied, so ${KEEP_IT}`;
var IS_REFUSED = `if the repository is gone, ${KEEP_IT}; if not, check the credentials for it`;
function ofImage({ wanted, root }, { registry, status, found }) {
  const { written } = wanted;
  const what = root?.fetched.refusal === void 0 ? "a part of it" : "it";
  const isGone = status === "not-found" && root?.fetched.authenticated !== true;
  const refused = isGone ? `no longer has ${what}` : `refused access to ${what}`;
  const next = isGone ? IS_GONE : IS_REFUSED;
  const text = `${written}: ${registry} ${refused}: ${found}; ${COPY}; ${next}`;
  return { subject: written, text };
}
function ofTag({ wanted }, { registry, status, found }) {
  const { written, reference } = wanted;
  const unchecked = `${registry} was asked what the tag ${reference.tag} points at: ${found}`;
  const used = "the known digest is used";
  const next = status === "unauthorized" ? "check the credentials for it" : "ask the registry's operator";
  return { subject: written, text: `${written}: ${unchecked}; ${used}; ${next}` };
}
function lostTagOf({ wanted, lock }) {
  const { written, reference } = wanted;
  if (lock?.tag !== "gone") return void 0;
  const gone = `${reference.registry} no longer has the tag ${reference.tag}`;
  const used = "the locked digest is used";
  const next = "the image may be gone soon, so replace it or push it to a registry of yours";
  return { subject: written, text: `${written}: ${gone}; ${used}; ${next}` };
}

export {
  lockDiff,
  lockTable,
  refusalsOf,
  lossesOf
};
