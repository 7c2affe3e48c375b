import type { Findings } from "./findings.ts";
import type { SourceText } from "./source-text.ts";

/**
 * Finds the references in a list: one a line. Blank lines and `#` comments are skipped. A line has
 * no options: only the input decides how an image is treated.
 */
export function findInList({ text }: SourceText, findings: Findings): void {
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const content = line.replace(/(^|\s)#.*$/, "");
    const value = content.trim();
    if (value === "") continue;
    const start = index + content.indexOf(value);
    findings.literal({ start, end: start + value.length, value });
  }
}
