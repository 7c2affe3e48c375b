import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = ["AGENTS.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const contributing = textOf("CONTRIBUTING.md");

describe("a document of the repository", () => {
  for (const page of [...PAGES, ".github/pull_request_template.md"]) {
    it(`links to and names files that exist: ${page}`, () => {
      const text = textOf(page);
      const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = ""]) => target);
      const files = [...text.matchAll(/`([\w.-]*\/[\w./-]*|[\w-]+\.(?:md|yml|json))`/g)];
      // The SBOM is a file of a release, and this lock file one of the users.
      const elsewhere = ["sbom.cdx.json", "images.lock.json"];
      for (const path of [...links, ...files.map(([, file = ""]) => file)]) {
        const isElsewhere = path.startsWith("https:") || elsewhere.includes(path);
        const places = [path, `.github/workflows/${path}`, `src/runner/${path}`];
        const isThere = places.some((place) => existsSync(join(ROOT, place)));
        assert.ok(isElsewhere || isThere, path);
      }
    });

    it(`names commands that exist: ${page}`, () => {
      const { scripts } = JSON.parse(textOf("package.json"));
      for (const [, name = ""] of textOf(page).matchAll(/npm run ([\w:-]+)/g)) {
        assert.ok(scripts[name], name);
      }
    });
  }

  it("explains every workflow", () => {
    for (const path of globSync(".github/workflows/*.yml", { cwd: ROOT })) {
      assert.ok(contributing.includes(`\`${path.split("/").at(-1)}\``), path);
    }
  });
});
