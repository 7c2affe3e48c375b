import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isInterruption, isOutage, mayPass, REASONS, type Reason } from "../../src/oci/reason.ts";

describe("a reason", () => {
  for (const [reason, outage, passes, interruption] of [
    ["no-answer", true, true, false],
    ["server-error", true, true, false],
    ["rate-limited", true, true, false],
    ["timeout", true, true, true],
    ["cancelled", true, true, true],
    ["not-found", false, true, false],
    ["platform-missing", false, true, false],
    ["layer-missing", false, true, false],
    ["no-credentials", false, false, false],
    ["digest-differs", false, false, false],
    ["not-pinned", false, false, false],
    ["not-locked", false, false, false],
    ["platform-not-locked", false, false, false],
    ["lock-differs", false, false, false],
  ] as const satisfies readonly (readonly [Reason, boolean, boolean, boolean])[]) {
    const { status } = REASONS[reason];
    it(`${reason} is ${outage ? "an" : "no"} outage and ${passes ? "may" : "cannot"} pass`, () => {
      assert.deepEqual([isOutage(status), mayPass(status)], [outage, passes]);
      assert.equal(isInterruption(reason), interruption);
    });
  }
});
