import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { it } from "node:test";
import { USER_AGENT } from "../../src/http/user-agent.ts";

it("names this action and its version", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { name, version } = JSON.parse(text);
  assert.equal(USER_AGENT, `${name}/${version}`);
});
