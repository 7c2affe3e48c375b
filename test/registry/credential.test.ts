import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  basicValue,
  type Credential,
  distinctCredentials,
  fromAuth,
  fromLogin,
  secretsOf,
} from "../../src/registry/credential.ts";

const source = "the source";
const password: Credential = { source, kind: "password", username: "me", password: "pw" };
const identity: Credential = { source, kind: "identity", username: "me", token: "I" };
const registryToken: Credential = { source, kind: "registry-token", token: "R" };

describe("fromLogin", () => {
  for (const [username, secret, expected] of [
    ["me", "pw", password],
    ["", "pw", { ...password, username: "" }],
    ["<token>", "I", { ...identity, username: "<token>" }],
    [
      "00000000-0000-0000-0000-000000000000",
      "I",
      { ...identity, username: "00000000-0000-0000-0000-000000000000" },
    ],
    ["me", "", undefined],
    ["<token>", "", undefined],
  ] as const) {
    it(`of ${JSON.stringify(username)} and ${JSON.stringify(secret)} is ${expected?.kind}`, () => {
      assert.deepEqual(fromLogin(source, username, secret), expected);
    });
  }
});

describe("fromAuth", () => {
  const empty = { username: "", password: "", identityToken: "", registryToken: "" };
  const login = { username: "me", password: "pw" };
  for (const [name, auth, expected] of [
    ["nothing", {}, undefined],
    ["a user name only", { username: "me" }, undefined],
    ["a login", login, password],
    ["a registry token", { ...login, registryToken: "R" }, registryToken],
    ["an identity token", { ...login, identityToken: "I", registryToken: "R" }, identity],
  ] as const) {
    it(`of ${name} is ${expected?.kind}`, () => {
      assert.deepEqual(fromAuth(source, { ...empty, ...auth }), expected);
    });
  }
});

describe("secretsOf", () => {
  for (const [credential, secrets] of [
    [password, ["pw", "bWU6cHc="]],
    [identity, ["I"]],
    [registryToken, ["R"]],
  ] as const) {
    it(`of a credential of kind ${credential.kind} is ${secrets}`, () => {
      assert.deepEqual(secretsOf(credential), secrets);
    });
  }
});

describe("basicValue", () => {
  it("is Base64 of the UTF-8 of user name and password", () => {
    assert.equal(Buffer.from(basicValue("mé", "p:w"), "base64").toString(), "mé:p:w");
  });
});

describe("distinctCredentials", () => {
  it("keeps the first of equal credentials from several sources", () => {
    const elsewhere = { ...password, source: "elsewhere" };
    const other = { ...password, password: "other" };
    const found = [password, identity, elsewhere, other, registryToken];
    assert.deepEqual(distinctCredentials(found), [password, identity, other, registryToken]);
  });
});
