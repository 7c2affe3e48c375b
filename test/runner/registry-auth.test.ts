import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRegistryAuth } from "../../src/runner/registry-auth.ts";

function read(text: string) {
  const problems: string[] = [];
  const logins = readRegistryAuth(text, (problem) => problems.push(problem));
  return { logins, problems };
}

const FORM = "expected a YAML list of registry:, username:, password:, as in docker/login-action";

describe("readRegistryAuth", () => {
  for (const [what, text, ...logins] of [
    [
      "a list",
      "- registry: ghcr.io\n  username: me\n  password: hunter2\n",
      { registry: "ghcr.io", username: "me", password: "hunter2" },
    ],
    [
      "an entry without a registry, for Docker Hub",
      "- {username: me, password: a}\n- {registry: '', username: me, password: b}",
      { registry: "docker.io", username: "me", password: "a" },
      { registry: "docker.io", username: "me", password: "b" },
    ],
    [
      "scalars as strings, whatever they look like",
      "- username: 007\n  password: true\n- username: null\n  password: 0x10",
      { registry: "docker.io", username: "007", password: "true" },
      { registry: "docker.io", username: "null", password: "0x10" },
    ],
    [
      "JSON",
      '[{"username": "me", "password": "a\\n"}]',
      {
        registry: "docker.io",
        username: "me",
        password: "a\n",
      },
    ],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(read(text), { logins, problems: [] }));
  }

  for (const [what, text, problem] of [
    ["a mapping", "registry: hunter2", `registry-auth: ${FORM}`],
    ["only a comment", "# none", `registry-auth: ${FORM}`],
    ["no YAML", "- {password: hunter2", `registry-auth: not YAML (BAD_INDENT); ${FORM}`],
    ["an undefined alias", "- *hunter2", `registry-auth: not YAML (undefined YAML alias); ${FORM}`],
    ["a list of strings", "- hunter2", `username or password is missing; ${FORM}`],
    ["no password", "- username: hunter2", `username or password is missing; ${FORM}`],
    [
      "a list for a name",
      "- {username: [hunter2], password: a}",
      "username or password is missing",
    ],
    ["a mapping for a registry", "- {registry: {}, username: a, password: hunter2}", "is missing"],
    ["an unknown key", "- {username: a, password: b, pass: hunter2}", `unknown key; ${FORM}`],
    ["an empty password", "- {username: hunter2, password: ''}", "password is empty; if they come"],
    ["an empty name", "- {username: '', password: hunter2}", "check that the secrets exist"],
  ] as const) {
    it(`refuses ${what}, and quotes none of it`, () => {
      const { logins, problems } = read(text);
      assert.deepEqual([logins, problems.length], [[], 1]);
      assert.ok(problems[0]?.includes(problem), problems[0]);
      assert.ok(!problems[0]?.includes("hunter2"), problems[0]);
    });
  }

  it("names the entry that has a problem, and keeps the others", () => {
    const { logins, problems } = read("- {username: me, password: a}\n- me");
    assert.equal(logins.length, 1);
    assert.match(problems[0] ?? "", /^registry-auth, entry 2: /);
  });
});
