import { type Findings, whyUnknown } from "./findings.ts";
import { type Pin, pinAt } from "./pin.ts";
import type { SourceText } from "./source-text.ts";
import type { Text, Value, YamlTree } from "./yaml-tree.ts";

/**
 * A YAML scalar that holds a part of a reference: a repository, a tag or a digest. Its value is
 * empty for YAML's spellings of nothing.
 */
export type Part = Text;

/** The part at a key of a mapping; undefined without the key, and for anything but a scalar. */
export function partAt(tree: YamlTree, map: Value, key: string): Part | undefined {
  const node = tree.get(map, key);
  const text = tree.text(node);
  return text === undefined ? undefined : { ...text, value: tree.string(node) };
}

/** True for a part that stands in a mapping itself, and not where an alias or merge key leads. */
export function isWithin(tree: YamlTree, map: Value, { start, end }: Part): boolean {
  const [from = 0, to = 0] = tree.resolve(map)?.range ?? [];
  return from <= start && end <= to;
}

/** Why a reference that is made of these parts cannot be known; undefined when it can be. */
export function whyPartsUnknown(
  findings: Findings,
  parts: readonly (Part | undefined)[],
): string | undefined {
  const known = parts.filter((part) => part !== undefined);
  const written = known.map((part) => findings.textOf(part));
  const values = known.map(({ value }) => value);
  return whyUnknown(...written, ...values);
}

/**
 * A pin that puts a digest in the place of a part, within its quotes. Undefined for an empty block
 * scalar, which has no place for one.
 */
export function pinPart(source: SourceText, part: Part, form: Pin["form"]): Pin | undefined {
  const { start, end, style } = part;
  const hasPlace = start < end || style === "quoted";
  if (hasPlace) return pinAt(source, start, end, { form });
  if (style === "block") return undefined;
  // YAML needs white space after the colon of `digest:` and before a comment.
  const previous = source.text.charAt(start - 1);
  const next = source.text.charAt(start);
  const before = /\s/.test(previous) ? "" : " ";
  const after = next === "#" ? " " : "";
  return pinAt(source, start, end, { before, after, form });
}
