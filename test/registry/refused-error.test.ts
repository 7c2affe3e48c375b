import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { describe, it } from "node:test";
import { RefusedError, refusal } from "../../src/registry/refused-error.ts";

const refuse = (
  status: number,
  words = "",
  headers: IncomingHttpHeaders = {},
  refusals: readonly string[] = [],
): RefusedError => {
  const answer = { status, headers, body: Buffer.alloc(0) };
  return refusal({ url: new URL("https://registry.example/v2/"), answer, refusals }, words);
};

describe("refusal", () => {
  for (const [status, refusals, reason] of [
    [404, [], "not-found"],
    [410, [], "not-found"],
    [401, [], "no-credentials"],
    [403, [], "no-credentials"],
    [401, ["those from a"], "credentials-refused"],
    [403, ["those from a"], "credentials-refused"],
    [429, [], "rate-limited"],
    [408, [], "server-error"],
    [499, [], "server-error"],
    [500, [], "server-error"],
    [501, [], "server-error"],
    [599, [], "server-error"],
    [302, [], "unexpected-answer"],
    [400, [], "unexpected-answer"],
    [405, ["those from a"], "unexpected-answer"],
  ] as const) {
    const after = refusals.length === 0 ? "" : " after refused credentials";
    it(`of ${status}${after} is ${reason}`, () => {
      const error = refuse(status, "words", {}, refusals);
      assert.ok(error instanceof RefusedError);
      assert.deepEqual([error.reason, error.answered], [reason, status]);
    });
  }

  for (const [name, error, found] of [
    ["the registry's message", refuse(404, "GONE: no"), "registry.example answered 404 GONE: no"],
    ["no message", refuse(404), "registry.example answered 404"],
    [
      "the missing credentials",
      refuse(401),
      "registry.example answered 401; no credentials are configured for it",
    ],
    [
      "all refused credentials",
      refuse(403, "DENIED", {}, ["those from a (x)", "those from b (y)"]),
      "registry.example answered 403 DENIED; refused: those from a (x); those from b (y)",
    ],
    [
      "the seconds to wait",
      refuse(429, "", { "retry-after": "60" }),
      "registry.example answered 429; it asks to wait 60 s",
    ],
    [
      "the time to wait for",
      refuse(429, "", { "retry-after": "Fri, 20 Nov 2026 12:00:00 GMT" }),
      "registry.example answered 429; it asks to wait until Fri, 20 Nov 2026 12:00:00 GMT",
    ],
    [
      "no time to wait after another status",
      refuse(503, "", { "retry-after": "60" }),
      "registry.example answered 503",
    ],
  ] as const) {
    it(`states ${name}`, () => assert.equal(error.found, found));
  }
});
