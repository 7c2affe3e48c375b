import { messageOf, PullError } from "./failure.ts";

/** A JSON value, as `JSON.parse` returns it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object, as `JSON.parse` returns it. */
export type JsonObject = { readonly [key: string]: Json };

// The deepest real document, a config with a health check and a history, has 5 levels. The limit
// leaves room for more and bounds recursion.
const DEPTH_LIMIT = 32;

/**
 * The JSON value of an untrusted document. Stricter than `JSON.parse`: fails as `invalid` on bytes
 * that are not UTF-8, on a byte order mark, on more than 32 levels of nesting, and on a duplicate
 * key, for which another parser may use the other value
 * (https://www.rfc-editor.org/rfc/rfc8259#section-4 allows both).
 */
export function parseJson(bytes: Uint8Array, what: string): Json {
  const text = decode(bytes, what);
  checkShape(text, what);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const found = `${what} is not JSON: ${messageOf(cause)}`;
    throw new PullError("not-json", found, { cause });
  }
}

function decode(bytes: Uint8Array, what: string): string {
  let text: string;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new PullError("not-json", `${what} is not JSON: it is not valid UTF-8`, { cause });
  }
  // https://www.rfc-editor.org/rfc/rfc8259#section-8.1 forbids a byte order mark.
  if (text.startsWith("\uFEFF")) {
    throw new PullError("not-json", `${what} is not JSON: it starts with a byte order mark`);
  }
  return text;
}

/**
 * Checks what `JSON.parse` ignores: depth and duplicate keys. Malformed text passes, because
 * `JSON.parse` describes its problem.
 */
function checkShape(text: string, what: string): void {
  /** The open objects, each with its keys, and the open lists, as undefined. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") {
      checkDepth(open.length + 1, what);
      open.push(char === "{" ? new Set() : undefined);
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === '"') {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && isKey(text, end)) {
        addKey(keys, text.slice(at, end), what);
      }
      at = end - 1;
    }
  }
}

function checkDepth(depth: number, what: string): void {
  if (depth <= DEPTH_LIMIT) return;
  const found = `nested deeper than ${DEPTH_LIMIT} levels`;
  throw new PullError("too-deep", `${what} is refused: too deep: ${found}`);
}

function addKey(keys: Set<string>, quoted: string, what: string): void {
  const key = unescaped(quoted);
  if (keys.has(key)) {
    throw new PullError("duplicate-key", `${what} is refused: duplicate key ${excerpt(key)}`);
  }
  keys.add(key);
}

/** The index after the closing quote of the string that opens at `start`; without one, the end. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (isWhiteSpace(text[at])) at++;
  return text[at] === ":";
}

function isWhiteSpace(char: string | undefined): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}

/** Resolves escapes: a key written with `\u` and the same key without are duplicates. */
function unescaped(quoted: string): string {
  if (!quoted.includes("\\")) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/**
 * `value` as an object. Fails as `invalid` when it is not an object, or when it has one of the
 * `known` fields in another case: Go's parser reads `LAYERS` as `layers`, so an engine could load
 * something else than was verified.
 */
export function asObject(
  value: Json | undefined,
  what: string,
  known: readonly string[] = [],
): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PullError("wrong-field", `${what}: expected an object, got ${kindOf(value)}`);
  }
  const object = value as JsonObject;
  if (known.length > 0) checkCase(object, what, known);
  return object;
}

function checkCase(object: JsonObject, what: string, known: readonly string[]): void {
  const names = new Map(known.map((name) => [folded(name), name]));
  for (const key of Object.keys(object)) {
    const name = names.get(folded(key));
    if (name === undefined || name === key) continue;
    const found = `it has ${JSON.stringify(key)} where ${name} is the field's name`;
    throw new PullError("ambiguous", `${what} is ambiguous: ${found}`);
  }
}

/**
 * Folds case as Go's parser does, over all of Unicode: `\u017f` equals `s`, and `\u212a` equals `k`
 * (https://pkg.go.dev/encoding/json#Unmarshal).
 */
function folded(key: string): string {
  return key.toUpperCase().toLowerCase();
}

// Real indexes have tens of entries, and images have at most 128 layers.
const ENTRY_LIMIT = 1024;

/** `value` as a list, as {@link asList} returns it. Fails as `invalid` above 1024 entries. */
export function asShortList(value: Json | undefined, what: string): readonly Json[] {
  const list = asList(value, what);
  if (list.length <= ENTRY_LIMIT) return list;
  throw new PullError(
    "too-many",
    `too many ${what}: expected at most ${ENTRY_LIMIT}, got ${list.length}`,
  );
}

/** `value` as a list, empty when absent or null. Fails as `invalid` on anything else. */
export function asList(value: Json | undefined, what: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly Json[];
  throw new PullError("wrong-field", `${what}: expected a list, got ${kindOf(value)}`);
}

/** `value` as a string, empty when absent or null. Fails as `invalid` on anything else. */
export function asString(value: Json | undefined, what: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new PullError("wrong-field", `${what}: expected a string, got ${kindOf(value)}`);
}

/**
 * `value` as pairs of strings, such as labels and annotations, in their order; empty when absent or
 * null. Fails as `invalid` when one is not a string.
 */
export function asStringMap(value: Json | undefined, what: string): ReadonlyMap<string, string> {
  const pairs = Object.entries(asObject(value ?? {}, what));
  const strings = new Map<string, string>();
  for (const [key, text] of pairs) {
    const place = `${what} ${excerpt(key)}`;
    strings.set(key, asString(text, place));
  }
  return strings;
}

/** `text`, cut to 100 characters for a message. */
export function excerpt(text: string): string {
  if (text.length <= 100) return text;
  return `${text.slice(0, 100)}…`;
}

/** The type of a JSON value in words: `a string`, `a list`, `null`; `nothing` when undefined. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
