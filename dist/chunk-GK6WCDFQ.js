import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  LINE_LIMIT,
  firstOf,
  formatBytes
} from "./chunk-4PGJNY3C.js";
import {
  dayOf
} from "./chunk-E5OJL5JR.js";
import {
  statusOf
} from "./chunk-X7QNMO3T.js";
import {
  encodedOf
} from "./chunk-ZUT5BRUG.js";
import {
  isOutage
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

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
__name(lockDiff, "lockDiff");
function lockTable(changes) {
  if (changes.length === 0) return [];
  const rows = [HEADER, ...changes.map((change) => rowOf(change, shortDigest))];
  const widths = HEADER.map((_, column) => widthOf(rows.map((row) => row[column] ?? "")));
  return firstOf(rows, LINE_LIMIT - 1, (row) => alignedRow(row, widths));
}
__name(lockTable, "lockTable");
function rowOf({ reference, old, now }, show) {
  return [
    plain(reference),
    old === void 0 ? "none" : show(old.digest),
    newCell(old, now, show),
    transition(createdCell(old), createdCell(now)),
    transition(sizeCell(old), sizeCell(now))
  ];
}
__name(rowOf, "rowOf");
var NOT_PLAIN = /[^\w.:/()[\]-]|(?<=\])\(|(?<=\/)\//g;
function plain(text) {
  return text.replace(NOT_PLAIN, "_");
}
__name(plain, "plain");
function newCell(old, now, show) {
  if (now === void 0) return "removed";
  if (old === void 0) return show(now.digest);
  const digest = old.digest === now.digest ? "unchanged" : show(now.digest);
  const added = platformsPart("added", without(now.platforms, old.platforms));
  const dropped = platformsPart("dropped", without(old.platforms, now.platforms));
  return `${digest}${added}${dropped}`;
}
__name(newCell, "newCell");
function without(platforms, others) {
  const excluded = new Set(others);
  return platforms.filter((platform) => !excluded.has(platform));
}
__name(without, "without");
var PLATFORM_LIMIT = 8;
function platformsPart(verb, platforms) {
  if (platforms.length === 0) return "";
  return `, ${verb} ${firstOf(platforms, PLATFORM_LIMIT, plain).join(" ")}`;
}
__name(platformsPart, "platformsPart");
function createdCell(image) {
  return image === void 0 ? "" : dayOf(image.created);
}
__name(createdCell, "createdCell");
function sizeCell(image) {
  return image?.size === void 0 ? "" : formatBytes(image.size);
}
__name(sizeCell, "sizeCell");
function transition(old, now) {
  const known = [old, now].filter((text) => text !== "");
  return [...new Set(known)].join(" → ");
}
__name(transition, "transition");
function markdownRow(cells) {
  return `| ${cells.join(" | ")} |`;
}
__name(markdownRow, "markdownRow");
function firstWithin(lines, characters) {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > characters;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
__name(firstWithin, "firstWithin");
function moreLines(count) {
  return count > 0 ? ["", `and ${count} more`] : [];
}
__name(moreLines, "moreLines");
var SHORT_LENGTH = 12;
function shortDigest(digest) {
  const encoded = encodedOf(digest);
  const algorithm = digest.slice(0, -encoded.length);
  return `${algorithm}${encoded.slice(0, SHORT_LENGTH)}`;
}
__name(shortDigest, "shortDigest");
var WIDTH_LIMIT = 80;
function widthOf(cells) {
  const longest = Math.max(...cells.map((cell) => cell.length));
  return Math.min(longest, WIDTH_LIMIT);
}
__name(widthOf, "widthOf");
function alignedRow(row, widths) {
  const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return cells.join("  ").trimEnd();
}
__name(alignedRow, "alignedRow");

// src/runner/refusals.ts
function refusalsOf(images) {
  return textsOf(images, refusalOf);
}
__name(refusalsOf, "refusalsOf");
function lossesOf(images) {
  return textsOf(images, (image) => refusalOf(image) ?? lostTagOf(image));
}
__name(lossesOf, "lossesOf");
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
__name(textsOf, "textsOf");
function refusalOf(image) {
  const { refusal, tagRefusal } = image;
  const first = refusal ?? tagRefusal;
  if (first === void 0) return void 0;
  if (isOutage(first.status)) return ofOutage(first);
  return refusal === void 0 ? ofTag(image, first) : ofImage(image, first);
}
__name(refusalOf, "refusalOf");
function ofOutage({ registry, found }) {
  const used = "images with a known digest come from cache, layout or sources, verified";
  const next = "if this lasts, name another place for them in sources";
  return { subject: registry, text: `${registry} is unavailable: ${found}; ${used}; ${next}` };
}
__name(ofOutage, "ofOutage");
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
__name(ofImage, "ofImage");
function ofTag({ wanted }, { registry, status, found }) {
  const { written, reference } = wanted;
  const unchecked = `${registry} was asked what the tag ${reference.tag} points at: ${found}`;
  const used = "the known digest is used";
  const next = status === "unauthorized" ? "check the credentials for it" : "ask the registry's operator";
  return { subject: written, text: `${written}: ${unchecked}; ${used}; ${next}` };
}
__name(ofTag, "ofTag");
function lostTagOf({ wanted, lock }) {
  const { written, reference } = wanted;
  if (lock?.tag !== "gone") return void 0;
  const gone = `${reference.registry} no longer has the tag ${reference.tag}`;
  const used = "the locked digest is used";
  const next = "the image may be gone soon, so replace it or push it to a registry of yours";
  return { subject: written, text: `${written}: ${gone}; ${used}; ${next}` };
}
__name(lostTagOf, "lostTagOf");

export {
  lockDiff,
  lockTable,
  refusalsOf,
  lossesOf
};
