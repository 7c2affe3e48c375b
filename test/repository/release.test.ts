import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { entriesOf } from "../../scripts/release/changelog.ts";
import { pinsIn, repositoryOf, rewritePins } from "../../scripts/release/pins.ts";
import { planRelease, type Repository } from "../../scripts/release/plan.ts";
import { parseVersion } from "../../scripts/release/version.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { run } from "../support/runner.ts";

const OLD = "a".repeat(40);
const NEW = "b".repeat(40);
const PATH = process.env["PATH"] ?? "";

describe("a version", () => {
  for (const text of ["1.2", "v1.2.3", "", " 1.2.3", "1.2.3\n", "1.2.3+build", "1.2.3-a b"]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseVersion(text), undefined));
  }
  it("may be a prerelease", () =>
    assert.deepEqual(parseVersion("1.2.3-rc.1")?.prerelease, ["rc", 1]));
});

describe("a changelog", () => {
  it("has an entry per heading, in its order", () => {
    const text =
      "# Changelog\n\nAbout.\n\n## 1.1.0\n\nB.\n\n### Part\n\nC.\n\n## 1.0.0\r\n\r\nA.\r\n";
    assert.deepEqual(entriesOf(text), [
      { version: "1.1.0", text: "B.\n\n### Part\n\nC." },
      { version: "1.0.0", text: "A." },
    ]);
  });

  it("may have none", () => assert.deepEqual(entriesOf("# Changelog\n"), []));
});

describe("a release", () => {
  const repository = (version: string, tags: readonly string[] = []): Repository => ({
    manifest: JSON.stringify({ version }),
    lock: JSON.stringify({ version, packages: { "": { version } } }),
    changelog: `# Changelog\n\n## ${version}\n\nNews.\n\n## 0.1.0\n\nOld.\n`,
    tags,
  });
  const problems = (version: string, of: Repository): readonly string[] => {
    const plan = planRelease(version, of);
    return "problems" in plan ? plan.problems : [];
  };

  it("has a tag, and moves that of its major version", () => {
    assert.deepEqual(planRelease("1.2.0", repository("1.2.0", ["v1", "v1.1.9", "v2.0.0"])), {
      tag: "v1.2.0",
      prerelease: false,
      majorTag: "v1",
      notes: "News.",
    });
  });

  it("moves no tag when it is a prerelease", () => {
    const plan = planRelease("1.0.0-rc.1", repository("1.0.0-rc.1"));
    assert.deepEqual("tag" in plan && [plan.tag, plan.prerelease, plan.majorTag], [
      "v1.0.0-rc.1",
      true,
      "",
    ]);
  });

  it("is refused for what is no version", () => {
    for (const version of ["v1.0.0", "1", "", "1.0.0; ls", "$(ls)"]) {
      assert.equal(problems(version, repository(version)).length, 1, version);
    }
  });

  it("is refused where any file states another version", () => {
    assert.deepEqual(problems("1.0.1", repository("1.0.0")), [
      "package.json: expected 1.0.1, got 1.0.0",
      "package-lock.json: expected 1.0.1, got 1.0.0",
      'package-lock.json, packages[""]: expected 1.0.1, got 1.0.0',
      "the first entry of CHANGELOG.md: expected 1.0.1, got 1.0.0",
    ]);
    for (const part of ["manifest", "lock", "changelog"] as const) {
      const changed = { ...repository("1.0.0"), [part]: repository("0.1.0")[part] };
      assert.ok(problems("1.0.0", changed).length > 0, part);
    }
  });

  it("is refused without news", () => {
    const changelog = "## 1.0.0\n\n## 0.1.0\n\nOld.\n";
    assert.deepEqual(problems("1.0.0", { ...repository("1.0.0"), changelog }), [
      "CHANGELOG.md: the entry of 1.0.0 is empty",
    ]);
    const none = { ...repository("1.0.0"), changelog: "# Changelog\n" };
    assert.match(problems("1.0.0", none)[0] ?? "", /CHANGELOG.md: expected 1.0.0, got undefined/);
  });

  it("is refused when its tag exists, or one of a newer version", () => {
    assert.deepEqual(problems("1.0.0", repository("1.0.0", ["v1.0.0"])), ["the tag v1.0.0 exists"]);
    assert.deepEqual(problems("1.0.0-rc.2", repository("1.0.0-rc.2", ["v1.0.0", "v0.9.0"])), [
      "the tag v1.0.0 is of a newer version than 1.0.0-rc.2",
    ]);
  });

  describe("by the script", () => {
    const directory = temporaryDirectory("release");
    const notes = join(directory, "notes.md");
    const tags = join(directory, "tags");
    const release = (...args: string[]) => run(["scripts/release.ts", ...args], { PATH });
    const root = join(import.meta.dirname, "../..");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

    it("prints what the workflow needs, and writes the notes", async () => {
      writeFileSync(tags, "refs/tags/v0.1.0\n");
      const { exitCode, stdout, stderr } = await release(version, tags, notes);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.match(stdout, /^tag=v\S+\nprerelease=(true|false)\nmajor-tag=(v\d+)?\n$/);
      const [first] = entriesOf(readFileSync(join(root, "CHANGELOG.md"), "utf8"));
      assert.equal(readFileSync(notes, "utf8"), `${first?.text}\n`);
    });

    it("fails with every problem", async () => {
      writeFileSync(tags, `refs/tags/v${version}\n`);
      const { exitCode, stdout, stderr } = await release(version, tags, notes);
      assert.deepEqual([exitCode, stdout], [1, ""]);
      assert.equal(stderr, `::error::the tag v${version} exists\n`);
    });

    it("fails for other arguments", async () => {
      for (const args of [[], [version], [version, tags], [version, tags, notes, "more"]]) {
        assert.equal((await release(...args)).exitCode, 2);
      }
    });
  });
});

