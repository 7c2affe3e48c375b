import { isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import type { Spot } from "./findings.ts";
import type { SourceText } from "./source-text.ts";

/** A key of a mapping, and its value. */
export type Entry = readonly [key: string, value: YamlValue];

/** A scalar's text, and how it is written. */
export type Text = Spot & { readonly style: "plain" | "quoted" | "block" };

/** The value that a node of the parser stands for: for an alias, the one at its anchor. */
type ValueOf = (node: unknown) => YamlValue;

/** The keys of a mapping with their values, and the mappings that are merged into it. */
type Keys = {
  readonly own: ReadonlyMap<string, YamlValue>;
  readonly merged: readonly YamlValue[];
};

// Mappings that merge each other can be nested without end. A file has two or three.
const MOST_MERGED = 100;

/**
 * A value in a YAML file, also where there is none: the value of a key that is missing, or of a key
 * of something else than a mapping. An alias is the value at its anchor. Two values are the same
 * object if they stand at the same place.
 */
export class YamlValue {
  readonly #node: Node | undefined;
  readonly #source: SourceText;
  readonly #valueOf: ValueOf;
  #keys: Keys | undefined;
  #entries: readonly Entry[] | undefined;
  #items: readonly YamlValue[] | undefined;

  /** Only the tree of a file makes values. */
  constructor(node: Node | undefined, source: SourceText, resolve: ValueOf) {
    this.#node = node;
    this.#source = source;
    this.#valueOf = resolve;
  }

  /** False where there is no value. YAML's `null` is one. */
  get exists(): boolean {
    return this.#node !== undefined;
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  /** True for a value with a tag, such as `!!str 1.20`. */
  get hasTag(): boolean {
    return this.#node?.tag !== undefined;
  }

  /** The offsets from which and to which it is written, quotes included. */
  get range(): readonly [start: number, end: number] {
    const [start = 0, end = start] = this.#node?.range ?? [];
    return [start, end];
  }

  /** The value of a key, own or merged (https://yaml.org/type/merge.html). */
  get(key: string): YamlValue {
    const rest: YamlValue[] = [this];
    for (let searched = 0; searched <= MOST_MERGED && rest.length > 0; searched++) {
      const { own, merged } = rest.pop()?.keys ?? NO_KEYS;
      const value = own.get(key);
      if (value !== undefined) return value;
      rest.push(...merged.toReversed());
    }
    return this.#valueOf(undefined);
  }

  /** The keys of a mapping and their values, without merged ones; empty for anything else. */
  get entries(): readonly Entry[] {
    this.#entries ??= isMap(this.#node) ? this.#readEntries(this.#node) : [];
    return this.#entries;
  }

  /** The items of a list; empty for anything else. */
  get items(): readonly YamlValue[] {
    const items = isSeq(this.#node) ? this.#node.items : [];
    this.#items ??= items.map((item) => this.#valueOf(item));
    return this.#items;
  }

  /** A scalar's text and where it is; undefined for anything else. */
  get text(): Text | undefined {
    return isScalar(this.#node) ? this.#textOf(this.#node) : undefined;
  }

  /** A scalar's text; empty for YAML's spellings of nothing, and for anything but a scalar. */
  get string(): string {
    const { text } = this;
    return text === undefined || isNothing(text) ? "" : text.value;
  }

  /** Read once, because aliases can reach the same large mapping many times. */
  get keys(): Keys {
    this.#keys ??= readKeys(this.entries);
    return this.#keys;
  }

  #readEntries({ items }: YAMLMap): readonly Entry[] {
    const entries: Entry[] = [];
    for (const pair of items) {
      const key = keyOf(pair);
      if (key !== undefined) entries.push([key, this.#valueOf(pair.value)]);
    }
    return entries;
  }

  #textOf(scalar: Scalar): Text {
    const [start, end] = this.range;
    const value = String(scalar.value ?? "");
    if (scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE") {
      return { start: start + 1, end: end - 1, value, style: "quoted" };
    }
    if (scalar.type === "PLAIN") return { start, end, value, style: "plain" };
    const body = bodyOf(this.#source.text, start, end);
    return { ...body, value: value.trim(), style: "block" };
  }
}

const NO_KEYS: Keys = { own: new Map(), merged: [] };

function readKeys(entries: readonly Entry[]): Keys {
  const own = new Map<string, YamlValue>();
  const merged: YamlValue[] = [];
  for (const [key, value] of entries) {
    if (key === "<<" && merged.length < MOST_MERGED) {
      const maps = value.isList ? value.items.slice(0, MOST_MERGED) : [value];
      merged.push(...maps);
    }
    // Of a key that is repeated, the first one counts.
    if (!own.has(key)) own.set(key, value);
  }
  return { own, merged };
}

function keyOf({ key }: YAMLMap["items"][number]): string | undefined {
  return isScalar(key) ? String(key.value ?? "") : undefined;
}

/** Where the text of a block scalar is, without the header and the white space around it. */
function bodyOf(text: string, start: number, end: number): Pick<Spot, "start" | "end"> {
  const header = text.indexOf("\n", start);
  const from = header < 0 || header > end ? end : header + 1;
  const body = text.slice(from, end);
  const first = from + (body.length - body.trimStart().length);
  return { start: first, end: Math.max(first, from + body.trimEnd().length) };
}

/** https://yaml.org/spec/1.2.2/#10321-tag-resolution */
function isNothing({ style, value }: Text): boolean {
  return style === "plain" && /^(?:null|Null|NULL|~|)$/.test(value);
}
