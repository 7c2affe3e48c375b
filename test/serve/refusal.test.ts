import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Reason } from "../../src/oci/reason.ts";
import {
  reasonPhrase,
  refusalBody,
  refusalOf,
  refuse,
  refuseName,
} from "../../src/serve/refusal.ts";

describe("refusalOf", () => {
  const repository = { registry: "docker.io", repository: "library/alpine" };
  const digest = digestOf(Buffer.from("x"));
  const asked = {
    manifest: { kind: "manifest", repository, reference: "latest" },
    blob: { kind: "blob", repository, digest },
    tags: { kind: "list", repository, path: "tags/list", query: "" },
    referrers: { kind: "list", repository, path: `referrers/${digest}`, query: "" },
  } as const;
  const cases: readonly [Reason, keyof typeof asked, number, string][] = [
    ["not-found", "manifest", 404, "MANIFEST_UNKNOWN"],
    ["not-found", "blob", 404, "BLOB_UNKNOWN"],
    ["not-found", "tags", 404, "NAME_UNKNOWN"],
    ["not-found", "referrers", 404, "UNSUPPORTED"],
    ["platform-missing", "manifest", 404, "MANIFEST_UNKNOWN"],
    ["no-credentials", "manifest", 403, "DENIED"],
    ["not-served", "blob", 403, "DENIED"],
    ["not-locked", "manifest", 403, "DENIED"],
    ["rate-limited", "manifest", 503, "TOOMANYREQUESTS"],
    ["no-answer", "blob", 502, "UNAVAILABLE"],
    ["too-slow", "blob", 502, "UNAVAILABLE"],
    ["digest-differs", "blob", 502, "UNKNOWN"],
    ["layer-missing", "blob", 502, "UNKNOWN"],
    ["disk-full", "blob", 500, "UNKNOWN"],
  ];
  for (const [reason, kind, status, code] of cases) {
    it(`answers ${reason} of a ${kind} with ${status} ${code}`, () => {
      const error = new PullError(reason, "found this", { next: "do that" });
      const expected = { kind: "refusal", status, code, message: "found this; do that" };
      assert.deepEqual(refusalOf(error, asked[kind]), expected);
    });
  }

  it("does not describe an unexpected error", () => {
    const { status, code, message } = refusalOf(new TypeError("/home/me/secret"), asked.blob);
    assert.deepEqual([status, code], [500, "UNKNOWN"]);
    assert.ok(!message.includes("secret"));
  });
});

describe("refuseName", () => {
  it("says what is wrong with the name", () => {
    const error = new PullError("wrong-reference", "has upper case");
    const expected = {
      kind: "refusal",
      status: 400,
      code: "NAME_INVALID",
      message: "has upper case",
    };
    assert.deepEqual(refuseName(error), expected);
  });
});

describe("refusalBody", () => {
  it("is JSON as the specification has it, with a short message", () => {
    const body = JSON.parse(refusalBody(refuse(403, "DENIED", "é\n".repeat(2_000))).toString());
    assert.equal(body.errors.length, 1);
    assert.equal(body.errors[0].code, "DENIED");
    assert.equal(body.errors[0].message.length, 1024);
  });
});

describe("reasonPhrase", () => {
  it("is the code and the message", () => {
    const phrase = reasonPhrase(refuse(403, "DENIED", "not in images"));
    assert.equal(phrase, "DENIED: not in images");
  });

  it("is one line of printable ASCII of at most 200 characters", () => {
    const phrase = reasonPhrase(refuse(403, "DENIED", `é\r\nSet-Cookie: a\0${"x".repeat(500)}`));
    assert.match(phrase, /^DENIED: \?Set-Cookie: a\?x+\.\.\.$/);
    assert.equal(phrase.length, 200);
  });
});
