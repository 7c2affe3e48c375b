import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
} from "yaml";
import type { SourceText } from "./source-text.ts";
import { YamlValue } from "./yaml-value.ts";

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

/** The documents of a YAML or JSON file. Every scalar is a string, as it is written. */
export class YamlTree {
  readonly source: SourceText;
  /** The content of each document that has one. */
  readonly documents: readonly YamlValue[];
  /** Set when the file is not YAML. */
  readonly mistake: Mistake | undefined;
  readonly #anchors = new Map<Node, Node>();
  readonly #values = new Map<Node | undefined, YamlValue>();

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
    const contents = parsed.flatMap((document) => document.contents ?? []);
    for (const content of contents) this.#readAnchors(content);
    this.documents = contents.map((content) => this.#valueOf(content));
    this.mistake = mistakeIn(parsed, source);
  }

  readonly #valueOf = (node: unknown): YamlValue => {
    const target = isAlias(node) ? this.#anchors.get(node) : node;
    const key = isNode(target) ? target : undefined;
    const value = this.#values.get(key) ?? new YamlValue(key, this.source, this.#valueOf);
    this.#values.set(key, value);
    return value;
  };

  /** Notes the node that each alias stands for: the last one before it with the anchor's name. */
  #readAnchors(root: Node): void {
    const named = new Map<string, Node>();
    const rest: Node[] = [root];
    for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
      const target = isAlias(node) ? named.get(node.source) : undefined;
      if (target !== undefined) this.#anchors.set(node, target);
      const anchor = anchorOf(node);
      if (anchor !== undefined) named.set(anchor, node);
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

function anchorOf(node: Node): string | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
}

function childrenOf(node: Node): readonly Node[] {
  if (isSeq(node)) return node.items.filter(isNode);
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => [key, value]).filter(isNode);
}
