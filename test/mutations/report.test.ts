import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { temporaryDirectory } from "../support/directory.ts";
import { matching, testsIn } from "./report.ts";

const FILE = `
  import { describe, it } from "node:test";
  describe("outer #1", () => {
    it("a \\\\ b", () => undefined);
    describe("inner", () => {
      it("fails", () => { throw new Error("no"); });
      it("waits", () => new Promise((resolve) => setTimeout(resolve, 50)));
    });
    it("after", () => undefined);
  });
  it("alone", () => undefined);
`;

const file = join(temporaryDirectory("report"), "some.test.mjs");
writeFileSync(file, FILE);

function runTests(...flags: readonly string[]): Promise<string> {
  // Without NODE_TEST_CONTEXT, or Node would report to this test's runner.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ["--test", "--test-isolation=none", "--test-reporter=tap", ...flags, file];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (_error, output) => resolve(output));
  });
}

describe("a report of Node's tests", async () => {
  const tests = testsIn(await runTests());

  it("has every test with its suites and its result", () => {
    assert.deepEqual(
      tests.map(({ names, passed }) => [names, passed]),
      [
        [["outer #1", "a \\ b"], true],
        [["outer #1", "inner", "fails"], false],
        [["outer #1", "inner", "waits"], true],
        [["outer #1", "after"], true],
        [["alone"], true],
      ],
    );
  });

  it("has the time that each test took", () => {
    const [, , waits] = tests;
    assert.ok((waits?.ms ?? 0) >= 49, JSON.stringify(tests));
  });

  for (const pattern of ["outer", "inner", "waits", "1 inner w", "^alone$", "#1 a", "nothing"]) {
    it(`selects the tests that match ${pattern}, as Node does`, async () => {
      const selected = testsIn(await runTests(`--test-name-pattern=${pattern}`));
      const names = selected.map((test) => test.names);
      assert.deepEqual(
        names,
        matching(pattern, tests).map((test) => test.names),
      );
      assert.equal(names.length > 0, pattern !== "nothing");
    });
  }
});
