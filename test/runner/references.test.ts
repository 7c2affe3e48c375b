import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { boundedRows, JSON_LIMIT } from "../../src/runner/bounds.ts";
import { toReferenceRows } from "../../src/runner/references.ts";
import { APP, failedResult, resultOf, unreadResult } from "../support/results.ts";

const PLACE = { line: 3, column: 12, endColumn: 20, start: 40, end: 48 };
const PLACED = { line: 3, column: 12, endColumn: 20 };

describe("toReferenceRows", () => {
  it("has a row for every reference, with its image's digest, and then what is unknown", async () => {
    const app = await resultOf();
    const gone = failedResult("gone:1");
    const named = (name: string, platform?: string) => ({
      file: "a.yml",
      kind: "compose" as const,
      found: { place: PLACE, reference: `${name}:1`, platform },
      name: name === "gone" ? "gone:1" : name,
    });
    const references = [named("app", "linux/arm64"), named("gone")];
    const unknown = [{ file: "b.yml", place: PLACE, text: "$IMAGE", why: "no value" }];
    const rows = toReferenceRows({ wanted: [], references, unknown, problems: [] }, [app, gone]);
    const digest = app.root?.fetched.digest;
    const row = { file: "a.yml", ...PLACED, as: "compose" };
    assert.deepEqual(rows, [
      { ...row, reference: "app:1", platform: "linux/arm64", name: "app", digest },
      { ...row, reference: "gone:1", platform: "", name: "gone:1", digest: "" },
      { file: "b.yml", line: 3, text: "$IMAGE", why: "no value" },
    ]);
  });
});

describe("the digest in a row", () => {
  it("is the locked one of an image that was not read again", () => {
    const image = unreadResult();
    const found = { place: PLACE, reference: APP };
    const references = [{ file: "a.yml", kind: "compose" as const, found, name: "app" }];
    const named = { wanted: [], references, unknown: [], problems: [] };
    assert.equal(toReferenceRows(named, [image])[0]?.["digest"], image.unread);
  });
});

describe("boundedRows", () => {
  it("has every row that fits, and then how many do not", () => {
    const rows = Array.from({ length: 3_000 }, (_, at) => ({ file: "x".repeat(100), line: at }));
    const json = boundedRows(rows);
    const parsed = JSON.parse(json);
    const { truncated } = parsed.at(-1);
    assert.ok(json.length <= JSON_LIMIT && json.length > JSON_LIMIT - 200);
    assert.equal(parsed.length - 1 + truncated, rows.length);
    assert.equal(boundedRows(rows.slice(0, 2)), JSON.stringify(rows.slice(0, 2)));
  });
});
