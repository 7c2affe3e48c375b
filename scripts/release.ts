import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planRelease } from "./release/plan.ts";

/**
 * Checks that a version can be released: `node scripts/release.ts VERSION TAGS NOTES`. TAGS is a
 * file with the names of all tags, one a line; `refs/tags/` before a name is ignored. Writes the
 * entry of the changelog to the file NOTES, and prints what the release workflow needs as lines for
 * `GITHUB_OUTPUT`. Prints every problem and exits with code 1 when there is any.
 */
const ROOT = join(import.meta.dirname, "..");
const inRoot = (name: string): string => readFileSync(join(ROOT, name), "utf8");

const [version, tagsFile, notesFile, ...others] = process.argv.slice(2);
if (
  version === undefined ||
  tagsFile === undefined ||
  notesFile === undefined ||
  others.length > 0
) {
  console.error("expected: node scripts/release.ts VERSION TAGS NOTES");
  process.exit(2);
}

const lines = readFileSync(tagsFile, "utf8").split(/\r?\n/);
const plan = planRelease(version, {
  manifest: inRoot("package.json"),
  lock: inRoot("package-lock.json"),
  changelog: inRoot("CHANGELOG.md"),
  tags: lines.filter((line) => line !== "").map((line) => line.replace(/^refs\/tags\//, "")),
});
if ("problems" in plan) {
  for (const problem of plan.problems) console.error(`::error::${problem}`);
  process.exit(1);
}
writeFileSync(notesFile, `${plan.notes}\n`);
console.log(`tag=${plan.tag}\nprerelease=${plan.prerelease}\nmajor-tag=${plan.majorTag}`);
