import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  PullError,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/oci/json.ts
var DEPTH_LIMIT = 32;
function parseJson(bytes, what) {
  const text = decode(bytes, what);
  checkShape(text, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = `${what} is not JSON: ${messageOf(cause)}`;
    throw new PullError("not-json", found, { cause });
  }
}
function decode(bytes, what) {
  let text;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new PullError("not-json", `${what} is not JSON: it is not valid UTF-8`, { cause });
  }
  if (text.startsWith("\uFEFF")) {
    throw new PullError("not-json", `${what} is not JSON: it starts with a byte order mark`);
  }
  return text;
}
function checkShape(text, what) {
  const open = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") {
      checkDepth(open.length + 1, what);
      open.push(char === "{" ? /* @__PURE__ */ new Set() : void 0);
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === '"') {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys !== void 0 && isKey(text, end)) {
        addKey(keys, text.slice(at, end), what);
      }
      at = end - 1;
    }
  }
}
function checkDepth(depth, what) {
  if (depth <= DEPTH_LIMIT) return;
  const found = `nested deeper than ${DEPTH_LIMIT} levels`;
  throw new PullError("too-deep", `${what} is refused: too deep: ${found}`);
}
function addKey(keys, quoted, what) {
  const key = unescaped(quoted);
  if (keys.has(key)) {
    throw new PullError("duplicate-key", `${what} is refused: duplicate key ${excerpt(key)}`);
  }
  keys.add(key);
}
function stringEnd(text, start) {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
function isKey(text, end) {
  let at = end;
  while (isWhiteSpace(text[at])) at++;
  return text[at] === ":";
}
function isWhiteSpace(char) {
  return char === " " || char === "\n" || char === "\r" || char === "	";
}
function unescaped(quoted) {
  if (!quoted.includes("\\")) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
function asObject(value, what, known = []) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PullError("wrong-field", `${what}: expected an object, got ${kindOf(value)}`);
  }
  const object = value;
  if (known.length > 0) checkCase(object, what, known);
  return object;
}
function checkCase(object, what, known) {
  const names = new Map(known.map((name) => [folded(name), name]));
  for (const key of Object.keys(object)) {
    const name = names.get(folded(key));
    if (name === void 0 || name === key) continue;
    const found = `it has ${JSON.stringify(key)} where ${name} is the field's name`;
    throw new PullError("ambiguous", `${what} is ambiguous: ${found}`);
  }
}
function folded(key) {
  return key.toUpperCase().toLowerCase();
}
var ENTRY_LIMIT = 1024;
function asShortList(value, what) {
  const list = asList(value, what);
  if (list.length <= ENTRY_LIMIT) return list;
  throw new PullError(
    "too-many",
    `too many ${what}: expected at most ${ENTRY_LIMIT}, got ${list.length}`
  );
}
function asList(value, what) {
  if (value === void 0 || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new PullError("wrong-field", `${what}: expected a list, got ${kindOf(value)}`);
}
function asString(value, what) {
  if (value === void 0 || value === null) return "";
  if (typeof value === "string") return value;
  throw new PullError("wrong-field", `${what}: expected a string, got ${kindOf(value)}`);
}
function asStringMap(value, what) {
  const pairs = Object.entries(asObject(value ?? {}, what));
  const strings = /* @__PURE__ */ new Map();
  for (const [key, text] of pairs) {
    const place = `${what} ${excerpt(key)}`;
    strings.set(key, asString(text, place));
  }
  return strings;
}
function excerpt(text) {
  if (text.length <= 100) return text;
  return `${text.slice(0, 100)}…`;
}
function kindOf(value) {
  if (value === void 0) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

export {
  parseJson,
  asObject,
  asShortList,
  asList,
  asString,
  asStringMap,
  excerpt,
  kindOf
};
