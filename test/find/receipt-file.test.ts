import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  printReceipt,
  RECEIPT_LIST,
  RECEIPT_ROWS,
  RECEIPT_SIZE,
  type ReceiptRow,
  readReceipt,
} from "../../src/find/receipt-file.ts";
import { digestOfAll } from "../support/locks.ts";
import { receiptRow } from "../support/receipts.ts";
import { failure } from "../support/resolving.ts";

const read = (text: string): readonly ReceiptRow[] => readReceipt(Buffer.from(text));

const ROWS = [
  receiptRow("alpine:3.20", { truncated: 2 }),
  receiptRow(`ghcr.io/org/app@${digestOfAll("b", "sha512")}`, { platforms: [], clients: [] }),
  receiptRow("localhost:5000/a/b", {
    clients: ["é \u0000 {{"],
    platforms: ["windows(10.0.20348.169)/amd64", "linux/arm/v7"],
    bytes: { layout: 1, cache: 2, registry: { "docker.io": 3, ["__proto__"]: 4 } },
    more: 5,
  }),
];

describe("a receipt", () => {
  for (const rows of [[], ROWS.slice(0, 1), ROWS]) {
    it(`is read as it was printed: ${rows.length} rows`, () => {
      assert.deepEqual(read(printReceipt(rows)), rows);
      assert.deepEqual(read(JSON.stringify(rows, undefined, 2)), rows);
    });
  }

  it("has a row a line, with the fields in order", () => {
    const lines = printReceipt(ROWS).split("\n");
    assert.equal(lines.length, ROWS.length + 3);
    const fields =
      "reference,digest,pinned,platforms,clients,pulls,bytes,first,last,seconds,truncated";
    assert.equal(Object.keys(read(printReceipt(ROWS))[0] ?? {}).join(), fields);
    assert.match(
      lines[1] ?? "",
      /^\{"reference":"docker\.io\/library\/alpine:3\.20","digest":"sha/,
    );
  });

  const many = Array.from({ length: RECEIPT_LIST + 1 }, (_, at) => `a${at}`);
  // a field, a value, and the problem
  for (const [field, value, message] of [
    [
      "reference",
      "alpine:3.20",
      /\[0\] reference: expected docker\.io\/library\/alpine:3\.20, got a/,
    ],
    ["reference", "a b", /contains white space/],
    [
      "reference",
      `docker.io/library/alpine:3.20@${digestOfAll("a")}`,
      /reference: expected docker/,
    ],
    ["reference", 1, /\[0\] reference: expected a string, got a number/],
    ["digest", "sha256:1", /expected 64 hex digits/],
    ["digest", digestOfAll("c"), /\[0\] pinned: expected docker\.io\/library\/alpine@sha256:ccc/],
    ["pinned", undefined, /\[0\] pinned: expected docker\.io\/library\/alpine@sha256:aaa/],
    ["platforms", ["linux"], /platform "linux": expected os\/arch/],
    ["platforms", "linux/amd64", /\[0\] platforms: expected a list, got a string/],
    ["platforms", many, /\[0\] platforms: expected at most 64, got 65/],
    ["clients", many, /\[0\] clients: expected at most 64, got 65/],
    ["clients", [{}], /\[0\] clients: expected a string, got an object/],
    ["pulls", -1, /\[0\] pulls: expected a number that is not negative, got a number/],
    ["pulls", 2 ** 60, /\[0\] pulls: expected a number/],
    ["pulls", "1", /\[0\] pulls: expected a number .*, got a string/],
    ["seconds", null, /\[0\] seconds: expected a number .*, got null/],
    ["truncated", null, /\[0\] truncated: expected a number/],
    ["more", "1", /\[0\] more: expected a number/],
    ["bytes", [], /\[0\] bytes: expected an object, got a list/],
    ["bytes", { layout: 1, cache: 1 }, /\[0\] bytes registry: expected an object, got nothing/],
    ["bytes", { layout: 1, cache: 1, registry: { a: "1" } }, /\[0\] bytes: expected a number/],
    ["bytes", { cache: 1, registry: {} }, /\[0\] bytes layout: expected a number .*, got nothing/],
    ["first", "yesterday", /\[0\] first: expected a time like/],
    ["last", "2026-11-21T09:30:00Z", /\[0\] last: expected a time like/],
  ] as const) {
    it(`is refused with a wrong ${field}: ${message.source.slice(0, 60)}`, () => {
      const row = { ...receiptRow("alpine:3.20"), [field]: value };
      assert.throws(() => read(JSON.stringify([row])), failure("wrong-state", message));
    });
  }

  for (const [what, text, message] of [
    ["nothing", "", /receipt is not JSON/],
    ["an object", "{}", /receipt: expected a list, got an object/],
    ["rows of another type", "[1]", /receipt\[0\]: expected an object, got a number/],
    ["a duplicate key", '[{"a":1,"a":1}]', /duplicate key/],
    ["deep nesting", "[".repeat(99), /too deep/],
    ["too many rows", `[${"1,".repeat(RECEIPT_ROWS)}1]`, /expected at most 10000 rows, got 10001/],
    ["too many bytes", " ".repeat(RECEIPT_SIZE + 1), /expected at most 16777216 bytes/],
  ] as const) {
    it(`is refused when it is or has ${what}`, () => {
      assert.throws(() => read(text), failure("wrong-state", message));
    });
  }
});
