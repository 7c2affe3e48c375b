import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aborted } from "../../src/http/aborted.ts";

describe("aborted", () => {
  it("rejects with the signal's reason", async () => {
    const stop = new AbortController();
    const ended = aborted(stop.signal);
    stop.abort(new Error("late"));
    await assert.rejects(ended, /late/);
  });

  it("leaves a race to the work while nothing aborts", async () => {
    const { signal } = new AbortController();
    assert.equal(await Promise.race([aborted(signal), Promise.resolve("done")]), "done");
  });
});
