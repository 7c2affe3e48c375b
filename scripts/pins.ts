import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Pin, pinsIn, repositoryOf, rewritePins } from "./release/pins.ts";

/**
 * Pins this action to a release wherever the documentation and the examples use it:
 * `node scripts/pins.ts COMMIT TAG`. The documentation also gets the pins of other actions that the
 * workflows and the examples have, which Dependabot updates. Prints the files that changed.
 */
const OURS = "org/registry-pull";
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: "string", default: join(import.meta.dirname, "..") } },
});
const [commit = "", tag = "", ...others] = positionals;
// It runs without the packages of the repository.
const isTag = /^v\d+\.\d+\.\d+(-[\w.-]+)?$/.test(tag);
if (!/^[0-9a-f]{40}$/.test(commit) || !isTag || others.length > 0) {
  console.error("expected: node scripts/pins.ts COMMIT TAG, with 40 hexadecimal digits and v1.2.3");
  process.exit(2);
}

const found = (...patterns: string[]): readonly string[] =>
  globSync(patterns, { cwd: values.root }).toSorted();
const textOf = (path: string): string => readFileSync(join(values.root, path), "utf8");

const examples = found("examples/**/*.{yml,yaml,md}");
// What an old version said stays as it was.
const pages = found("*.md", "docs/**/*.md").filter((path) => path !== "CHANGELOG.md");
const kept = [...found(".github/workflows/*.yml"), ...examples]
  .flatMap((path) => pinsIn(textOf(path)))
  .filter(({ version }) => version !== "");
const release: Pin = { action: OURS, commit, version: tag };
const everywhere = new Map([[OURS, release]]);
const inPages = new Map([...kept, release].map((pin) => [repositoryOf(pin.action), pin]));
for (const path of examples) rewrite(path, everywhere);
for (const path of pages) rewrite(path, inPages);

function rewrite(path: string, pins: ReadonlyMap<string, Pin>): void {
  const before = textOf(path);
  const after = rewritePins(before, pins);
  if (after === before) return;
  writeFileSync(join(values.root, path), after);
  console.log(path);
}
