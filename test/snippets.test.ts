import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse, stringify } from "yaml";
import { readInputs } from "../src/runner/inputs.ts";
import { parseLock, printLock } from "../src/runner/lock-file.ts";
import { ownInputs } from "./support/own-inputs.ts";
import { blocksOf, PAGES } from "./support/pages.ts";
import { parseWorkflowFile } from "./support/workflow-file.ts";
import { type WorkflowRun, WorkflowRunner } from "./support/workflow-run.ts";

const RUNNER = { os: "linux", architecture: "amd64", variant: "", osVersion: "" };
// Keys by which a snippet is a part of a job.
const JOB_KEYS = new Set(["container", "services", "strategy", "steps", "env", "outputs"]);

/** What the runner passes on, with a tag in the place of every expression. */
function environmentOf(inputs: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv {
  const variables = Object.entries(inputs).map(([name, value]) => {
    const text = String(value).replace(/\$\{\{ toJSON.*? \}\}/g, '"1"');
    return [`INPUT_${name.toUpperCase()}`, text.replace(/\$\{\{.*? \}\}/g, "1")];
  });
  return Object.fromEntries(variables);
}

/** The whole workflow that a snippet is, or that it would be a part of; undefined for other files. */
function workflowAround(snippet: string): string | undefined {
  const value = parse(snippet);
  if (Array.isArray(value)) return inJob({ steps: value });
  if (typeof value !== "object" || value === null) return undefined;
  if ("jobs" in value) return snippet;
  const isJob = Object.keys(value).every((key) => JOB_KEYS.has(key));
  return isJob ? inJob({ steps: [{ run: "true" }], ...value }) : undefined;
}

function inJob(job: object): string {
  const resolve = { "runs-on": "ubuntu-latest", steps: [{ run: "true" }] };
  const rest = { "runs-on": "ubuntu-latest", needs: "resolve", ...job };
  return stringify({ on: "push", jobs: { resolve, rest } });
}

// Empty when nothing has changed.
const MAY_BE_EMPTY = /\.outputs\.(lock-diff|changed-files)$/;

/** Runs a workflow in a project, with a lock file if it needs one. */
async function runInProject(runner: WorkflowRunner, workflow: string): Promise<WorkflowRun> {
  runner.writeProject();
  const isLocked = /lock: (check|frozen)/g;
  if (isLocked.test(workflow)) await runner.run(workflow.replace(isLocked, "lock: update"));
  return runner.run(workflow);
}

describe("a snippet of the documentation", { concurrency: 3 }, () => {
  for (const page of PAGES) {
    for (const { language, text, line } of blocksOf(page)) {
      if (language === "yaml") {
        it(`is YAML whose inputs exist and are valid: ${page}:${line}`, async () => {
          for (const inputs of ownInputs(parse(text))) {
            const read = await readInputs(environmentOf(inputs), RUNNER);
            assert.deepEqual("problems" in read ? read.problems : [], []);
          }
        });
        it(`is a workflow, or a part of one, by GitHub's parser: ${page}:${line}`, async () => {
          const workflow = workflowAround(text);
          assert.ok(workflow !== undefined || !text.includes("uses:"), "what is it?");
          if (workflow === undefined) return;
          assert.deepEqual((await parseWorkflowFile(page, workflow)).problems, []);
        });
      }
      if (language === "yaml" && /^on:.*^jobs:/ms.test(text)) {
        it(`runs, and its expressions have values: ${page}:${line}`, () =>
          WorkflowRunner.with([], async (runner) => {
            const { results, empty } = await runInProject(runner, text);
            for (const { exitCode, stdout } of results) assert.equal(exitCode, 0, stdout);
            assert.deepEqual(
              empty.filter((expression) => !MAY_BE_EMPTY.test(expression)),
              [],
            );
          }));
      }
      if (language === "json") {
        it(`is a lock file as this action prints it: ${page}:${line}`, () => {
          const parsed = parseLock(text, page);
          assert.equal("lock" in parsed && printLock(parsed.lock), text);
        });
      }
    }
  }
});
