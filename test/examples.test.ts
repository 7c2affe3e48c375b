import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { ownInputs } from "./support/own-inputs.ts";
import { parseWorkflowFile } from "./support/workflow-file.ts";
import { type WorkflowRun, WorkflowRunner } from "./support/workflow-run.ts";

const ROOT = join(import.meta.dirname, "..");

/** What an example finds, and what its run must show. */
type Case = {
  readonly before?: (runner: WorkflowRunner) => Promise<void> | void;
  readonly absent?: readonly string[];
  readonly check: (run: WorkflowRun, runner: WorkflowRunner) => void;
};

const pinned = (runner: WorkflowRunner, written: string): string =>
  `${runner.reference(written).replace(/:[^:]*$/, "")}@${runner.digest(written)}`;

/** The output of the first step of this action. */
function output(run: WorkflowRun, name: string): string {
  return run.results[0]?.outputs.get(name) ?? "";
}

const CASES: Readonly<Record<string, Case>> = {
  "build-when-absent": {
    absent: ["ghcr.io/org/tools"],
    check: ({ jobs }) => {
      const steps = jobs["build"]?.["steps"] as readonly { readonly if: boolean }[];
      assert.deepEqual(
        steps.map((step) => step.if),
        [true, true, true, true, true],
      );
    },
  },
  build: {
    check: (run) =>
      assert.match(output(run, "build-contexts"), /^docker\.io\/library\/node|node:22=/m),
  },
  files: {
    before: (runner) => {
      const digest = runner.digest("node:22");
      runner.write("Dockerfile", `FROM <node:22>@${digest}\n`);
      runner.write(
        "compose.yaml",
        `services: { db: { image: <postgres:16>@${runner.digest("postgres:16")} } }\n`,
      );
      runner.write("deploy/app.yaml", "apiVersion: v1\nkind: Service\n");
    },
    check: (run) => assert.equal(JSON.parse(output(run, "references")).length, 2),
  },
  gate: { check: (run) => assert.equal(output(run, "exists"), "true") },
  "lock-update": {
    before: (runner) => runner.writeProject(),
    check: (run) => {
      assert.equal(output(run, "lock-changed"), "true");
      assert.match(output(run, "lock-diff"), /postgres/);
    },
  },
  locked: {
    before: async (runner) => {
      runner.writeProject();
      const example = readFileSync(join(ROOT, "examples/lock-update.yml"), "utf8");
      await runner.run(example);
    },
    check: (run, { docker }) => {
      assert.equal(JSON.parse(output(run, "digests")).length, 1);
      assert.ok(docker.commands.includes("load"));
    },
  },
  "pin-files": {
    before: (runner) => runner.writeProject(),
    check: (run) =>
      assert.equal(output(run, "changed-files"), "Dockerfile\napp/Dockerfile\ncompose.yaml"),
  },
  "pin-jobs": {
    check: ({ jobs }, runner) => {
      const [node, db] = ["node:22", "postgres:16"].map((written) => pinned(runner, written));
      assert.equal(jobs["test"]?.["container"], node);
      assert.deepEqual(jobs["test"]?.["services"], {
        db: { image: db, env: { POSTGRES_PASSWORD: "postgres" } },
      });
      assert.deepEqual(jobs["each"]?.["strategy"], { matrix: { image: [node, db] } });
    },
  },
  "pin-steps": {
    check: ({ jobs }, runner) => {
      const steps = jobs["test"]?.["steps"] as readonly { readonly env?: unknown }[];
      assert.deepEqual(steps[1]?.env, {
        DB: pinned(runner, "postgres:16"),
        NODE: pinned(runner, "node:22"),
      });
    },
  },
  private: { check: (run) => assert.equal(JSON.parse(output(run, "digests")).length, 2) },
  pull: {
    check: (_, { docker }) => {
      assert.equal(docker.commands.filter((command) => command === "load").length, 2);
    },
  },
  serve: {
    check: (run) => {
      assert.match(output(run, "registry"), /^127\.0\.0\.1:\d+$/);
      assert.match(output(run, "buildkitd-config"), /mirrors/);
    },
  },
  "stale-base": {
    check: ({ jobs }) => assert.equal(jobs["rebuild"]?.["if"], true),
  },
  wait: {
    check: ({ jobs }, runner) => {
      const steps = jobs["deploy"]?.["steps"] as readonly { readonly env?: unknown }[];
      const digest = runner.digest("ghcr.io/org/app:0123456789abcdef0123456789abcdef01234567");
      assert.deepEqual(steps[0]?.env, { IMAGE: `ghcr.io/org/app@${digest}` });
    },
  },
};

describe("an example", { concurrency: 2 }, () => {
  const files = globSync("examples/*.yml", { cwd: ROOT });
  it("has a case, and each case an example", () => {
    const names = files.map((file) => basename(file, ".yml"));
    assert.deepEqual(names.toSorted(), Object.keys(CASES).toSorted());
  });
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), "utf8");
    const {
      before,
      absent = [],
      check,
    } = CASES[basename(file, ".yml")] ?? {
      check: () => assert.fail("no case"),
    };
    it(`is a workflow by GitHub's parser, with inputs that exist: ${file}`, async () => {
      assert.deepEqual((await parseWorkflowFile(file, text)).problems, []);
      assert.ok(ownInputs(parse(text)).length > 0);
    });
    it(`runs, and its expressions have values: ${file}`, () =>
      WorkflowRunner.with(absent, async (runner) => {
        await before?.(runner);
        const run = await runner.run(text);
        for (const { exitCode, stdout } of run.results) assert.equal(exitCode, 0, stdout);
        assert.deepEqual(run.empty, []);
        check(run, runner);
      }));
  }
});
