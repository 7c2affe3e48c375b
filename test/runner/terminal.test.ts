import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Terminal, terminal } from "../../src/runner/terminal.ts";
import { image, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import { failedResult, judgedOf, outcomeOf, resultOf, unreadResult } from "../support/results.ts";

function recorded(): { readonly lines: string[]; readonly workflow: Terminal } {
  const lines: string[] = [];
  return { lines, workflow: terminal((line) => void lines.push(line)) };
}

const LOCATION = { file: "compose.yml", line: 12, column: 5, endColumn: 20 };

describe("a terminal", () => {
  it("prints lines, groups, warnings and errors as text", () => {
    const { lines, workflow } = recorded();
    workflow.say("a line");
    workflow.group("a title", ["one", "two"]);
    workflow.warn("careful");
    workflow.error("app", "it is gone");
    assert.deepEqual(lines, [
      "a line",
      "a title",
      "    one",
      "    two",
      "warning: careful",
      "error: app: it is gone",
    ]);
  });

  it("prints a place in a file as compilers do", () => {
    const { lines, workflow } = recorded();
    workflow.warn("careful", LOCATION);
    workflow.error("app", "it is gone", LOCATION);
    assert.deepEqual(lines, [
      "compose.yml:12:5: warning: careful",
      "compose.yml:12:5: error: app: it is gone",
    ]);
  });

  it("sanitises and redacts every line", () => {
    const { lines, workflow } = recorded();
    workflow.mask("hunter2");
    workflow.mask(" ");
    workflow.say("hunter2 \u001b[2J");
    workflow.error("hunter2", "hunter2", { ...LOCATION, file: "hunter2" });
    assert.deepEqual(lines, ["*** \\x1b[2J", "***:12:5: error: ***: ***"]);
    assert.equal(workflow.withhold("hunter2\n"), "***\n");
  });

  it("prints the outputs when it is asked to, the long ones cut", () => {
    const { lines, workflow } = recorded();
    workflow.output("digest", "");
    workflow.output("labels", "");
    workflow.output("images", "one\ntwo");
    workflow.output("json", "x".repeat(161));
    workflow.output("config", "x".repeat(160));
    assert.deepEqual(lines, []);
    workflow.printOutputs([]);
    assert.deepEqual(lines, []);
    workflow.printOutputs("all");
    assert.deepEqual(lines, [
      "",
      "outputs",
      "  images  one",
      "          two",
      `  json    ${"x".repeat(160)}… (161 characters)`,
      `  config  ${"x".repeat(160)}`,
      "  empty: digest, labels",
    ]);
    workflow.printOutputs(["digest", "images"]);
    assert.deepEqual(lines.slice(7), [
      "",
      "outputs",
      "  digest  (empty)",
      "  images  one",
      "          two",
    ]);
  });

  it("names the subject of a problem once in a line", () => {
    const { lines, workflow } = recorded();
    workflow.error("app:1: not-found", "app:1: it is gone: look");
    workflow.error("app:1 linux/386: invalid", "app:1 linux/386: too large; push less");
    workflow.warn("app:1 linux/386: platform-missing: app:1: it offers none", LOCATION);
    workflow.group("2 more problems", ["a:1: not-found: a:1: gone", "b: not-found: a:1: gone"]);
    workflow.error("invalid input", "images, line 1: images, line 1: x");
    assert.deepEqual(lines, [
      "error: app:1: not-found: it is gone: look",
      "error: app:1 linux/386: invalid: too large; push less",
      "compose.yml:12:5: warning: app:1 linux/386: platform-missing: it offers none",
      "2 more problems",
      "    a:1: not-found: gone",
      "    b: not-found: a:1: gone",
      "error: invalid input: images, line 1: images, line 1: x",
    ]);
  });

  it("prints the summary in columns, one row an image", async () => {
    const { lines, workflow } = recorded();
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const platforms = required("linux/amd64,linux/386");
    const images = [
      await resultOf(image("linux/amd64")),
      await resultOf(made, { name: "other-name", platforms }),
      failedResult("registry.test/org/gone:1", "not-found", { name: "gone" }),
    ];
    await workflow.summary(judgedOf(outcomeOf(images)));
    const [blank, title, ...rows] = lines;
    assert.deepEqual([blank, title, rows.length], ["", "summary", 5]);
    const pinned = images.map(({ root }) => `     registry.test/org/app@${root?.fetched.digest}`);
    assert.match(rows[0] ?? "", /^ {2}✓ {2}app {9}✓ linux\/amd64 {14}\d\.\d kB$/);
    assert.match(
      rows[2] ?? "",
      /^ {2}✗ {2}other-name {2}✓ linux\/amd64 ✗ linux\/386 {2}\d\.\d kB {2}platform-missing$/,
    );
    assert.equal(rows[4]?.trim().replace(/ +/g, " "), "✗ gone not-found");
    assert.deepEqual([rows[1], rows[3]], pinned.slice(0, 2));
  });

  it("prints no summary without images", async () => {
    const { lines, workflow } = recorded();
    await workflow.summary(judgedOf(outcomeOf([])));
    assert.deepEqual(lines, []);
  });

  it("prints no size of an image that was not read again", async () => {
    const { lines, workflow } = recorded();
    const unread = unreadResult();
    await workflow.summary(judgedOf(outcomeOf([unread])));
    assert.equal(lines.at(-2), "  ✓  app  ✓ linux/amd64", "no room for empty columns");
    const rows = lines.slice(-2).map((line) => line.trim().replace(/ +/g, " "));
    assert.deepEqual(rows, ["✓ app ✓ linux/amd64", `registry.test/org/app@${unread.unread}`]);
  });

  it("prints no summary of invalid inputs, which it printed as errors", async () => {
    const { lines, workflow } = recorded();
    await workflow.summary({ invalid: ["timeout: wrong"] });
    assert.deepEqual(lines, []);
  });

  it("keeps the path of the pending saves", () => {
    const { workflow } = recorded();
    assert.equal(workflow.pendingSaves(), "");
    workflow.saveLater("/tmp/pending-saves.json");
    assert.equal(workflow.pendingSaves(), "/tmp/pending-saves.json");
  });
});
