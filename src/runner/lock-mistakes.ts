import { SourceText } from "../find/source-text.ts";
import type { Location } from "../gate/plan.ts";
import { PullError } from "../oci/failure.ts";
import { excerpt } from "../oci/json.ts";
import type { JsonMember, JsonNode, Span } from "./json-tree.ts";

/** What is wrong in a lock file, and where. */
export type LockMistake = { readonly location: Location; readonly error: PullError };

/** The keys of an object: those that it must have, and those that it may have. */
export type Keys = { readonly required: readonly string[]; readonly optional?: readonly string[] };

// As many as a person corrects at once.
const MISTAKE_LIMIT = 10;
const BY_HAND = "correct it, or delete what is wrong and run the step with lock: update";

/** A lock file while it is read: its values as they should be, and the first ten mistakes. */
export class LockMistakes {
  /** The text of the file without a byte order mark. */
  readonly text: string;
  readonly #file: string;
  readonly #source: SourceText;
  readonly #found: LockMistake[] = [];

  constructor(text: string, file: string) {
    this.#source = new SourceText(text);
    this.text = this.#source.text;
    this.#file = file;
  }

  /** The mistakes from top to bottom. */
  get found(): readonly LockMistake[] {
    return this.#found.toSorted((one, other) => one.location.line - other.location.line);
  }

  /** Adds a mistake: what was expected and found, and what to do next. */
  add({ start, end }: Span, found: string, next = BY_HAND): void {
    if (this.#found.length >= MISTAKE_LIMIT) return;
    const { line, column, endColumn } = this.#source.place(start, end);
    const location = { file: this.#file, line, column, endColumn };
    this.#found.push({ location, error: new PullError("wrong-file", found, { next }) });
  }

  /** What `read` returns; undefined when it fails, which becomes a mistake. */
  attempt<T>(span: Span, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      this.add(span, error.found);
      return undefined;
    }
  }

  /** The members of an object, each key once; none when the value is no object. */
  members({ members, kind, ...span }: JsonNode, what: string): readonly JsonMember[] {
    if (members === undefined) this.add(span, `${what}: expected an object, got ${kind}`);
    const keys = new Set<string>();
    const distinct: JsonMember[] = [];
    for (const member of members ?? []) {
      const { text } = member.key;
      if (keys.has(text)) this.#addDuplicate(member, what);
      else distinct.push(member);
      keys.add(text);
    }
    return distinct;
  }

  #addDuplicate({ key }: JsonMember, what: string): void {
    const found = `${what}: the key ${quoted(key.text)} is there twice`;
    this.add(key, found, "delete one of the two");
  }

  /** The values of an object that has these keys and no other, by key. */
  fields(node: JsonNode, what: string, keys: Keys): ReadonlyMap<string, JsonNode> {
    const { required, optional = [] } = keys;
    const known = [...required, ...optional];
    const fields = new Map<string, JsonNode>();
    for (const { key, value } of this.members(node, what)) {
      if (known.includes(key.text)) fields.set(key.text, value);
      else this.#addUnknown(key, what, known);
    }
    const missing = required.filter((key) => !fields.has(key));
    if (node.members !== undefined && missing.length > 0) this.#addMissing(node, what, missing);
    return fields;
  }

  #addUnknown(key: JsonMember["key"], what: string, known: readonly string[]): void {
    const found = `${what}: expected the keys ${known.join(", ")}, got ${quoted(key.text)}`;
    this.add(key, found, "correct the key or delete it");
  }

  #addMissing({ start }: JsonNode, what: string, missing: readonly string[]): void {
    const brace = { start, end: start + 1 };
    const names = missing.map((key) => `no ${key}`);
    this.add(brace, `${what}: expected ${missing.join(", ")}, got ${names.join(", ")}`);
  }

  /** The string in a field; undefined for anything else, and for a field that is missing. */
  string(node: JsonNode | undefined, what: string): string | undefined {
    if (node === undefined) return undefined;
    if (typeof node.value === "string") return node.value;
    this.add(node, `${what}: expected a string, got ${node.kind}`);
    return undefined;
  }
}

/** A text from the file in quotes, cut for a message. */
export function quoted(text: string): string {
  return JSON.stringify(excerpt(text));
}
