import type { Problem } from "../gate/problem.ts";
import { REASONS } from "../oci/reason.ts";
import { markdown, sanitise } from "./sanitiser.ts";
import { withoutSubject } from "./wording.ts";

/** Keeps two words of a cell on one line. */
export const NO_BREAK = "\u00a0";

/**
 * A problem of `subject` in Markdown: its status, what was found and, if the message ends with what
 * its reason advises, that on a line of its own.
 */
export function problemCell({ status, reason, message }: Problem, subject: string): string {
  const found = withoutSubject(message, subject);
  const at = found.lastIndexOf(`; ${REASONS[reason].next}`);
  const parts = at < 0 ? [found] : [found.slice(0, at), `→ ${found.slice(at + 2)}`];
  return [`✗${NO_BREAK}${status}`, ...parts.map(markdown)].join("<br>");
}

/** The cells of a row of a table, in Markdown. */
export type Row = readonly string[];

/** A table in Markdown, without the columns that are empty in every row. */
export function table(columns: Row, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const used = columns.map((_, at) => rows.some((row) => row[at] !== ""));
  const filled = (row: Row): Row => row.filter((_, at) => used[at]);
  const rule = columns.map(() => "---");
  return ["", ...[columns, rule, ...rows].map((row) => tableLine(filled(row)))];
}

/** A row of a table in Markdown. */
export function tableLine(cells: Row): string {
  return `| ${cells.join(" | ")} |`;
}

/** A list that a reader can unfold; nothing without items. */
export function folded(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const list = items.map((item) => `- ${item}`);
  return ["", `<details><summary>${title}</summary>`, "", ...list, "", "</details>"];
}

/**
 * References below a title that a reader can unfold and copy; nothing without references. Their
 * block is one part of the text, so that it is never cut before its end.
 */
export function copyBlock(title: string, references: readonly string[]): readonly string[] {
  if (references.length === 0) return [];
  // In a block of code nothing has a meaning but the marks that end it.
  const lines = references.map((reference) => sanitise(reference).replaceAll("`", ""));
  const block = ["```text", ...lines, "```"].join("\n");
  return ["", `<details><summary>${title}</summary>\n\n${block}\n\n</details>`];
}
