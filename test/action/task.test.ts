import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { warnOnce } from "../../src/action/task.ts";

describe("warnOnce", () => {
  it("passes on the first warning, and makes the others log lines", () => {
    const heard: string[] = [];
    const voice = warnOnce({
      say: (line) => void heard.push(`say ${line}`),
      warn: (message) => void heard.push(`warn ${message}`),
      mask: () => undefined,
      withhold: (text) => text,
    });
    voice.warn("first");
    voice.say("between");
    voice.warn("second");
    assert.deepEqual(heard, ["warn first", "say between", "say second"]);
  });
});
