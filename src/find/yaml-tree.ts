import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from "yaml";
import type { Spot } from "./findings.ts";
import type { SourceText } from "./source-text.ts";

/** A value in a YAML file; undefined where there is none. */
export type Value = Node | undefined;

/** A key of a mapping, and its value. */
export type Entry = readonly [key: string, value: Value];

/** A scalar's text, and how it is written. */
export type Text = Spot & { readonly style: "plain" | "quoted" | "block" };

/** Why a file is not YAML, and where. Lines start at 1. */
export type Mistake = { readonly line: number; readonly message: string };

// What the parser refuses and the parser of Kubernetes, Helm and Compose accepts
// (https://github.com/yaml/go-yaml): a flow collection that ends at its key's column, tabs between
// tokens, long keys.
const TOLERATED: ReadonlySet<string> = new Set([
  "BAD_INDENT",
  "TAB_AS_INDENT",
  "KEY_OVER_1024_CHARS",
  "MULTILINE_IMPLICIT_KEY",
  "BAD_DIRECTIVE",
]);

/** The keys of a mapping with their values, and the mappings that are merged into it. */
type Keys = { readonly own: ReadonlyMap<string, Value>; readonly merged: readonly Value[] };

// Mappings that merge each other can be nested without end. A file has two or three.
const MOST_MERGED = 100;

/**
 * The documents of a YAML or JSON file, with where everything is. Every scalar is a string, as it is
 * written. Aliases and merge keys (https://yaml.org/type/merge.html) are followed. Templates in the
 * file are hidden from the parser, so that what surrounds them can be read.
 */
export class YamlTree {
  readonly source: SourceText;
  /** The content of each document that has one. */
  readonly documents: readonly Node[];
  /** Set when the file is not YAML. */
  readonly mistake: Mistake | undefined;
  readonly #anchors = new Map<Node, Node>();
  readonly #keys = new Map<Node, Keys>();

  /** `hidden` is the text of the source with what a YAML parser must not see hidden. */
  constructor(source: SourceText, hidden: string) {
    this.source = source;
    const documents = parseAllDocuments(hidden, {
      schema: "failsafe",
      strict: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const parsed = "empty" in documents ? [] : documents;
    this.documents = parsed.flatMap(({ contents }) => contents ?? []);
    this.mistake = mistakeIn(parsed, source);
    for (const document of this.documents) this.#readAnchors(document);
  }

  /** The value of a key; undefined without the key, and in anything but a mapping. */
  get(value: Value, key: string): Value {
    const rest = [this.resolve(value)];
    for (let searched = 0; searched <= MOST_MERGED && rest.length > 0; searched++) {
      const map = rest.pop();
      if (!isMap(map)) continue;
      const { own, merged } = this.#keysOf(map);
      if (own.has(key)) return own.get(key);
      rest.push(...merged.toReversed());
    }
    return undefined;
  }

  /** The keys of a mapping and their values, without merged ones; empty for anything else. */
  entries(value: Value): readonly Entry[] {
    const map = this.resolve(value);
    if (!isMap(map)) return [];
    return map.items.flatMap((pair) => this.#entryOf(pair));
  }

  /** The items of a sequence; empty for anything else. */
  items(value: Value): readonly Value[] {
    const list = this.resolve(value);
    return isSeq(list) ? list.items.map((item) => this.resolve(asNode(item))) : [];
  }

  /** True for a mapping. */
  isMap(value: Value): boolean {
    return isMap(this.resolve(value));
  }

  /** True for a sequence. */
  isList(value: Value): boolean {
    return isSeq(this.resolve(value));
  }

  /** A scalar's text and where it is, for an alias at its anchor; undefined for anything else. */
  text(value: Value): Text | undefined {
    const node = this.resolve(value);
    return isScalar(node) ? this.#textOf(node) : undefined;
  }

  /** A scalar's text; empty for YAML's spellings of nothing, and for anything but a scalar. */
  string(value: Value): string {
    const text = this.text(value);
    if (text === undefined || isNothing(text)) return "";
    return text.value;
  }

  /** The node that an alias stands for; any other node itself. */
  resolve(value: Value): Value {
    return isAlias(value) ? this.#anchors.get(value) : value;
  }

  /** Read once, because aliases can reach the same large mapping many times. */
  #keysOf(map: YAMLMap): Keys {
    const known = this.#keys.get(map);
    if (known !== undefined) return known;
    const keys = this.#readKeys(map);
    this.#keys.set(map, keys);
    return keys;
  }

  #readKeys(map: YAMLMap): Keys {
    const own = new Map<string, Value>();
    const merged: Value[] = [];
    for (const [key, value] of this.entries(map)) {
      if (key === "<<" && merged.length < MOST_MERGED) {
        const maps = isSeq(value) ? value.items.slice(0, MOST_MERGED) : [value];
        merged.push(...maps.map((one) => this.resolve(asNode(one))));
      }
      // Of a key that is repeated, the first one counts.
      if (!own.has(key)) own.set(key, value);
    }
    return { own, merged };
  }

  #entryOf(pair: Pair): readonly Entry[] {
    const key = keyOf(pair);
    return key === undefined ? [] : [[key, this.resolve(asNode(pair.value))]];
  }

