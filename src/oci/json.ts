import { PullError } from "./failure.ts";

/** A JSON value as `JSON.parse` makes it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

// The deepest document of the field (a config with health check and history) nests 5 levels; 32 leaves room and bounds recursion.
const DEPTH_LIMIT = 32;

/**
 * The JSON value of a document that came from outside.
 * Stricter than `JSON.parse`: fails as `invalid` on bytes that are not UTF-8, on a byte order mark, on nesting deeper than
 * 32 and on a key given twice, because another parser may take the other one
 * (https://www.rfc-editor.org/rfc/rfc8259#section-4 leaves the choice open).
 */
export function parseJson(bytes: Uint8Array, what: string): Json {
  const text = decode(bytes, what);
  checkShape(text, what);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new PullError("not-json", `${what} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function decode(bytes: Uint8Array, what: string): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PullError("not-json", `${what} is not JSON: it is not valid UTF-8`, { cause });
  }
  // https://www.rfc-editor.org/rfc/rfc8259#section-8.1: no byte order mark.
  if (text.startsWith("\uFEFF")) throw new PullError("not-json", `${what} is not JSON: it starts with a byte order mark`);
  return text;
}

/** Refuses what `JSON.parse` cannot see: depth and repeated keys. Malformed text is left for `JSON.parse` to name. */
function checkShape(text: string, what: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") {
      if (open.length === DEPTH_LIMIT)
        throw new PullError("too-deep", `${what} is refused: too deep: nested deeper than ${DEPTH_LIMIT} levels`);
      open.push(char === "{" ? new Set() : undefined);
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === '"') {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && isKey(text, end)) {
        const key = unescaped(text.slice(at, end));
        if (keys.has(key)) throw new PullError("duplicate-key", `${what} is refused: duplicate key ${excerpt(key)}`);
        keys.add(key);
      }
      at = end - 1;
    }
  }
}

/** The index after the closing quote of the string that opens at `start`, or the end of the text. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at] === ":";
}

/** Two spellings of one key (`a` and its \u form) are one key, so escapes are resolved before comparing. */
function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/**
 * `value` as an object whose `known` fields can be read.
 * Fails as `invalid` when it is no object, or when it has a known field in another case: Go's parser would take `LAYERS`
 * for `layers`, and what was verified here would not be what an engine loads.
 */
export function asObject(value: Json | undefined, what: string, known: readonly string[] = []): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PullError("wrong-field", `${what}: expected an object, got ${kindOf(value)}`);
  }
  const object = value as JsonObject;
  const names = new Map(known.map((name) => [folded(name), name]));
  for (const key of known.length === 0 ? [] : Object.keys(object)) {
    const name = names.get(folded(key));
    if (name === undefined || name === key) continue;
    throw new PullError("ambiguous", `${what} is ambiguous: it has ${JSON.stringify(key)} where ${name} is the field's name`);
  }
  return object;
}

/** Go's parser folds all of Unicode, so that `\u017f` is an s and `\u212a` a k to it: https://pkg.go.dev/encoding/json#Unmarshal */
function folded(key: string): string {
  return key.toUpperCase().toLowerCase();
}

// Indexes of the field have tens of entries and images at most 128 layers; a thousand is a mistake or an attack.
const ENTRY_LIMIT = 1024;

/** A list that each entry of costs something: `value` as {@link asList} has it, but of at most 1024 entries. */
export function asShortList(value: Json | undefined, what: string): readonly Json[] {
  const list = asList(value, what);
  if (list.length <= ENTRY_LIMIT) return list;
  throw new PullError("too-many", `too many ${what}: expected at most ${ENTRY_LIMIT}, got ${list.length}`);
}

/** `value` as a list; an absent or null value is an empty one. Fails as `invalid` on anything else. */
export function asList(value: Json | undefined, what: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new PullError("wrong-field", `${what}: expected a list, got ${kindOf(value)}`);
  return value as readonly Json[];
}

/** `value` as a string; an absent or null value is the empty one. Fails as `invalid` on anything else. */
export function asString(value: Json | undefined, what: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") throw new PullError("wrong-field", `${what}: expected a string, got ${kindOf(value)}`);
  return value;
}

/** The string pairs of labels or annotations, in their order. Fails as `invalid` when a value is not a string. */
export function asStringMap(value: Json | undefined, what: string): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  const read = (key: string, text: Json): string => asString(text, `${what} ${excerpt(key)}`);
  return new Map(Object.entries(asObject(value, what)).map(([key, text]) => [key, read(key, text)]));
}

/** As much of `text` as a message has room for: its first 100 characters. */
export function excerpt(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** The kind of a JSON value in words: `a string`, `null`, `nothing` where there is none. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
