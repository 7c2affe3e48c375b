import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Kind } from "../../src/find/kind.ts";
import { pinAt, withPins } from "../../src/find/pin.ts";
import { SourceText } from "../../src/find/source-text.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { found, pinnedText } from "../support/marked.ts";

const DIGEST = parseDigest(`sha256:${"1".repeat(64)}`);
const OLD = `sha256:${"0".repeat(64)}`;

/** A file's text with every reference pinned that can be. */
function pinned(text: string, as: Kind): string {
  return pinnedText(text, found("file.yaml", text, as).references, DIGEST);
}

const REFERENCES: Readonly<Record<string, string>> = {
  alpine: `alpine:latest@${DIGEST}`,
  "alpine:3.20": `alpine:3.20@${DIGEST}`,
  [`alpine:3.20@${OLD}`]: `alpine:3.20@${DIGEST}`,
  [`alpine@${OLD}`]: `alpine@${OLD}`,
  "registry:5000/x": `registry:5000/x:latest@${DIGEST}`,
  "registry:5000/x:1": `registry:5000/x:1@${DIGEST}`,
  "docker://alpine": `docker://alpine:latest@${DIGEST}`,
  "docker://registry:5000/x:1": `docker://registry:5000/x:1@${DIGEST}`,
  "alpine:$TAG": "alpine:$TAG",
};

type Row = readonly [what: string, as: Kind, text: string, expected: string];

const POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n";

const FILES: readonly Row[] = [
  [
    "keeps what surrounds a reference: byte order mark, comments, CRLF, no newline at the end",
    "list",
    "\uFEFF# é\r\n\talpine:3 # 🐳\r\n\r\nbusybox",
    `\uFEFF# é\r\n\talpine:3@${DIGEST} # 🐳\r\n\r\nbusybox:latest@${DIGEST}`,
  ],
  [
    "keeps quotes",
    "kubernetes",
    `${POD}  - image: "alpine:3"\n  - {image: 'b', name: x}\n  - image: c # x\n`,
    `${POD}  - image: "alpine:3@${DIGEST}"\n  - {image: 'b:latest@${DIGEST}', name: x}\n` +
      `  - image: c:latest@${DIGEST} # x\n`,
  ],
  [
    "replaces a text with escapes as a whole, within its quotes",
    "kubernetes",
    '{"apiVersion": "v1", "kind": "Pod", "containers": [{"image": "org\\/app:1"}]}',
    `{"apiVersion": "v1", "kind": "Pod", "containers": [{"image": "org/app:1@${DIGEST}"}]}`,
  ],
  [
    "keeps white space within quotes",
    "kubernetes",
    `${POD}  - image: " alpine:3 "\n  - image: 'b\t'\n`,
    `${POD}  - image: " alpine:3@${DIGEST} "\n  - image: 'b:latest@${DIGEST}\t'\n`,
  ],
  [
    "writes into block scalars",
    "kubernetes",
    `${POD}  - image: >-\n      alpine:3\n    name: a\n`,
    `${POD}  - image: >-\n      alpine:3@${DIGEST}\n    name: a\n`,
  ],
  [
    "writes two references on one line, after characters beyond ASCII",
    "kubernetes",
    `${POD}  - {name: "é🐳", image: a}\n  - [{x: 漢}]\n    \n  initContainers: [{image: b}, {image: c:1}]\n`,
    `${POD}  - {name: "é🐳", image: a:latest@${DIGEST}}\n  - [{x: 漢}]\n    \n` +
      `  initContainers: [{image: b:latest@${DIGEST}}, {image: c:1@${DIGEST}}]\n`,
  ],
  [
    "writes once at an anchor that is used twice",
    "kubernetes",
    `${POD}  - image: &base alpine:3\n  - image: *base\n`,
    `${POD}  - image: &base alpine:3@${DIGEST}\n  - image: *base\n`,
  ],
  [
    "keeps the options of a line in the input images",
    "workflow",
    "jobs: { a: { steps: [{ uses: o/registry-pull@v1, with: { images: 'alpine:3,name=a' } }] } }\n",
    `jobs: { a: { steps: [{ uses: o/registry-pull@v1, with: { images: 'alpine:3@${DIGEST},name=a' } }] } }\n`,
  ],
];

describe("pinOf", () => {
  for (const [reference, expected] of Object.entries(REFERENCES)) {
    it(`makes ${expected} of ${reference}`, () => {
      assert.equal(pinned(`${reference}\n`, "list"), `${expected}\n`);
    });
  }
});

describe("withPins", () => {
  for (const [what, as, text, expected] of FILES) {
    it(what, () => assert.equal(pinned(text, as), expected));
    it(`${what}: a second time, nothing changes`, () => {
      assert.equal(pinned(expected, as), expected);
    });
  }

  it("writes the hex digits alone, and what stands around them", () => {
    const source = new SourceText("sha: \n");
    const pin = pinAt(source, 5, 5, { before: '"', after: '"', form: "hex" });
    const content = withPins(Buffer.from(source.text), [{ pin, digest: DIGEST }]);
    assert.equal(content.toString(), `sha: "${"1".repeat(64)}"\n`);
  });

  it("writes one place once, in whichever order and number its pins come", () => {
    const source = new SourceText("a b\n");
    const [one, other] = [pinAt(source, 1, 1, { before: "@" }), pinAt(source, 3, 3)];
    const edits = [other, one, other, one].map((pin) => ({ pin, digest: DIGEST }));
    assert.equal(withPins(Buffer.from(source.text), edits).toString(), `a@${DIGEST} b${DIGEST}\n`);
  });

  it("returns the content when there are no pins", () => {
    const content = Buffer.from([0xff, 0, 0xfe]);
    assert.deepEqual(withPins(content, []), content);
  });
});
