import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { PullError } from "../../src/oci/failure.ts";

describe("SYSTEM_CLOCK", () => {
  it("ends a sleep with the signal's reason, so that no interruption looks like a bug", async () => {
    const stop = new AbortController();
    const asleep = SYSTEM_CLOCK.sleep(60_000, stop.signal);
    stop.abort(new PullError("timeout", "the step's timeout has passed"));
    await assert.rejects(asleep, { reason: "timeout" });
    await assert.rejects(SYSTEM_CLOCK.sleep(60_000, stop.signal), { reason: "timeout" });
  });

  it("runs what is due, unless it is cancelled before", async () => {
    const ran: string[] = [];
    const { signal } = new AbortController();
    SYSTEM_CLOCK.after(1, () => void ran.push("kept"));
    SYSTEM_CLOCK.after(1, () => void ran.push("cancelled"))();
    await SYSTEM_CLOCK.sleep(20, signal);
    assert.deepEqual(ran, ["kept"]);
  });

  it("measures the load since it was asked", () => {
    const load = SYSTEM_CLOCK.cpuLoad();
    const found = load();
    assert.ok(found >= 0 && found <= 1, String(found));
  });
});
