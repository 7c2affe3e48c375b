import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { mayPass, REASONS, type Status } from "../src/oci/reason.ts";
import { DEFAULTS } from "../src/runner/input-names.ts";
import { OUTPUTS } from "../src/runner/outputs.ts";
import { MUTATIONS } from "./mutations/all.ts";
import { partsAround } from "./mutations/mutation.ts";

const ROOT = join(import.meta.dirname, "..");
const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

/**
 * The first cells of the table under a heading, each without its backticks; several in one cell
 * come apart.
 */
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
const names = (cell: string | undefined): readonly string[] =>
  [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? "");

describe("action.yml, the code and the README", () => {
  it("agree on the inputs and their defaults", () => {
    const declared = Object.entries<{ default?: string; description: string }>(action.inputs).map(
      ([name, input]) => [name, input.default ?? ""],
    );
    // The runner replaces these; elsewhere they are empty.
    const expressions = new Map([
      ["github-token", `$${"{{ github.token }}"}`],
      ["job-status", `$${"{{ job.status }}"}`],
    ]);
    const coded = Object.entries(DEFAULTS).map(([name, value]) => [
      name,
      expressions.get(name) ?? value,
    ]);
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

  it("have a description for each, and an entry point that exists", () => {
    for (const entry of [
      ...Object.values<{ description: string }>(action.inputs),
      ...Object.values<{ description: string }>(action.outputs),
    ])
      assert.ok(entry.description.length > 10);
    assert.equal(action.runs.using, "node24");
    assert.ok(existsSync(join(ROOT, action.runs.main)));
    assert.ok(action.branding.icon && action.branding.color);
  });
});

/** The rows of every table of a page, each as its cells. */
const rowsOf = (page: string): readonly (readonly string[])[] =>
  readFileSync(join(ROOT, page), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()));

/** The promises of the threat model, each with the tests that hold it. */
const promises = rowsOf("docs/threat-model.md").filter(([, held]) => held?.includes("](../test/"));

const hostile = globSync("test/**/*.test.ts", { cwd: ROOT }).map((path) =>
  readFileSync(join(ROOT, path), "utf8"),
);

describe("the bundle", () => {
  it("keeps the names of classes that libraries compare as text", () => {
    // Where two modules have a class of the same name, the bundler renames one.
    const paths = globSync(join(ROOT, "dist/*.js"));
    const text = paths.map((path) => readFileSync(path, "utf8")).join("\n");
    const compared = text.matchAll(/constructor\.name === "(\w+)"/g);
    const found = new Set([...compared].map(([, name = ""]) => name));
    assert.ok(found.size > 3, [...found].join());
    const renamed = [...found].filter((name) =>
      new RegExp(`class (_${name}\\d*|${name}\\d+)\\b`).test(text),
    );
    assert.deepEqual(renamed, []);
  });
});

describe("the documentation", () => {
  for (const page of ["README.md", "SECURITY.md", ...globSync("docs/*.md", { cwd: ROOT })]) {
    it(`links only to files that exist: ${page}`, () => {
      for (const [, target = ""] of readFileSync(join(ROOT, page), "utf8").matchAll(
        /\]\(([^)#]+)\)/g,
      ))
        assert.ok(/^https:/.test(target) || existsSync(join(ROOT, dirname(page), target)), target);
    });
  }

  it("names existing tests for every promise of the threat model", () => {
    assert.ok(promises.length > 20);
    for (const [promise, held = ""] of promises) {
      for (const [, cases = "", path = ""] of held.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)) {
        const text = readFileSync(join(ROOT, path), "utf8");
        for (const name of /^[A-Z]\d/.test(cases) || path.includes("fuzz") ? cases.split(", ") : [])
          assert.match(text, new RegExp(`\\b${name}\\b`), `${name} of ${path}, for: ${promise}`);
      }
    }
    const sections =
      readFileSync(join(ROOT, "docs/threat-model.md"), "utf8")
        .split("## What is promised")[1]
        ?.split("## What is not")[0] ?? "";
    const rows = sections
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| promise"));
    assert.equal(rows.length, promises.length, "every promise has a test");
  });

  it("has a mutation for every promise of the threat model, with unique names", () => {
    for (const [promise = ""] of promises)
      assert.ok(
        MUTATIONS.some((mutation) => promise.startsWith(mutation.promise)),
        promise,
      );
    assert.equal(new Set(MUTATIONS.map(({ name }) => name)).size, MUTATIONS.length);
  });

  for (const { name, promise, file, search, test } of MUTATIONS) {
    it(`names the test that a mutation fails, and has its text exactly once: ${name}`, () => {
      const [row, ...others] = promises.filter(([text]) => text?.startsWith(promise));
      assert.ok(row !== undefined && others.length === 0, `one promise starts with: ${promise}`);
      assert.ok(row[1]?.includes(`](../${test})`), `${test} is not named for: ${promise}`);
      assert.equal(
        partsAround(readFileSync(join(ROOT, file), "utf8"), search).length,
        2,
        `occurs once in ${file}: ${search}`,
      );
    });
  }

  for (const [letter, count] of [
    ["R", 7],
    ["A", 13],
    ["M", 14],
    ["B", 11],
    ["L", 9],
    ["C", 7],
    ["O", 9],
    ["J", 7],
  ] as const) {
    it(`has a case for each of ${letter}1 to ${letter}${count}`, () => {
      for (let number = 1; number <= count; number++)
        assert.ok(
          hostile.some((text) => new RegExp(`\\b${letter}${number}\\b`).test(text)),
          `${letter}${number}`,
        );
    });
  }

  it("lists every reason with its status and meaning, in the order of the code", () => {
    const rows = rowsOf("docs/errors.md").filter(
      ([cell, status]) => /^`/.test(cell ?? "") && /^`/.test(status ?? ""),
    );
    const listed = rows.map(([reason, status]) => [names(reason)[0], names(status)[0]]);
    assert.deepEqual(
      listed,
      Object.entries(REASONS).map(([reason, { status }]) => [reason, status]),
    );
    for (const [reason, , meaning] of rows) assert.ok((meaning ?? "").length > 10, reason);
  });

  it("lists every status, and which of them the code retries", () => {
    const rows = rowsOf("docs/errors.md").filter(
      ([cell, meaning]) => /^`/.test(cell ?? "") && !/^`/.test(meaning ?? ""),
    );
    const statuses = rows.map(([cell]) => names(cell)[0]);
    const known = ["ok", "listed", ...new Set(Object.values(REASONS).map(({ status }) => status))];
    assert.deepEqual(statuses, known);
    for (const [cell, , passing] of rows)
      assert.equal(mayPass(names(cell)[0] as Status), passing === "yes", cell);
  });

  it("says for every reason what to do next", () => {
    for (const [reason, { next }] of Object.entries(REASONS)) assert.ok(next.length > 5, reason);
  });
});
