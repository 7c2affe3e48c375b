import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { Reason } from "../../src/oci/reason.ts";
import { isWrong, wrongEntry } from "../../src/store/cache.ts";

describe("isWrong", () => {
  const failure = (reason: Reason): PullError => new PullError(reason, "found");
  for (const [what, error, expected] of [
    ["other bytes", failure("digest-differs"), true],
    ["too few bytes", failure("too-short"), true],
    ["another format", failure("wrong-entry"), true],
    ["no answer", failure("no-answer"), false],
    ["an entry that is gone", failure("not-found"), false],
    ["a full disk", failure("disk-full"), false],
    ["the end of the step", failure("cancelled"), false],
    ["any other error", new Error("invalid"), false],
    ["no error", undefined, false],
  ] as const) {
    it(`is ${expected} for ${what}`, () => assert.equal(isWrong(error), expected));
  }
});

describe("wrongEntry", () => {
  it("names the entry, what is wrong with it, and what to do", () => {
    assert.equal(
      wrongEntry("key", "too short"),
      "the cache entry key is wrong and not used: too short; its blobs come from the registry; " +
        "delete the entry, so that a right one can be saved",
    );
  });
});
