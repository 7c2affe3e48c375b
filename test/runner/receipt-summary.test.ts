import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { receiptLines, receiptSummary } from "../../src/runner/receipt-summary.ts";
import { digestOfAll } from "../support/locks.ts";
import { receiptRow } from "../support/receipts.ts";

const DIGEST = digestOfAll("a");
const SHORT = `${DIGEST.slice(0, "sha256:".length + 12)}…`;
const ROWS = [
  receiptRow("alpine:3.20", {
    platforms: ["linux/amd64", "linux/arm64"],
    clients: ["docker 28.5.2", "podman 4.3.1"],
    pulls: 3,
    bytes: { layout: 1_000, cache: 2_000_000, registry: { "docker.io": 5, "mirror.test": 0 } },
  }),
  receiptRow(`ghcr.io/org/app@${DIGEST}`, {
    platforms: [],
    clients: [],
    bytes: { layout: 0, cache: 0, registry: {} },
  }),
];

describe("the summary of a receipt", () => {
  it("has a row an image, and the pinned references", () => {
    assert.equal(
      receiptSummary(ROWS).replaceAll(DIGEST, "DIGEST").replaceAll(SHORT, "SHORT"),
      [
        "### Images that this job pulled: 2",
        "",
        "| image | digest | platforms | client | pulls | size and from where |",
        "| --- | --- | --- | --- | --- | --- |",
        "| <code>docker.io/library/alpine:3.20</code> | <code>SHORT</code> | linux/amd64<br>linux/arm64 | docker 28.5.2<br>podman 4.3.1 | 3 | 1.0 kB from the layout<br>2.0 MB from the cache<br>5 B from docker.io |",
        "| <code>ghcr.io/org/app<span>@</span>SHORT</code> | <code>SHORT</code> |  |  | 1 | nothing was downloaded |",
        "",
        "<details><summary>Pinned references</summary>",
        "",
        "```text",
        "docker.io/library/alpine@DIGEST",
        "ghcr.io/org/app@DIGEST",
        "```",
        "",
        "</details>",
        "",
      ].join("\n"),
    );
  });

  it("shows the text of clients and places, and never obeys it", () => {
    const clients = ["a|b <img src=x> **x** [l](http://x) @org\n| y", "::error::x ##[error]"];
    const bytes = { layout: 0, cache: 0, registry: { "<b>|": 1 } };
    const [, , , , row = "", next] = receiptSummary([receiptRow("a", { clients, bytes })]).split(
      "\n",
    );
    assert.equal(row.split(" | ").length, 6, row);
    assert.ok(!/[<[](?!\/?(code|br|span)>)|\*|::|##|https?:\/\//.test(row), row);
    assert.equal(next, "");
  });

  it("ends its block of references nowhere but at its end", () => {
    const text = receiptSummary([receiptRow("a", { pinned: "a\n```\n</details>\n# b" })]);
    assert.ok(
      text.endsWith("\n\n```text\na\\x0a\\x0a</details>\\x0a# b\n```\n\n</details>\n"),
      text,
    );
  });

  it("shows five of many platforms, clients and places", () => {
    const many = Array.from({ length: 7 }, (_, at) => `p${at}/x`);
    const registry = Object.fromEntries(many.map((place) => [place, 1]));
    const bytes = { layout: 0, cache: 0, registry };
    const text = receiptSummary([receiptRow("a", { platforms: many, clients: many, bytes })]);
    assert.equal(text.match(/and 2 more/g)?.length, 3);
    assert.ok(!text.includes("p5/x"));
  });

  it("says what is not on the receipt", () => {
    const rows = [receiptRow("a", { truncated: 9 }), receiptRow("b", { more: 1 })];
    const text = receiptSummary(rows);
    assert.match(text, /\n\nOf 1 image, not every client, platform and blob is on the receipt\.\n/);
    assert.match(
      text,
      /\n\nOther images, asked for 1 time, are not on the receipt, which is full\.\n/,
    );
    assert.equal(receiptLines(rows).length, 5);
  });

  it("stays below the limit of a summary", () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => receiptRow(`app${at}`));
    const text = receiptSummary(rows);
    assert.ok(Buffer.byteLength(text) < 2 ** 20);
    assert.match(text, /^### Images that this job pulled: 10000\n/);
    assert.match(text, /\|\n\nThe rest is in the receipt\.\n$/);
  });

  it("is empty for a job that pulled nothing", () => {
    assert.equal(receiptSummary([]), "");
    assert.deepEqual(receiptLines([]), ["the job pulled no image through its registry"]);
  });
});

describe("the lines of a receipt", () => {
  it("are one an image", () => {
    assert.deepEqual(receiptLines(ROWS), [
      "Images that this job pulled: 2",
      `docker.io/library/alpine:3.20@${DIGEST} for linux/amd64, linux/arm64: 3 pulls by docker 28.5.2, podman 4.3.1; 1.0 kB from the layout, 2.0 MB from the cache, 5 B from docker.io`,
      `ghcr.io/org/app@${DIGEST}: 1 pull; nothing was downloaded`,
    ]);
  });

  it("are at most 500, and say how many more there are", () => {
    const lines = receiptLines(Array.from({ length: 502 }, (_, at) => receiptRow(`app${at}`)));
    assert.deepEqual([lines.length, lines.at(-1)], [502, "and 2 more"]);
  });
});
