import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type CacheMode,
  cachePolicy,
  isPrivateRepository,
  isPrivateScope,
} from "../../src/runner/cache-policy.ts";

const RUNNER = {
  GITHUB_ACTIONS: "true",
  ACTIONS_CACHE_SERVICE_V2: "True",
  ACTIONS_RESULTS_URL: "https://results.example",
  ACTIONS_RUNTIME_TOKEN: "opaque",
};

/** A token of the runner, with scopes of these permissions. */
function token(...permissions: readonly number[]): string {
  const scopes = permissions.map((Permission) => ({ Scope: "s", Permission }));
  const payload = JSON.stringify({ ac: JSON.stringify(scopes) });
  return `x.${Buffer.from(payload).toString("base64url")}.x`;
}

const NO_SERVICE = "there is no Actions cache service here: everything comes from registries";
const NO_PERMISSION = "this run's token may not save to the cache";

describe("cachePolicy", () => {
  // the input, what the environment has beside the runner's own, then: kind, restore, save
  for (const [mode, environment, kind, restore, save] of [
    ["auto", {}, "service", true, true],
    ["auto", { GITHUB_EVENT_NAME: "push" }, "service", true, true],
    ["auto", { GITHUB_EVENT_NAME: "pull_request" }, "service", true, false],
    ["auto", { GITHUB_EVENT_NAME: "pull_request_target" }, "service", true, false],
    ["write", { GITHUB_EVENT_NAME: "pull_request" }, "service", true, true],
    ["read", {}, "service", true, false],
    ["write-only", {}, "service", false, true],
    ["none", {}, "none", false, false],
    ["auto", { ACTIONS_CACHE_MODE: "none" }, "service", false, false],
    ["write", { ACTIONS_CACHE_MODE: "Read" }, "service", true, false],
    ["write", { ACTIONS_CACHE_MODE: "write-only" }, "service", false, true],
    ["write-only", { ACTIONS_CACHE_MODE: "read" }, "service", false, false],
    ["write", { ACTIONS_CACHE_MODE: "something new" }, "service", true, true],
    ["write", { ACTIONS_RUNTIME_TOKEN: token(1) }, "service", true, false],
    ["write", { ACTIONS_RUNTIME_TOKEN: token(1, 3) }, "service", true, true],
    ["write", { ACTIONS_RUNTIME_TOKEN: token() }, "service", true, true],
    ["auto", { ACTIONS_CACHE_SERVICE_V2: "" }, "none", false, false],
    ["auto", { ACTIONS_RUNTIME_TOKEN: "" }, "none", false, false],
    ["auto", { GITHUB_SERVER_URL: "https://github.company.example" }, "none", false, false],
    ["auto", { GITHUB_SERVER_URL: "https://company.ghe.com" }, "service", true, true],
    ["auto", { GITHUB_SERVER_URL: "no url" }, "none", false, false],
    ["auto", { GITHUB_ACTIONS: "" }, "directory", true, true],
    ["read", { GITHUB_ACTIONS: "" }, "directory", true, false],
    ["none", { GITHUB_ACTIONS: "" }, "none", false, false],
  ] as const satisfies readonly (readonly [
    CacheMode,
    Record<string, string>,
    string,
    boolean,
    boolean,
  ])[]) {
    const does = [kind, ...(restore ? ["restores"] : []), ...(save ? ["saves"] : [])].join(", ");
    it(`with cache-mode: ${mode} and ${JSON.stringify(environment).slice(0, 60)}: ${does}`, () => {
      const { why: _why, ...policy } = cachePolicy(mode, { ...RUNNER, ...environment }, "", "");
      assert.deepEqual(policy, { kind, restore, save });
    });
  }
});

