import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cachesOf } from "../../src/action/directories.ts";

describe("cachesOf", () => {
  for (const [environment, path] of [
    [{ XDG_CACHE_HOME: "/caches", HOME: "/home/me" }, "/caches"],
    [{ XDG_CACHE_HOME: "", HOME: "/home/me" }, "/home/me/.cache"],
    [{ HOME: "/home/me" }, "/home/me/.cache"],
  ] as const) {
    it(`is ${path} for ${JSON.stringify(environment)}`, () => {
      assert.equal(cachesOf(environment), path);
    });
  }
});
