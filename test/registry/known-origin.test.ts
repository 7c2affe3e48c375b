import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Credential } from "../../src/registry/credential.ts";
import { KnownOrigin } from "../../src/registry/known-origin.ts";

const login: Credential = { source: "a", kind: "password", username: "me", password: "pw" };

describe("KnownOrigin", () => {
  it("keeps the first request as the first", async () => {
    const origin = new KnownOrigin(new URL("https://registry.example"));
    assert.equal(origin.first, undefined);
    origin.startWith(Promise.resolve("one"));
    origin.startWith(Promise.resolve("two"));
    assert.equal(await origin.first, "one");
  });

  for (const [what, introduce] of [
    [
      "its first request has an answer",
      (origin: KnownOrigin) => origin.startWith(Promise.resolve()),
    ],
    [
      "its first request failed",
      (origin: KnownOrigin) => origin.startWith(Promise.reject(Error())),
    ],
    [
      "its challenge is known",
      (origin: KnownOrigin) => {
        origin.startWith(new Promise(() => undefined));
        origin.learn({ scheme: "basic", parameters: new Map() });
      },
    ],
  ] as const) {
    it(`is introduced once ${what}`, async () => {
      const origin = new KnownOrigin(new URL("https://registry.example"));
      introduce(origin);
      assert.equal(await origin.introduction, undefined);
    });
  }

  it("keeps the last challenge", () => {
    const origin = new KnownOrigin(new URL("https://registry.example"));
    for (const scheme of ["basic", "bearer"]) origin.learn({ scheme, parameters: new Map() });
    assert.equal(origin.challenge?.scheme, "bearer");
  });

  it("knows rejected credentials by their value, and never rejects anonymous requests", () => {
    const origin = new KnownOrigin(new URL("https://registry.example"));
    const refusal = { refused: "answered 401", status: 401 };
    origin.reject(login, refusal);
    assert.equal(origin.refusalOf({ ...login }), refusal);
    assert.equal(origin.refusalOf({ ...login, password: "other" }), undefined);
    assert.equal(origin.refusalOf(undefined), undefined);
  });
});