describe("cachePolicy with a cache-directory", () => {
  const SELF = { RUNNER_ENVIRONMENT: "self-hosted" };
  const HOSTED = { RUNNER_ENVIRONMENT: "github-hosted" };
  // the input, what the environment has beside the runner's own, then: kind, restore, save
  for (const [mode, environment, kind, restore, save] of [
    ["auto", SELF, "directory", true, true],
    ["auto", {}, "directory", true, true],
    ["auto", { ...SELF, GITHUB_EVENT_NAME: "push" }, "directory", true, true],
    ["auto", { ...SELF, GITHUB_EVENT_NAME: "pull_request" }, "directory", true, false],
    ["auto", { ...SELF, GITHUB_EVENT_NAME: "workflow_run" }, "directory", true, false],
    ["write", { ...SELF, GITHUB_EVENT_NAME: "pull_request" }, "directory", true, true],
    ["read", SELF, "directory", true, false],
    ["write-only", SELF, "directory", false, true],
    ["none", SELF, "none", false, false],
    ["auto", { ...SELF, ACTIONS_CACHE_MODE: "none" }, "directory", true, true],
    ["auto", { ...SELF, ACTIONS_RUNTIME_TOKEN: token(1) }, "directory", true, true],
    ["auto", { ...SELF, ACTIONS_RUNTIME_TOKEN: "" }, "directory", true, true],
    ["auto", { ...SELF, GITHUB_SERVER_URL: "https://git.example" }, "directory", true, true],
    ["auto", HOSTED, "service", true, true],
    ["auto", { ...HOSTED, GITHUB_EVENT_NAME: "pull_request" }, "service", true, false],
    ["auto", { ...HOSTED, ACTIONS_CACHE_MODE: "read" }, "service", true, false],
    ["auto", { ...HOSTED, ACTIONS_RUNTIME_TOKEN: "" }, "none", false, false],
    ["none", HOSTED, "none", false, false],
    ["auto", { GITHUB_ACTIONS: "" }, "directory", true, true],
    ["auto", { ...HOSTED, GITHUB_ACTIONS: "" }, "directory", true, true],
    ["read", { GITHUB_ACTIONS: "" }, "directory", true, false],
  ] as const satisfies readonly (readonly [
    CacheMode,
    Record<string, string>,
    string,
    boolean,
    boolean,
  ])[]) {
    const does = [kind, ...(restore ? ["restores"] : []), ...(save ? ["saves"] : [])].join(", ");
    it(`and cache-mode: ${mode} and ${JSON.stringify(environment).slice(0, 80)}: ${does}`, () => {
      const all = { ...RUNNER, ...environment };
      const { why: _why, ...policy } = cachePolicy(mode, all, "", "/mnt/cache");
      assert.deepEqual(policy, { kind, restore, save });
    });
  }
});

describe("the reason for a policy", () => {
  for (const [what, mode, environment, why] of [
    ["nothing is left out", "auto", {}, ""],
    ["no cache is wanted", "none", { ACTIONS_RUNTIME_TOKEN: "" }, ""],
    ["no service exists", "auto", { ACTIONS_RUNTIME_TOKEN: "" }, NO_SERVICE],
    ["the token may not write", "auto", { ACTIONS_RUNTIME_TOKEN: token(1) }, NO_PERMISSION],
    [
      "a stranger can trigger the event, and the token may not write",
      "auto",
      { GITHUB_EVENT_NAME: "pull_request", ACTIONS_RUNTIME_TOKEN: token(1) },
      "Not saved: this is a pull request. The next run on the default branch fills the cache.",
    ],
    ["no runner runs the step", "auto", { GITHUB_ACTIONS: "" }, ""],
  ] as const) {
    it(`is ${why === "" ? "empty" : "given"} when ${what}`, () =>
      assert.equal(cachePolicy(mode, { ...RUNNER, ...environment }, "", "").why, why));
  }

  const NO_DIRECTORY =
    "cache-directory is not used: the disk of a GitHub-hosted runner is gone after the job";
  const HOSTED = { RUNNER_ENVIRONMENT: "github-hosted" };
  for (const [what, mode, environment, why] of [
    ["the runner is self-hosted", "auto", {}, ""],
    ["no cache is wanted", "none", HOSTED, ""],
    ["GitHub hosts the runner", "auto", HOSTED, NO_DIRECTORY],
    [
      "GitHub hosts the runner, and no service exists",
      "auto",
      { ...HOSTED, ACTIONS_RUNTIME_TOKEN: "" },
      `${NO_DIRECTORY}; ${NO_SERVICE}`,
    ],
    [
      "a stranger can trigger the event",
      "auto",
      { GITHUB_EVENT_NAME: "fork" },
      "Not saved: a stranger can trigger the event fork. A run for a push or a schedule fills the cache.",
    ],
  ] as const) {
    it(`with a cache-directory is ${why === "" ? "empty" : "given"} when ${what}`, () =>
      assert.equal(cachePolicy(mode, { ...RUNNER, ...environment }, "", "/mnt/cache").why, why));
  }
});