describe("a pin", () => {
  const TEXT = `
- uses: org/registry-pull@${OLD} # v1.0.0
- { uses: actions/checkout@${OLD}, with: { persist-credentials: false } }
- uses: "github/codeql-action/init@${OLD}" # v4.36.2
- uses: org/registry-pull@v1
- uses: ./
- run: echo org/registry-pull@${OLD}
- uses: org/other@${OLD}0 # v1.0.0
`;

  it("is a full commit after `uses:`, and may have a comment", () => {
    assert.deepEqual(pinsIn(TEXT), [
      { action: "org/registry-pull", commit: OLD, version: "v1.0.0" },
      { action: "actions/checkout", commit: OLD, version: "" },
      { action: "github/codeql-action/init", commit: OLD, version: "v4.36.2" },
    ]);
    assert.equal(repositoryOf("github/codeql-action/init"), "github/codeql-action");
  });

  it("is rewritten with its comment, and nothing else is", () => {
    const pins = new Map([
      ["org/registry-pull", { commit: NEW, version: "v1.1.0-rc.1" }],
      ["actions/checkout", { commit: NEW, version: "v9.0.0" }],
      ["github/codeql-action", { commit: NEW, version: "v5.0.0" }],
    ]);
    assert.equal(
      rewritePins(TEXT, pins),
      `
- uses: org/registry-pull@${NEW} # v1.1.0-rc.1
- { uses: actions/checkout@${NEW}, with: { persist-credentials: false } }
- uses: "github/codeql-action/init@${NEW}" # v5.0.0
- uses: org/registry-pull@v1
- uses: ./
- run: echo org/registry-pull@${OLD}
- uses: org/other@${OLD}0 # v1.0.0
`,
    );
    assert.equal(rewritePins(TEXT, new Map()), TEXT);
  });

  it("follows a release in the documentation and the examples", async () => {
    const root = temporaryDirectory("pins");
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    const ours = (commit: string, tag: string) => `- uses: org/registry-pull@${commit} # ${tag}\n`;
    const checkout = (commit: string, tag: string) =>
      `- uses: actions/checkout@${commit} # ${tag}\n`;
    put(".github/workflows/ci.yml", checkout(NEW, "v8.0.0"));
    put("examples/gate.yml", ours(OLD, "v1.0.0") + checkout(NEW, "v8.0.0"));
    put("README.md", ours(OLD, "v1.0.0") + checkout(OLD, "v7.0.0"));
    put("docs/gallery/one.md", ours(OLD, "v1.0.0"));
    put("docs/none.md", "nothing\n");
    put("CHANGELOG.md", ours(OLD, "v1.0.0"));
    const script = (...args: string[]) =>
      run(["scripts/pins.ts", "--root", root, ...args], { PATH });
    const { exitCode, stdout } = await script(NEW, "v1.1.0");
    assert.deepEqual(
      [exitCode, stdout],
      [0, "examples/gate.yml\nREADME.md\ndocs/gallery/one.md\n"],
    );
    const textOf = (path: string): string => readFileSync(join(root, path), "utf8");
    assert.equal(textOf("README.md"), ours(NEW, "v1.1.0") + checkout(NEW, "v8.0.0"));
    assert.equal(textOf("examples/gate.yml"), ours(NEW, "v1.1.0") + checkout(NEW, "v8.0.0"));
    assert.equal(textOf("docs/gallery/one.md"), ours(NEW, "v1.1.0"));
    assert.equal(textOf("CHANGELOG.md"), ours(OLD, "v1.0.0"));
    assert.deepEqual((await script(NEW, "v1.1.0")).stdout, "");
    for (const args of [[], [NEW], [NEW, "1.1.0"], ["v1", "v1.1.0"], [NEW, "v1.1.0", "more"]]) {
      assert.equal((await script(...args)).exitCode, 2, args.join(" "));
    }
  });
});

describe("the check of a step's outputs", () => {
  const check = (...args: string[]) =>
    run(["scripts/check-outputs.ts", ...args], {
      PATH,
      OUTPUTS: JSON.stringify({ exists: "true", digest: "sha256:12", missing: "[]", empty: "" }),
    });

  it("passes for values and patterns", async () => {
    const { exitCode, stdout } = await check("exists=true", "digest~^sha256:\\d+$", "empty=");
    assert.equal(exitCode, 0);
    assert.equal(stdout, "✓ exists=true\n✓ digest~^sha256:\\d+$\n✓ empty=\n");
  });

  it("fails for another value, another text and an output that is absent", async () => {
    const wrong = ["exists=false", "digest~^sha512", "absent=", "absent~", "exists"];
    for (const expectation of wrong) {
      const { exitCode, stdout } = await check("missing=[]", expectation);
      assert.equal(exitCode, 1, expectation);
      assert.match(stdout, /^✓ missing=\[\]\n✗ /);
    }
    assert.equal((await check()).exitCode, 2);
  });
});
