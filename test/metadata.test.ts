import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { DEFAULTS } from "../src/runner/inputs.ts";
import { OUTPUTS } from "../src/runner/outputs.ts";

const ROOT = join(import.meta.dirname, "..");
const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

/** The first cells of the table under a heading, each without its backticks; several in one cell come apart. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const section = readme.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}
const names = (cell: string | undefined): readonly string[] => [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");

describe("action.yml, the code and the README", () => {
  it("agree on the inputs and their defaults", () => {
    const declared = Object.entries<{ default?: string; description: string }>(action.inputs).map(([name, input]) => [
      name,
      input.default ?? "",
    ]);
    const coded = Object.entries(DEFAULTS).map(([name, value]) => [name, name === "github-token" ? `$${"{{ github.token }}"}` : value]);
    assert.deepEqual(declared, coded);
    assert.deepEqual(
      tableOf("Inputs").flatMap(([cell]) => names(cell)),
      Object.keys(DEFAULTS),
    );
    for (const [name, value, meaning] of tableOf("Inputs")) {
      const [input = ""] = names(name);
      assert.equal(names(value)[0] ?? "", action.inputs[input].default ?? "", input);
      assert.ok((meaning ?? "").length > 10);
    }
  });

  it("agree on the outputs", () => {
    assert.deepEqual(Object.keys(action.outputs), [...OUTPUTS]);
    assert.deepEqual(
      tableOf("Outputs").flatMap(([cell]) => names(cell)),
      [...OUTPUTS],
    );
  });

  it("have a description for each, and an entry point that is there", () => {
    for (const entry of [
      ...Object.values<{ description: string }>(action.inputs),
      ...Object.values<{ description: string }>(action.outputs),
    ])
      assert.ok(entry.description.length > 10);
    assert.equal(action.runs.using, "node24");
    assert.ok(existsSync(join(ROOT, action.runs.main)));
    assert.ok(action.branding.icon && action.branding.color);
  });

  it("link only to files that are there", () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g))
      assert.ok(/^https:/.test(target ?? "") || existsSync(join(ROOT, target ?? "")), target);
  });
});
