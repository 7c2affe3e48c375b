import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  asProblem,
  failsOn,
  isCertainlyAbsent,
  problem,
  problemFrom,
  withNote,
} from "../../src/gate/problem.ts";
import { PullError } from "../../src/oci/failure.ts";
import { REASONS, type Status } from "../../src/oci/reason.ts";

describe("problem", () => {
  it("says what was asked, what was found and what to do next, with the reason's status", () => {
    assert.deepEqual(problem("layer-missing", "app:1", "the registry lost it"), {
      status: "dangling",
      reason: "layer-missing",
      message: `app:1: the registry lost it; ${REASONS["layer-missing"].next}`,
    });
  });

  it("takes another thing to do next", () => {
    const { message } = problem("not-found", "app:1", "no such tag", "nearest: 2");
    assert.equal(message, "app:1: no such tag; nearest: 2");
  });
});

describe("problemFrom", () => {
  it("keeps the next step of a failure that knows better than its reason", () => {
    const failure = new PullError("rate-limited", "429", { next: "wait an hour" });
    assert.equal(problemFrom(failure, "app:1").message, "app:1: 429; wait an hour");
  });
});

describe("asProblem", () => {
  it("makes a failure a problem", () => {
    const { status, reason } = asProblem(new PullError("too-deep", "40 levels"), "app:1");
    assert.deepEqual([status, reason], ["invalid", "too-deep"]);
  });

  it("throws a bug as it is", () => {
    const bug = new TypeError("undefined is not a function");
    assert.throws(
      () => asProblem(bug, "app:1"),
      (error) => error === bug,
    );
  });
});

describe("withNote", () => {
  it("adds a note to the end of the message and keeps every other field", () => {
    const noted = withNote({ message: "app:1: not found", status: "not-found" }, "after 30 s");
    assert.deepEqual(noted, { message: "app:1: not found (after 30 s)", status: "not-found" });
  });
});

describe("failsOn", () => {
  for (const [status, optional, failOnMissing, expected] of [
    ["not-found", false, true, true],
    ["not-found", false, false, false],
    ["platform-missing", false, true, true],
    ["platform-missing", false, false, false],
    ["dangling", false, false, true],
    ["unauthorized", false, false, true],
    ["unreachable", false, false, true],
    ["invalid", false, false, true],
    ["not-found", true, true, false],
    ["invalid", true, true, false],
    ["unreachable", true, false, false],
  ] as const) {
    const image = optional ? "an optional" : "a required";
    const verdict = expected ? "fails" : "does not fail";
    it(`${status} of ${image} image ${verdict} with fail-on-missing: ${failOnMissing}`, () => {
      assert.equal(failsOn(status, optional, failOnMissing), expected);
    });
  }
});

describe("isCertainlyAbsent", () => {
  const absent: readonly Status[] = ["not-found", "platform-missing", "dangling"];
  const statuses = new Set(Object.values(REASONS).map(({ status }) => status));
  for (const status of statuses) {
    const isAbsent = absent.includes(status);
    it(`is ${isAbsent} for ${status}`, () => assert.equal(isCertainlyAbsent(status), isAbsent));
  }
});
