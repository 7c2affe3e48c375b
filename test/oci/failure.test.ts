import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { codeOf, foundBy, inContext, messageOf, PullError } from "../../src/oci/failure.ts";
import { isInterruption, mayPass, REASONS, type Reason } from "../../src/oci/reason.ts";

describe("a PullError", () => {
  it("has the status of its reason, and says what was found and what to do next", () => {
    const error = new PullError("too-large", "manifest has 5 MiB");
    assert.deepEqual(
      [error.status, error.found, error.next, error.message, error.cause],
      [
        "invalid",
        "manifest has 5 MiB",
        "push a smaller document",
        "manifest has 5 MiB; push a smaller document",
        undefined,
      ],
    );
  });

  it("says something more specific to do next where it is given", () => {
    const error = new PullError("too-large", "manifest has 5 MiB", { next: "remove labels" });
    assert.equal(error.message, "manifest has 5 MiB; remove labels");
  });

  it("says what its reason does where nothing more specific is known", () => {
    const error = new PullError("too-large", "manifest has 5 MiB", { next: undefined });
    assert.equal(error.next, REASONS["too-large"].next);
  });

  it("has no cause at all when none is given, so that none is printed", () => {
    assert.ok(!("cause" in new PullError("too-large", "x")));
  });
});

describe("inContext", () => {
  it("keeps everything, with a prefix and the first error as its cause", () => {
    const first = new PullError("not-found", "404", { next: "push it" });
    const error = inContext(first, "ghcr.io/org/app");
    assert.deepEqual(
      [error.reason, error.found, error.next, error.message, error.cause],
      ["not-found", "ghcr.io/org/app: 404", "push it", "ghcr.io/org/app: 404; push it", first],
    );
  });
});

describe("mayPass", () => {
  const passing = ["not-found", "platform-missing", "dangling", "unreachable", "rate-limited"];
  for (const status of ["ok", "listed", ...new Set(Object.values(REASONS).map((r) => r.status))]) {
    const expected = passing.includes(status);
    it(`of ${status} is ${expected}`, () => assert.equal(mayPass(status as "ok"), expected));
  }
});

describe("isInterruption", () => {
  it("holds for the reasons that end a step, and for no other", () => {
    const reasons = ["", ...Object.keys(REASONS)] as (Reason | "")[];
    assert.deepEqual(reasons.filter(isInterruption), ["timeout", "cancelled"]);
  });
});

describe("what was thrown", () => {
  const failure = new PullError("not-found", "404");
  const system = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  for (const [name, thrown, message, found, code] of [
    ["a PullError", failure, failure.message, "404", ""],
    ["a system error", system, "connect ECONNREFUSED", "connect ECONNREFUSED", "ECONNREFUSED"],
    ["a string", "no", "no", "no", ""],
    ["nothing", undefined, "undefined", "undefined", ""],
    ["null", null, "null", "null", ""],
    ["an object with a number as its code", { code: 7 }, "[object Object]", "[object Object]", "7"],
    ["an object without a code", { code: undefined }, "[object Object]", "[object Object]", ""],
  ] as const) {
    it(`may be ${name}`, () =>
      assert.deepEqual(
        [messageOf(thrown), foundBy(thrown), codeOf(thrown)],
        [message, found, code],
      ));
  }
});
