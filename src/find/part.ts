import { type Findings, whyUnknown } from "./findings.ts";
import { type Pin, pinAt } from "./pin.ts";
import type { SourceText } from "./source-text.ts";
import type { Text, YamlValue } from "./yaml-value.ts";

/**
 * A YAML scalar that holds a part of a reference: a repository, a tag or a digest. Its value is
 * empty for YAML's spellings of nothing.
 */
export type Part = Text;

/** The part at a key of a mapping; undefined without the key, and for anything but a scalar. */
export function partAt(map: YamlValue, key: string): Part | undefined {
  const { text, string } = map.get(key);
  return text && { ...text, value: string };
}

/** True for a part that stands in a mapping itself, and not where an alias or merge key leads. */
export function isWithin(map: YamlValue, { start, end }: Part): boolean {
  const [from, to] = map.range;
  return from <= start && end <= to;
}

/** Where parts start that belong to several owners, as through a YAML alias or a merge key. */
export function sharedStarts(
  owned: readonly (readonly [owner: string, part: Part | undefined])[],
): ReadonlySet<number> {
  const shared = new Set<number>();
  const owners = new Map<number, string>();
  for (const [owner, part] of owned) {
    if (part === undefined) continue;
    const known = owners.get(part.start);
    if (known !== undefined && known !== owner) shared.add(part.start);
    owners.set(part.start, owner);
  }
  return shared;
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
