import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findReferences } from "../../src/find/find.ts";
import type { Kind } from "../../src/find/kind.ts";
import { printReceipt, type ReceiptRow } from "../../src/find/receipt-file.ts";
import { digestOfAll } from "../support/locks.ts";
import { assertFinds } from "../support/marked.ts";
import { receiptRow } from "../support/receipts.ts";

const ALONE = { variable: () => undefined, isSecret: () => false, beside: () => undefined };
const [A, B] = [digestOfAll("a"), digestOfAll("b")];

function find(text: string, path = "receipt.json", as?: Kind) {
  return findReferences(path, text, as, ALONE);
}

/** The references of a receipt with their platforms, and the digests that the job used. */
function named(rows: readonly ReceiptRow[]): readonly (readonly string[])[] {
  const finding = find(printReceipt(rows));
  assert.ok(finding !== undefined && !("mistake" in finding));
  assert.equal(finding.kind, "receipt");
  assert.ok(finding.references.every(({ pin }) => pin === undefined));
  return [
    finding.references.map(({ reference, platform = "" }) => `${reference} ${platform}`.trim()),
    [...(finding.used ?? [])].map(([reference, digest]) => `${reference}=${digest}`),
  ];
}

const at = (seconds: number): string => `2026-11-21T09:30:0${seconds}.000Z`;

describe("findInReceipt", () => {
  it("finds each image where its reference is, however the JSON is written", () => {
    const mark = (json: string): string =>
      json.replace(/("reference": ?")([^"]+)/g, (_, key, text) => `${key}⟦${text}⟧`);
    const rows = [receiptRow("alpine:3.20"), receiptRow(`ghcr.io/org/app@${B}`)];
    for (const text of [
      printReceipt(rows),
      JSON.stringify(rows),
      JSON.stringify(rows, undefined, 2),
      JSON.stringify(rows, undefined, "\t"),
      `\uFEFF${JSON.stringify(rows).replaceAll(",", ",\r\n")}`,
    ]) {
      assertFinds("receipt.json", mark(text));
    }
  });

  it("has the platforms of each image, and the digest that was used for its tag", () => {
    const rows = [
      receiptRow("alpine:3.20", { platforms: ["linux/amd64", "linux/arm64"] }),
      receiptRow("busybox", { digest: B, platforms: [] }),
      receiptRow(`ghcr.io/org/app@${A}`),
    ];
    assert.deepEqual(named(rows), [
      [
        "docker.io/library/alpine:3.20 linux/amd64",
        "docker.io/library/alpine:3.20 linux/arm64",
        "docker.io/library/busybox:latest",
        `ghcr.io/org/app@${A} linux/amd64`,
      ],
      [`docker.io/library/alpine:3.20=${A}`, `docker.io/library/busybox:latest=${B}`],
    ]);
  });

  // the last use of each digest of a tag, and which one counts
  for (const [first, second, tagged, other] of [
    [1, 2, B, A],
    [2, 1, A, B],
    [1, 1, B, A],
  ] as const) {
    it(`names by digest what a tag was before it moved: ${first}, ${second}`, () => {
      const rows = [
        receiptRow("alpine:1", { digest: A, last: at(first) }),
        receiptRow("alpine:1", { digest: B, last: at(second) }),
      ];
      const [references = [], used] = named(rows);
      assert.deepEqual(references.toSorted(), [
        "docker.io/library/alpine:1 linux/amd64",
        `docker.io/library/alpine@${other} linux/amd64`,
      ]);
      assert.deepEqual(used, [`docker.io/library/alpine:1=${tagged}`]);
    });
  }

  it("reads the names of clients as they are", () => {
    const rows = [
      receiptRow("a:1", { clients: ["{{ \"' # & *x <<: ⟦"] }),
      receiptRow("b:1", { clients: ["}}"] }),
    ];
    const [references] = named(rows);
    assert.equal(references?.length, 2);
  });

  it("takes an empty receipt", () => assert.deepEqual(named([]), [[], []]));

  const pod = '{"apiVersion": "v1", "kind": "Pod", "containers": [{"image": "a"}]}';
  for (const [what, text, path, as, kind] of [
    [
      "a receipt of any name, if that is asked for",
      printReceipt([]),
      "a.txt",
      "receipt",
      "receipt",
    ],
    ["a receipt by its name", printReceipt([]), "ci/job-receipt-1.json", undefined, "receipt"],
    ["no receipt by its content alone", printReceipt([]), "images.json", undefined, undefined],
    ["another kind with such a name", pod, "receipt.json", undefined, "kubernetes"],
    ["a file of no kind with such a name", '{"total": 1}', "receipt.json", undefined, undefined],
    ["nothing else, if a receipt is asked for", pod, "pod.json", "receipt", undefined],
    ["no text that is not JSON", "token: abc", "receipt.json", "receipt", undefined],
    ["no list of other things", '[{"reference":"a"}]', "receipt.json", "receipt", undefined],
  ] as const) {
    it(`finds ${what}`, () => {
      const finding = find(text, path, as);
      assert.equal(finding === undefined ? undefined : "kind" in finding && finding.kind, kind);
    });
  }
});