  #textOf(scalar: Scalar): Text {
    const [start = 0, end = start] = scalar.range ?? [];
    const value = String(scalar.value ?? "");
    if (scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE") {
      return { start: start + 1, end: end - 1, value, style: "quoted" };
    }
    if (scalar.type === "PLAIN") return { start, end, value, style: "plain" };
    const body = bodyOf(this.source.text, start, end);
    return { ...body, value: value.trim(), style: "block" };
  }

  /** Notes the node that each alias stands for: the last one before it with the anchor's name. */
  #readAnchors(root: Node): void {
    const named = new Map<string, Node>();
    const rest: Node[] = [root];
    for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
      if (isAlias(node)) {
        const target = named.get(node.source);
        if (target !== undefined) this.#anchors.set(node, target);
        continue;
      }
      if (isScalar(node) || isMap(node) || isSeq(node)) {
        if (node.anchor !== undefined) named.set(node.anchor, node);
      }
      for (const child of childrenOf(node).toReversed()) rest.push(child);
    }
  }
}

type Parsed = readonly Document<Node, boolean>[];

function mistakeIn(documents: Parsed, source: SourceText): Mistake | undefined {
  const errors = documents.flatMap((document) => document.errors);
  const error = errors.find(({ code, message }) => {
    // That parser needs no space before a comment, either.
    return !TOLERATED.has(code) && !message.startsWith("Comments must be separated");
  });
  if (error === undefined) return undefined;
  const { line } = source.place(error.pos[0], error.pos[0]);
  return { line, message: error.message };
}

/** Where the text of a block scalar is, without the header and the white space around it. */
function bodyOf(text: string, start: number, end: number): Pick<Spot, "start" | "end"> {
  const header = text.indexOf("\n", start);
  const from = header < 0 || header > end ? end : header + 1;
  const body = text.slice(from, end);
  const first = from + (body.length - body.trimStart().length);
  return { start: first, end: Math.max(first, from + body.trimEnd().length) };
}

function childrenOf(node: Node): readonly Node[] {
  if (isSeq(node)) return node.items.flatMap((item) => asNode(item) ?? []);
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => [asNode(key) ?? [], asNode(value) ?? []].flat());
}

/** The parser types parts of a document as unknown; they are nodes or absent. */
function asNode(value: unknown): Value {
  return isAlias(value) || isScalar(value) || isMap(value) || isSeq(value) ? value : undefined;
}

function keyOf({ key }: YAMLMap["items"][number]): string | undefined {
  return isScalar(key) ? String(key.value ?? "") : undefined;
}

/** https://yaml.org/spec/1.2.2/#10321-tag-resolution */
function isNothing({ style, value }: Text): boolean {
  return style === "plain" && /^(?:null|Null|NULL|~|)$/.test(value);
}
