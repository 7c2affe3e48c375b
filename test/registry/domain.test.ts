import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { registrableDomain } from "../../src/registry/domain.ts";

describe("registrableDomain", () => {
  for (const [host, domain] of [
    ["auth.example.com", "example.com"],
    ["example.com", "example.com"],
    ["auth.example.co.uk", "example.co.uk"],
    ["mine.github.io", "mine.github.io"],
    ["a.mine.github.io", "mine.github.io"],
    ["co.uk", undefined],
    ["github.io", undefined],
    ["com", undefined],
    ["localhost", undefined],
    ["10.0.0.1", undefined],
    ["[::1]", undefined],
    ["", undefined],
  ] as const) {
    it(`of ${JSON.stringify(host)} is ${domain}`, () => {
      assert.equal(registrableDomain(host), domain);
    });
  }
});
