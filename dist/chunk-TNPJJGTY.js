import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  formatReference,
  parseReference,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  parsePlatform
} from "./chunk-GHKMTOL7.js";
import {
  parseDigest
} from "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  asString,
  kindOf,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/find/receipt-file.ts
var RECEIPT_SIZE = 2 ** 24;
var RECEIPT_ROWS = 1e4;
var RECEIPT_LIST = 64;
function printReceipt(rows) {
  const lines = rows.map((row) => JSON.stringify(row));
  return rows.length === 0 ? "[]\n" : `[
${lines.join(",\n")}
]
`;
}
function readReceipt(json) {
  try {
    if (json.length > RECEIPT_SIZE) throw wrong(`at most ${RECEIPT_SIZE} bytes`, json.length);
    const rows = parseJson(json, "receipt");
    if (!Array.isArray(rows)) throw wrong("a list", kindOf(rows));
    if (rows.length > RECEIPT_ROWS) throw wrong(`at most ${RECEIPT_ROWS} rows`, rows.length);
    return rows.map(readRow);
  } catch (cause) {
    if (!(cause instanceof PullError)) throw cause;
    throw new PullError("wrong-state", cause.found, { cause });
  }
}
function wrong(expected, got, what = "receipt") {
  return new PullError("wrong-state", `${what}: expected ${expected}, got ${got}`);
}
function readRow(value, at) {
  const what = `receipt[${at}]`;
  const fields = asObject(value, what);
  const platforms = readTexts(fields["platforms"], `${what} platforms`);
  for (const platform of platforms) parsePlatform(platform);
  return {
    ...readNames(fields, what),
    platforms,
    clients: readTexts(fields["clients"], `${what} clients`),
    pulls: readNumber(fields["pulls"], `${what} pulls`),
    bytes: readBytes(fields["bytes"], `${what} bytes`),
    first: readTime(fields["first"], `${what} first`),
    last: readTime(fields["last"], `${what} last`),
    seconds: readNumber(fields["seconds"], `${what} seconds`),
    ...readLeftOut(fields, what)
  };
}
function readNames(fields, what) {
  const reference = asString(fields["reference"], `${what} reference`);
  const digest = parseDigest(asString(fields["digest"], `${what} digest`));
  const parsed = parseReference(reference);
  const pinned = `${repositoryName(parsed)}@${digest}`;
  const full = parsed.digest === void 0 ? formatReference(parsed) : pinned;
  if (reference !== full) throw wrong(full, reference, `${what} reference`);
  const stated = asString(fields["pinned"], `${what} pinned`);
  if (stated !== pinned) throw wrong(pinned, stated, `${what} pinned`);
  return { reference, digest, pinned };
}
function readTexts(value, what) {
  const list = asList(value, what);
  if (list.length > RECEIPT_LIST) throw wrong(`at most ${RECEIPT_LIST}`, list.length, what);
  return list.map((text) => asString(text, what));
}
function readBytes(value, what) {
  const fields = asObject(value, what);
  const places = Object.entries(asObject(fields["registry"], `${what} registry`));
  if (places.length > RECEIPT_LIST) throw wrong(`at most ${RECEIPT_LIST}`, places.length, what);
  const registry = places.map(([place, bytes]) => [place, readNumber(bytes, what)]);
  return {
    layout: readNumber(fields["layout"], `${what} layout`),
    cache: readNumber(fields["cache"], `${what} cache`),
    registry: Object.fromEntries(registry)
  };
}
function readNumber(value, what) {
  if (typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw wrong("a number that is not negative", kindOf(value), what);
}
function readLeftOut({ truncated, more }, what) {
  return {
    ...truncated === void 0 ? {} : { truncated: readNumber(truncated, `${what} truncated`) },
    ...more === void 0 ? {} : { more: readNumber(more, `${what} more`) }
  };
}
function readTime(value, what) {
  const text = asString(value, what);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return text;
  throw wrong("a time like 2026-11-21T09:30:00.000Z", "another text", what);
}

export {
  RECEIPT_SIZE,
  RECEIPT_ROWS,
  RECEIPT_LIST,
  printReceipt,
  readReceipt
};
