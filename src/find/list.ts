import type { Findings, Spot } from "./findings.ts";
import type { SourceText } from "./source-text.ts";

/**
 * Finds the references in a list: one a line. Blank lines and `#` comments are skipped. A line has
 * no options: only the input decides how an image is treated.
 */
export function findInList({ text }: SourceText, findings: Findings): void {
  for (const spot of listLines(text)) findings.literal(spot);
}

/** The lines of a list without blank lines and `#` comments, trimmed, as the input `images` reads it. */
export function listLines(text: string): readonly Spot[] {
  const spots: Spot[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const content = line.replace(/(^|\s)#[\s\S]*$/, "");
    const value = content.trim();
    if (value === "") continue;
    const start = index + content.indexOf(value);
    spots.push({ start, end: start + value.length, value });
  }
  return spots;
}

/**
 * True for the input `images` as a JSON array, and false for a list of lines. The bracket of an IPv6
 * address can start one.
 */
export function isJson(text: string): boolean {
  const isBracket = /^\s*\[/.test(text);
  const isAddress = /^\s*\[[0-9a-f.]*:[0-9a-f:.]*\]/i.test(text);
  return isBracket && !isAddress;
}
