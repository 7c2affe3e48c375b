import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mayBeSecret } from "../../src/action/secret-variables.ts";

const SECRET = [
  "GITHUB_TOKEN",
  "CR_PAT",
  "DB_PASS",
  "MYSQL_PWD",
  "GPG_PASSPHRASE",
  "API_KEY",
  "apikey",
  "AZURE_CREDS",
  "SLACK_WEBHOOK",
  "SESSION_COOKIE",
  "JWT",
  "SENTRY_DSN",
  "dbPassword",
  "MYTOKEN",
  "NPM-TOKEN",
  "ACTIONS_RUNTIME_URL",
  "INPUT_REGISTRY-AUTH",
];

const PLAIN = [
  "TAG",
  "KEYCLOAK_VERSION",
  "AUTHENTIK_TAG",
  "MONKEY_IMAGE",
  "REGISTRY",
  "GITHUB_SHA",
  "RUNNER_OS",
  "COMPASS_VERSION",
];

const TOKENS = [
  "ghp_0123456789abcdefghij",
  "github_pat_0123456789abcdefghij",
  "glpat-0123456789abcdef",
  "xoxb-0123456789",
  "eyJhbGciOiJIUzI1NiJ9.e30.x",
  "user:AKIAIOSFODNN7EXAMPLE",
  "-----BEGIN OPENSSH PRIVATE KEY-----",
];

describe("mayBeSecret", () => {
  for (const name of SECRET) {
    it(`is true for ${name}`, () => assert.equal(mayBeSecret(name, "1.2"), true));
  }

  for (const name of PLAIN) {
    it(`is false for ${name}`, () => assert.equal(mayBeSecret(name, "1.2-alpine"), false));
  }

  for (const value of TOKENS) {
    it(`is true for a value like ${value.slice(0, 12)}…`, () =>
      assert.equal(mayBeSecret("TAG", value), true));
  }

  it("is false for what other values contain", () => {
    for (const value of ["keycloak/keycloak:26", "sha-0123456789abcdef", "v1.2.3_ghost"]) {
      assert.equal(mayBeSecret("TAG", value), false, value);
    }
  });
});
