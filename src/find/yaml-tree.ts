import { isAlias, isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import type { SourceText } from "./source-text.ts";
import { parseYaml } from "./yaml-parser.ts";
import { YamlValue } from "./yaml-value.ts";

/** Why a file is not YAML, and where. Lines start at 1. */
export type Mistake = { readonly line: number; readonly message: string };

/** The documents of a YAML or JSON file. Every scalar is a string, as it is written. */
export class YamlTree {
  readonly source: SourceText;
  /** The content of each document that has one. */
  readonly documents: readonly YamlValue[];
  /** Set when the file is not YAML. */
  readonly mistake: Mistake | undefined;
  readonly #anchors = new Map<Node, Node>();
  /** The values with an anchor: several ways lead to them. */
  readonly #values = new Map<Node, YamlValue>();
  readonly #nothing: YamlValue;

  /** `hidden` is the text of the source with what a YAML parser must not see hidden. */
  constructor(source: SourceText, hidden: string) {
    this.source = source;
    const { contents, fault } = parseYaml(hidden);
    this.#nothing = this.#newValue(undefined);
    // Reading all of a file for its anchors takes a while, and few have any.
    if (hidden.includes("&")) for (const content of contents) this.#readAnchors(content);
    this.documents = contents.map((content) => this.#valueOf(content));
    if (fault !== undefined) {
      const { line } = source.place(fault.offset, fault.offset);
      this.mistake = { line, message: fault.message };
    }
  }

  readonly #valueOf = (node: unknown): YamlValue => {
    const target = isAlias(node) ? this.#anchors.get(node) : node;
    if (!isNode(target)) return this.#nothing;
    if (anchorOf(target) === undefined) return this.#newValue(target);
    const value = this.#values.get(target) ?? this.#newValue(target);
    this.#values.set(target, value);
    return value;
  };

  #newValue(node: Node | undefined): YamlValue {
    return new YamlValue(node, this.source, this.#valueOf);
  }

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

function anchorOf(node: Node): string | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
}

function childrenOf(node: Node): readonly Node[] {
  if (isSeq(node)) return node.items.filter(isNode);
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }) => [key, value]).filter(isNode);
}