describe("an event that a stranger can trigger", () => {
  const run = (head: string | null, event: string): string =>
    JSON.stringify({
      repository: { full_name: "org/app" },
      workflow_run: { event, head_repository: head === null ? null : { full_name: head } },
    });
  for (const [name, event, saves] of [
    ["push", "{}", true],
    ["schedule", "", true],
    ["workflow_dispatch", "{}", true],
    ["repository_dispatch", "{}", true],
    ["release", "{}", true],
    ["merge_group", "{}", true],
    ["pull_request", "{}", false],
    ["pull_request_target", "{}", false],
    ["pull_request_review", "{}", false],
    ["pull_request_review_comment", "{}", false],
    ["issues", "{}", false],
    ["issue_comment", "{}", false],
    ["discussion", "{}", false],
    ["discussion_comment", "{}", false],
    ["fork", "{}", false],
    ["watch", "{}", false],
    ["gollum", "{}", false],
    ["workflow_run", run("org/app", "push"), true],
    ["workflow_run", run("stranger/app", "push"), false],
    ["workflow_run", run("org/app", "issue_comment"), false],
    ["workflow_run", run("org/app", "pull_request"), false],
    ["workflow_run", run(null, "push"), false],
    ["workflow_run", "{}", false],
    ["workflow_run", "not JSON", false],
    ["workflow_run", "", false],
  ] as const) {
    it(`${saves ? "saves" : "does not save"} on ${name} ${event.slice(0, 120)} with auto`, () => {
      const environment = { ...RUNNER, GITHUB_EVENT_NAME: name };
      const { save, restore, why } = cachePolicy("auto", environment, event, "");
      assert.deepEqual([save, restore], [saves, true]);
      const what = name.startsWith("pull_request") ? "pull request" : `the event ${name}`;
      assert.match(why, saves ? /^$/ : new RegExp(`^Not saved: .*${what}\\. `));
      assert.equal(cachePolicy("write", environment, event, "").save, true);
    });
  }
});

describe("isPrivateRepository", () => {
  for (const [event, expected] of [
    ['{"repository":{"private":true}}', true],
    ['{"repository":{"private":false}}', false],
    ['{"repository":{"private":"true"}}', false],
    ["{}", false],
    ["null", false],
    ["", false],
  ] as const) {
    it(`of ${event || "nothing"} is ${expected}`, () =>
      assert.equal(isPrivateRepository(event), expected));
  }
});

describe("isPrivateScope", () => {
  const [yes, no] = ['{"repository":{"private":true}}', '{"repository":{"private":false}}'];
  for (const [what, environment, event, expected] of [
    ["a private repository's job", RUNNER, yes, true],
    ["a public repository's job", RUNNER, no, false],
    ["a job whose event is unknown", RUNNER, "", false],
    ["a laptop", {}, "", true],
    ["a laptop with a public event", {}, no, true],
  ] as const) {
    it(`of ${what} is ${expected}`, () =>
      assert.equal(isPrivateScope(environment, event), expected));
  }
});
