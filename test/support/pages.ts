import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** The pages for users, relative to the repository. */
export const PAGES: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  ...globSync("docs/*.md", { cwd: ROOT }),
];

/** A block of code of a page, and the line that it starts at. */
export type Block = {
  readonly language: string;
  readonly text: string;
  readonly line: number;
};

/** The text of a file of the repository. */
export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

/** The blocks of code of a page. */
export function blocksOf(page: string): readonly Block[] {
  const text = textOf(page);
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((found) => {
    const [, language = "", block = ""] = found;
    return { language, text: block, line: text.slice(0, found.index).split("\n").length };
  });
}

/** A page without its code, in which nothing is a link or a heading. */
export function proseOf(page: string): string {
  return textOf(page)
    .replace(/^```.*?^```$/gms, "")
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, " "));
}
