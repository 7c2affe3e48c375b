import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPlatform } from "../../src/oci/platform.ts";
import { readFilePatterns } from "../../src/runner/file-patterns.ts";

/** Each pattern as `pattern kind platforms`, with a `?` when optional; exclusions; problems. */
function read(text: string): readonly string[] {
  const problems: string[] = [];
  const { included, excluded } = readFilePatterns(text, (problem) => problems.push(problem));
  const shown = included.map(({ pattern, as, platforms, optional }) => {
    const list = typeof platforms === "object" ? platforms.map(formatPlatform) : platforms;
    return `${pattern} ${as ?? "-"} ${list ?? "-"}${optional ? " ?" : ""}`;
  });
  return [...shown, ...excluded.map((path) => `!${path}`), ...problems];
}

describe("readFilePatterns", () => {
  for (const [what, text, ...expected] of [
    ["a path", "compose.yaml", "compose.yaml - -"],
    ["nothing", "# none\n"],
    ["globs", "deploy/**/*.yaml\r\n*.Dockerfile", "deploy/**/*.yaml - -", "*.Dockerfile - -"],
    ["a kind", "images,as=list", "images list -"],
    [
      "platforms",
      "a.yml,platform=linux/amd64,platform=linux/arm64",
      "a.yml - linux/amd64,linux/arm64",
    ],
    ["a word for platforms", "a.yml,platform=all", "a.yml - all"],
    ["an optional pattern", "a.yml , optional=true", "a.yml - - ?"],
    ["what is left out", "**/*.yaml\n!test/**\n! ./vendor", "**/*.yaml - -", "!test/**", "!vendor"],
    ["a path from here", "././a/b.yml", "a/b.yml - -"],
    ["everything", ".\n./", "** - -", "** - -"],
    ["a path with steps that lead nowhere", "a/./b//c.yml/", "a/b/c.yml - -"],
    [
      "an absolute path, which is a receipt's",
      "/tmp/a/receipt.json\n/tmp/b.json,as=receipt,optional=true\nD:\\a\\_temp\\receipt.json",
      "/tmp/a/receipt.json receipt -",
      "/tmp/b.json receipt - ?",
      "D:\\a\\_temp\\receipt.json receipt -",
    ],
    ["a path of Windows", "deploy\\prod\\*.yml", "deploy/prod/*.yml - -"],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(read(text), expected));
  }

  for (const [what, text, problem] of [
    [
      "another kind at an absolute path",
      "/tmp/compose.yaml,as=compose",
      /^files, line 1: as: expected receipt for an absolute path, got compose$/,
    ],
    ["an absolute path with steps up", "/tmp/../etc/passwd", /^files, line 1: expected a path or/],
    [
      "an absolute path to leave out",
      "a.yml\n!/tmp/receipt.json",
      /^files, line 2: expected a path/,
    ],
    [
      "a path out of the workspace",
      "\n\na/../../b",
      /^files, line 3: expected .* got "a\/\.\.\/\./,
    ],
    [
      "an excluded path out of it",
      "a.yml\n!../b",
      /^files, line 2: expected a path .* got "\.\.\/b"/,
    ],
    ["a home directory", "~/a.yml", /^files, line 1: expected a path or glob below/],
    ["a drive without a directory", "C:a.yml", /^files, line 1: expected a path or glob below/],
    ["a share", "\\\\host\\a.yml", /^files, line 1: expected a path or glob below/],
    ["only exclusions", "!a.yml", /^files: expected a pattern besides those that exclude files/],
    [
      "an unknown kind",
      "a,as=helm",
      /^files, line 1: as: expected dockerfile, .*list, receipt, got "helm"/,
    ],
    [
      "an unknown option",
      "a,name=b",
      /^files, line 1: unknown option "name=b"; expected pattern\[/,
    ],
    ["a wrong platform", "a,platform=x", /^files, line 1: platform "x": expected/],
    ["another optional", "a,optional=yes", /: optional: expected true or false, got "yes"$/],
  ] as const) {
    it(`refuses ${what}`, () => assert.match(read(text).at(-1) ?? "", problem));
  }
});
