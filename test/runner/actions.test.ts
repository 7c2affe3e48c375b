import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { run, runStep, type StepResult } from "../support/runner.ts";
import type { Calls } from "../support/workflow-calls.ts";

const SCRIPT = join(import.meta.dirname, "../support/workflow-calls.ts");

/** Calls the workflow of the runner in a process of its own. */
function call(calls: Calls, environment: Readonly<Record<string, string>> = {}) {
  return runStep({}, { CALLS: JSON.stringify(calls), ...environment }, { script: SCRIPT });
}

function commandsOf({ commands }: StepResult): readonly unknown[] {
  return commands.map(({ name, properties, data }) => [name, properties, data]);
}

describe("the workflow of the runner", () => {
  it("prints log lines and groups", async () => {
    const { stdout } = await call([
      ["say", "one"],
      ["group", "title", ["two", "three"]],
    ]);
    assert.equal(stdout, "one\n::group::title\ntwo\nthree\n::endgroup::\n");
  });

  it("annotates warnings and errors", async () => {
    const result = await call([
      ["warn", "careful"],
      ["error", "a title", "a message"],
    ]);
    assert.deepEqual(commandsOf(result), [
      ["warning", {}, "careful"],
      ["error", { title: "a title" }, "a message"],
    ]);
    assert.equal(result.exitCode, 0, "an error does not end the step");
  });

  it("annotates at a place in a file: its line, and its first and last column", async () => {
    const location = { file: "deploy/app.yml", line: 12, column: 5, endColumn: 30 };
    const place = { file: "deploy/app.yml", line: "12", col: "5", endColumn: "30" };
    const result = await call([
      ["warn", "careful", location],
      ["error", "a title", "a message", location],
    ]);
    assert.deepEqual(commandsOf(result), [
      ["warning", place, "careful"],
      ["error", { ...place, title: "a title" }, "a message"],
    ]);
  });

  it("sanitises every line, message, title and file name", async () => {
    const evil = "\n::error::evil ##[group]evil";
    const location = { file: evil, line: 1, column: 1, endColumn: 2 };
    const { commands } = await call([
      ["say", evil],
      ["group", evil, [evil]],
      ["warn", evil, location],
      ["error", evil, evil],
    ]);
    const shown = "\\x0a:\\:error:\\:evil #\\#[group]evil";
    assert.deepEqual(
      commands.map(({ name, data }) => [name, data]),
      [
        ["group", shown],
        ["endgroup", ""],
        ["warning", shown],
        ["error", shown],
      ],
    );
    assert.equal(commands[2]?.properties["file"], shown);
    assert.equal(commands[3]?.properties["title"], shown);
  });

  it("masks each line of a secret once, and redacts it from then on", async () => {
    const { stdout } = await call([
      ["say", "before: first second"],
      ["mask", "first\r\n\n  \nsecond"],
      ["mask", "second"],
      ["mask", ""],
      ["say", "first and second"],
      ["group", "first", ["second"]],
      ["withhold", "first::second"],
    ]);
    assert.deepEqual(stdout.trim().split("\n"), [
      "before: first second",
      "::add-mask::first",
      "::add-mask::second",
      "*** and ***",
      "::group::***",
      "***",
      "::endgroup::",
      "withheld: ***:\\:***",
    ]);
  });

  it("sets outputs as they are, whatever is in them", async () => {
    const value = "two\nlines ::error::x EOF";
    const { outputs, commands } = await call([["output", "json", value]]);
    assert.deepEqual([outputs.get("json"), commands], [value, []]);
  });

  it("fails when an output cannot be written, with what the runner must provide", async () => {
    const { exitCode, stderr } = await call([["output", "json", "x"]], {
      GITHUB_OUTPUT: "/nonexistent/output",
    });
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /cannot write outputs: .*; GITHUB_OUTPUT must name/);
  });

  it("passes the path of the pending saves to the post step", async () => {
    const { files } = await call([["saveLater", "/tmp/pending-saves.json"]]);
    assert.match(
      files.get("GITHUB_STATE") ?? "",
      /^pending-saves<<(.+)\n\/tmp\/pending-saves\.json\n\1\n$/,
    );
    const post = await run([SCRIPT], {
      CALLS: JSON.stringify([["pendingSaves"]]),
      "STATE_pending-saves": "/tmp/pending-saves.json",
    });
    assert.equal(post.stdout, "pending saves: /tmp/pending-saves.json\n");
  });

  it("writes the job summary", async () => {
    const { summary } = await call([["summary", { invalid: ["timeout: <b>"] }]]);
    assert.equal(summary, "### registry-pull: 1 invalid input\n\n- timeout: &#60;b>\n\n");
  });

  it("prints why there is no job summary, and goes on", async () => {
    const calls: Calls = [
      ["summary", { invalid: ["x"] }],
      ["say", "after"],
    ];
    const { exitCode, stdout } = await call(calls, { GITHUB_STEP_SUMMARY: "/nonexistent/summary" });
    assert.equal(exitCode, 0);
    assert.match(stdout, /^cannot write the job summary: .*\nafter\n$/);
  });
});
