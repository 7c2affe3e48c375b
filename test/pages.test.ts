import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { blocksOf, PAGES, proseOf, textOf } from "./support/pages.ts";

const ROOT = join(import.meta.dirname, "..");
// These are for people who change the code or judge its promises.
const WITHOUT_WORKFLOW = ["docs/architecture.md", "docs/threat-model.md"];

/** The links of a page to files of this repository, each with its anchor. */
function linksOf(page: string): readonly (readonly [path: string, anchor: string])[] {
  const targets = [
    ...[...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? ""),
    ...[...proseOf(page).matchAll(/(?:src|srcset|href)="([^"]+)"/g)].map(
      ([, found]) => found ?? "",
    ),
  ];
  const local = targets.filter((target) => !/^[a-z]+:/.test(target));
  return local.map((target) => {
    const [path = "", anchor = ""] = target.split("#");
    return [path === "" ? page : normalize(join(dirname(page), path)), anchor] as const;
  });
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading ?? "");
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("a page of the documentation", () => {
  for (const page of PAGES) {
    it(`links only to what is there: ${page}`, () => {
      for (const [path, anchor] of linksOf(page)) {
        assert.ok(existsSync(join(ROOT, path)), path);
        if (anchor === "" || !path.endsWith(".md")) continue;
        assert.ok(anchorsOf(path).includes(anchor), `${path}#${anchor}`);
      }
    });
  }

  for (const page of PAGES.filter((name) => name.startsWith("docs/"))) {
    if (WITHOUT_WORKFLOW.includes(page)) continue;
    it(`starts with a whole workflow: ${page}`, () => {
      const [first] = blocksOf(page);
      assert.equal(first?.language, "yaml");
      assert.match(first?.text ?? "", /^on:.*^jobs:/ms);
      assert.ok((first?.line ?? 0) <= 12, `it starts at line ${first?.line}`);
    });
    it(`is linked from the README or from a page that is: ${page}`, () => {
      const linked = (from: string): boolean => linksOf(from).some(([path]) => path === page);
      assert.ok(PAGES.some((from) => from !== page && linked(from)));
    });
  }

  it("of a newcomer has fewer than 300 lines", () => {
    assert.ok(textOf("README.md").split("\n").length < 300);
  });
});
