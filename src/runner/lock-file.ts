import type { Locked } from "../gate/plan.ts";
import { type Digest, parseDigest } from "../oci/digest.ts";
import { excerpt } from "../oci/json.ts";
import { formatPlatform, parsePlatform } from "../oci/platform.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import { isDay } from "./day.ts";
import { type JsonMember, type JsonNode, parseJsonTree } from "./json-tree.ts";
import { type LockMistake, LockMistakes, quoted } from "./lock-mistakes.ts";

/**
 * What is locked, by the full form of a reference without a digest:
 * `docker.io/library/alpine:3.20`.
 */
export type LockFile = ReadonlyMap<string, Locked>;

/** What a lock file has, or what is wrong in it: at least one mistake, and at most ten. */
export type ParsedLock =
  | { readonly lock: LockFile }
  | { readonly mistakes: readonly LockMistake[] };

const SCHEMA = "https://raw.githubusercontent.com/org/registry-pull/v1/images.lock.schema.json";
const VERSION = 1;

/**
 * The text of a lock file, in the format of `images.lock.schema.json`. Entries and platforms are
 * sorted by code units.
 *
 * The first and the last line of an entry, without its comma, never change. So a line that two
 * people leave alone is between their changes to different entries, and git merges these changes.
 */
export function printLock(lock: LockFile): string {
  const entries = sorted(lock).map(([reference, locked]) => [reference, entryOf(locked)]);
  const file = { $schema: SCHEMA, version: VERSION, images: Object.fromEntries(entries) };
  const text = JSON.stringify(file, undefined, 2);
  // No string of JSON contains this: in a string, a quote has a backslash before it.
  return `${text.replaceAll('      "platforms": {}', '      "platforms": {\n      }')}\n`;
}

function entryOf({ digest, day, platforms }: Locked): object {
  return { digest, locked: day, platforms: Object.fromEntries(sorted(platforms)) };
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * What is in the text of a lock file, which `file` names in the places of mistakes. Another order,
 * other white space and a byte order mark are accepted, as is another `$schema` or none.
 */
export function parseLock(text: string, file: string): ParsedLock {
  const mistakes = new LockMistakes(text, file);
  const lock = readText(mistakes);
  const { found } = mistakes;
  return found.length === 0 ? { lock } : { mistakes: found };
}

function readText(mistakes: LockMistakes): LockFile {
  const markers = [...mistakes.text.matchAll(MARKER)];
  for (const { 0: marker, index } of markers) addMarker(mistakes, marker, index);
  if (markers.length > 0) return new Map();
  const parsed = parseJsonTree(mistakes.text);
  if ("root" in parsed) return readFile(parsed.root, mistakes);
  const { fault } = parsed;
  const next = "correct the JSON, which has no comments and no comma before a closing brace";
  mistakes.add(fault, `the file is not JSON: ${fault.message}`, next);
  return new Map();
}

// No line of JSON starts like this: https://git-scm.com/docs/git-merge#_how_conflicts_are_presented
const MARKER = /(?<![^\n])(?:<{7}|\|{7}|={7}|>{7})/g;

function addMarker(mistakes: LockMistakes, marker: string, start: number): void {
  const span = { start, end: start + marker.length };
  const found = `expected no merge conflict, got the marker ${marker}`;
  const next = "take one side of each conflict, and run the step with lock: update";
  mistakes.add(span, found, next);
}

function readFile(root: JsonNode, mistakes: LockMistakes): LockFile {
  if (root.members !== undefined && !hasVersion(root, mistakes)) return new Map();
  const keys = { required: ["version", "images"], optional: ["$schema"] };
  const fields = mistakes.fields(root, "lock file", keys);
  mistakes.string(fields.get("$schema"), "$schema");
  const images = fields.get("images");
  const members = images === undefined ? [] : mistakes.members(images, "images");
  return new Map(members.flatMap((member) => readEntry(member, mistakes)));
}

/** Everything else may have another meaning in another version, so only the version is reported. */
function hasVersion(root: JsonNode, mistakes: LockMistakes): boolean {
  const node = root.members?.find(({ key }) => key.text === "version")?.value;
  const version = node?.value;
  if (version === VERSION) return true;
  const got = typeof version === "number" ? version : (node?.kind ?? "nothing");
  const isNewer = Number.isInteger(version) && Number(version) > VERSION;
  const next = isNewer
    ? `use a release of this action that knows version ${got}`
    : `write "version": ${VERSION}`;
  const brace = { start: root.start, end: root.start + 1 };
  mistakes.add(node ?? brace, `version: expected the number ${VERSION}, got ${got}`, next);
  return false;
}

type Entry = readonly [reference: string, locked: Locked];

function readEntry({ key, value }: JsonMember, mistakes: LockMistakes): readonly Entry[] {
  checkReference(key, mistakes);
  const required = ["digest", "locked", "platforms"];
  const fields = mistakes.fields(value, excerpt(key.text), { required });
  const digest = readDigest(fields.get("digest"), mistakes);
  const day = readDay(fields.get("locked"), mistakes);
  const platforms = readPlatforms(fields.get("platforms"), mistakes);
  if (digest === undefined || day === undefined) return [];
  return [[key.text, { digest, day, platforms }]];
}

function checkReference(key: JsonMember["key"], mistakes: LockMistakes): void {
  const { text } = key;
  const reference = mistakes.attempt(key, () => parseReference(text));
  if (reference === undefined) return;
  const full = formatReference(reference);
  if (reference.digest !== undefined) {
    const found = `expected a reference without a digest, got ${quoted(text)}`;
    mistakes.add(key, found, "delete the entry: a reference with a digest needs none");
  } else if (full !== text) {
    const found = `expected the full form of a reference, got ${quoted(text)}`;
    mistakes.add(key, found, `write ${full}`);
  }
}

function readDigest(node: JsonNode | undefined, mistakes: LockMistakes): Digest | undefined {
  const text = mistakes.string(node, "digest");
  if (node === undefined || text === undefined) return undefined;
  return mistakes.attempt(node, () => parseDigest(text));
}

function readDay(node: JsonNode | undefined, mistakes: LockMistakes): string | undefined {
  const text = mistakes.string(node, "locked");
  if (node === undefined || text === undefined || isDay(text)) return text;
  mistakes.add(node, `locked: expected a day like 2026-11-21, got ${quoted(text)}`);
  return undefined;
}

function readPlatforms(node: JsonNode | undefined, mistakes: LockMistakes): Locked["platforms"] {
  const platforms = new Map<string, Digest>();
  const members = node === undefined ? [] : mistakes.members(node, "platforms");
  for (const { key, value } of members) {
    checkPlatform(key, mistakes);
    const digest = readDigest(value, mistakes);
    if (digest !== undefined) platforms.set(key.text, digest);
  }
  return platforms;
}

function checkPlatform(key: JsonMember["key"], mistakes: LockMistakes): void {
  const platform = mistakes.attempt(key, () => parsePlatform(key.text));
  if (platform === undefined) return;
  const normal = formatPlatform(platform);
  if (normal === key.text) return;
  const found = `expected the normal form of a platform, got ${quoted(key.text)}`;
  mistakes.add(key, found, `write ${normal}`);
}
