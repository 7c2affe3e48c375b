import type { Spot } from "./findings.ts";
import type { SourceText } from "./source-text.ts";
import type { Text } from "./yaml-value.ts";

/** Why the parts of a scalar cannot be placed: {@link spotsIn} returns undefined. */
export const UNPLACED = "it has a template or an escape: write it out";

/** The spot of a part of a scalar's value. No white space may stand at its ends. */
export type SpotOf = (from: number, to: number) => Spot;

/**
 * Where parts of a scalar are in the file, in every style of YAML: indentation and folding change
 * white space only, and all other characters stand in the same order. Undefined for a scalar with a
 * template, or with escapes other than those of quotes, slashes and white space.
 */
export function spotsIn({ text }: SourceText, scalar: Text): SpotOf | undefined {
  const offsets = offsetsOf(text, scalar);
  if (offsets === undefined) return undefined;
  const quote = quoteOf(text, scalar);
  return (from, to) => {
    const start = offsets[from] ?? scalar.end;
    const last = offsets[to - 1] ?? start;
    const end = to > from ? last + widthAt(text, last, quote) : start;
    return { start, end, value: scalar.value.slice(from, to) };
  };
}

/** Where each UTF-16 unit of a scalar's value is written. White space is where the next unit is. */
function offsetsOf(text: string, scalar: Text): readonly number[] | undefined {
  const quote = quoteOf(text, scalar);
  const offsets: number[] = [];
  let at = scalar.start;
  for (const unit of scalar.value.split("")) {
    at = afterSpace(text, at, scalar.end, quote);
    offsets.push(at);
    if (isSpace(unit)) continue;
    const width = widthAt(text, at, quote);
    if (text[at + width - 1] !== unit) return undefined;
    at += width;
  }
  return offsets;
}

function quoteOf(text: string, { start, style }: Text): string | undefined {
  return style === "quoted" ? text[start - 1] : undefined;
}

/** The first offset that has no white space, written or escaped. */
function afterSpace(text: string, from: number, end: number, quote: string | undefined): number {
  let at = from;
  while (at < end) {
    const isEscape = quote === '"' && text[at] === "\\";
    const isEscaped = isEscape && /[\sntrvfLP_]/.test(text[at + 1] ?? "");
    if (!isEscaped && !isSpace(text[at] ?? "")) break;
    at += isEscaped ? 2 : 1;
  }
  return at;
}

/** How many units of the file stand for one of the value. */
function widthAt(text: string, at: number, quote: string | undefined): number {
  const isEscape = quote === '"' && text[at] === "\\";
  const isDoubled = quote === "'" && text[at] === "'";
  return isEscape || isDoubled ? 2 : 1;
}

function isSpace(unit: string): boolean {
  return /\s/.test(unit);
}
