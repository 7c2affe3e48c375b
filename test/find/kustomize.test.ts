import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findReferences } from "../../src/find/find.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { assertFinds, found, pinnedText } from "../support/marked.ts";

const OLD = `sha256:${"0".repeat(64)}`;
const NEW = `sha256:${"a".repeat(64)}` as Digest;

const ROWS: Readonly<Record<string, string>> = {
  "takes the name and the new tag": "images:\n- name: ⟦nginx⟧\n  newTag: 1.27.2\n",
  "stands at the new name":
    "images:\n  - name: app\n    newName: ⟦ghcr.io/org/app⟧\n    newTag: v1\n",
  "takes a digest alone": `images:\n- name: ⟦nginx⟧\n  digest: ${OLD}\n`,
  "takes every entry, in any style":
    'images:\n- {name: ⟦a/b⟧, newTag: \'1\'}\n- newTag: "2"\n  name: "⟦localhost:5000/c⟧"\n',
  "takes a component":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nimages:\n- name: ⟦a⟧\n  newTag: b\n",
  "takes several documents":
    "images:\n- name: ⟦a⟧\n  newTag: b\n---\nimages:\n- name: ⟦c⟧\n  newTag: d\n",
  "takes what a merge key adds":
    "x-tag: &tag\n  newTag: v1\nimages:\n- name: ⟦a⟧\n  <<: *tag\n- name: ⟦b⟧\n  <<: *tag\n",
  "does not know the tag of an entry without one":
    "images:\n- name: ⟪a⟫\n  newName: ''\n- name: b\n  newName: ⟪c⟫\n  newTag: ''\n",
  "does not know a variable in any part":
    "images:\n- name: ⟪$A/b⟫\n  newTag: v1\n- name: ⟪c⟫\n  newTag: ${TAG}\n- name: ⟪d⟫\n  digest: $(D)\n",
  "does not know a template in any part":
    "images:\n- name: ⟪a⟫\n  newTag: '{{ .tag }}'\n- name: b\n  newName: ⟪{{ .name }}⟫\n  newTag: v1\n",
  "does not know a name with a tag or a digest of its own": `images:\n- name: ⟪a:1⟫\n  newTag: v1\n- name: b\n  newName: ⟪c@${OLD}⟫\n  newTag: v1\n`,
  "does not know which images match a pattern":
    "images:\n- name: ⟪(.*)/app⟫\n  newTag: v1\n- name: (.*)/web\n  newName: ⟦web⟧\n  newTag: v1\n",
  "skips entries that name nothing":
    "images:\n- newTag: v1\n- name: ~\n  newTag: v1\n- name: [a]\n  newTag: v1\n- text\n",
  "skips other images": "resources: [a.yaml]\nimage: nginx:1\ngenerators:\n- image: nginx:1\n",
};

// What an entry is before and after its image is pinned.
const PINS: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    "adds a line after the new tag",
    "images:\n- name: a\n  newTag: v1\n",
    `images:\n- name: a\n  newTag: v1\n  digest: ${NEW}\n`,
  ],
  [
    "indents it like the other keys when the tag comes first",
    "images:\n  -   newTag: v1\n      name: a\n",
    `images:\n  -   newTag: v1\n      digest: ${NEW}\n      name: a\n`,
  ],
  [
    "indents it like the other keys below a dash of their own",
    "images:\n-\n    name: a\n    newTag: v1\n",
    `images:\n-\n    name: a\n    newTag: v1\n    digest: ${NEW}\n`,
  ],
  [
    "leaves a comment on its line",
    "images:\n- name: a\n  newTag: v1 # stable\n  # next\n",
    `images:\n- name: a\n  newTag: v1 # stable\n  digest: ${NEW}\n  # next\n`,
  ],
  [
    "keeps CRLF and a byte order mark",
    "\uFEFFimages:\r\n- name: a\r\n  newTag: 'v1' # é\r\n- name: b\r\n  newTag: v2",
    `\uFEFFimages:\r\n- name: a\r\n  newTag: 'v1' # é\r\n  digest: ${NEW}\r\n` +
      `- name: b\r\n  newTag: v2\r\n  digest: ${NEW}`,
  ],
  [
    "keeps a last line without an end",
    "images:\n- name: a\n  newTag: v1",
    `images:\n- name: a\n  newTag: v1\n  digest: ${NEW}`,
  ],
  [
    "adds a key in flow style",
    'images: [{name: a, newTag: "1"}, {newTag: v2, name: b}]\n',
    `images: [{name: a, newTag: "1", digest: ${NEW}}, {newTag: v2, digest: ${NEW}, name: b}]\n`,
  ],
  [
    "adds a line after a block scalar",
    "images:\n- newTag: >-\n    v1\n  name: a\n",
    `images:\n- newTag: >-\n    v1\n  digest: ${NEW}\n  name: a\n`,
  ],
  [
    "replaces a digest within its quotes",
    `images:\n- name: a\n  digest: "${OLD}" # old\n  newTag: v1\n`,
    `images:\n- name: a\n  digest: "${NEW}" # old\n  newTag: v1\n`,
  ],
  [
    "fills a digest that is there and empty",
    "images:\n- {name: a, newTag: v1, digest: ''}\n- name: b\n  digest: # none\n  newTag: v1\n" +
      "- name: c\n  newTag: v1\n  digest:\n- {name: d, newTag: v1, digest: ~}\n",
    `images:\n- {name: a, newTag: v1, digest: '${NEW}'}\n- name: b\n  digest: ${NEW} # none\n` +
      `  newTag: v1\n- name: c\n  newTag: v1\n  digest: ${NEW}\n` +
      `- {name: d, newTag: v1, digest: ${NEW}}\n`,
  ],
  [
    "leaves a digest without a tag",
    `images:\n- name: a\n  digest: ${OLD}\n`,
    `images:\n- name: a\n  digest: ${OLD}\n`,
  ],
  [
    "leaves keys that entries share",
    "x: &x {newTag: v1, digest: ''}\nimages:\n- name: a\n  <<: *x\n- name: b\n  newTag: &t v1\n- name: c\n  newTag: *t\n",
    "x: &x {newTag: v1, digest: ''}\nimages:\n- name: a\n  <<: *x\n- name: b\n  newTag: &t v1\n" +
      `  digest: ${NEW}\n- name: c\n  newTag: *t\n`,
  ],
  [
    "writes JSON into JSON",
    '{"images": [{"name": "a", "newTag": "1"}, {\n  "newTag": "2",\n  "name": "b"\n}]}\n',
    `{"images": [{"name": "a", "newTag": "1", "digest": "${NEW}"}, ` +
      `{\n  "newTag": "2", "digest": "${NEW}",\n  "name": "b"\n}]}\n`,
  ],
  [
    "leaves an entry that another one merges, whose digest would be wrong there",
    'images:\n- &e {name: alpine, newTag: "1"}\n- {<<: *e, name: debian}\n- &f\n  name: a\n  newTag: v1\n' +
      "- <<: [*f]\n  name: b\n  newTag: v2\n",
    'images:\n- &e {name: alpine, newTag: "1"}\n- {<<: *e, name: debian}\n- &f\n  name: a\n  newTag: v1\n' +
      `- <<: [*f]\n  name: b\n  newTag: v2\n  digest: ${NEW}\n`,
  ],
  [
    "leaves a digest that entries share",
    `images:\n- {name: a, newTag: v1, digest: &d ${OLD}}\n- {name: b, newTag: v1, digest: *d}\n`,
    `images:\n- {name: a, newTag: v1, digest: &d ${OLD}}\n- {name: b, newTag: v1, digest: *d}\n`,
  ],
  [
    "leaves a key without a value",
    "images: [{name: a, newTag: v1, digest}]\n",
    "images: [{name: a, newTag: v1, digest}]\n",
  ],
];

function pinned(text: string): string {
  const { references } = found("kustomization.yaml", text);
  return pinnedText(text, references, NEW);
}

describe("findInKustomization", () => {
  for (const [what, text] of Object.entries(ROWS)) {
    it(what, () => assertFinds("kustomization.yaml", text));
  }

  it("puts the parts together", () => {
    const text = `images:\n- name: a\n  newName: b.io/c\n  newTag: v1\n  digest: ${OLD}\n`;
    const [image] = found("kustomization.yaml", text).references;
    assert.equal(image?.reference, `b.io/c:v1@${OLD}`);
  });

  it("says why an entry is unknown", () => {
    const text = "images:\n- name: a\n- name: b:1\n  newTag: v1\n- name: b*\n  newTag: v1\n";
    const reasons = found("kustomization.yaml", text).unknown.map(({ why }) => why);
    assert.deepEqual(reasons, [
      "its tag is the one that the resources have",
      "its name has a tag or a digest: use newTag or digest",
      "its name is a pattern",
    ]);
  });

  it("finds any name where it is written", () => {
    const name = fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}$/);
    const quote = fc.constantFrom("", "'", '"');
    fc.assert(
      fc.property(name, quote, (reference, mark) => {
        const value = `${mark}⟦${reference}⟧${mark}`;
        const entries = `- name: ${value}\n  newTag: é\n- {newName: ${value}, newTag: v1}\n`;
        assertFinds("kustomization.yaml", `images:\n${entries}`);
      }),
    );
  });

  it("never throws", () => {
    const line = fc.constantFrom(
      "images:",
      "- name: a",
      "  newTag: v1",
      "- {",
      "}",
      "  digest:",
      "- &a",
      "<<: *a",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(line).map((lines) => lines.join("\n")),
    );
    const surroundings = {
      variable: () => undefined,
      isSecret: () => false,
      beside: () => undefined,
    };
    fc.assert(fc.property(text, (any) => void findReferences("a", any, "kustomize", surroundings)));
  });
});

describe("pins of a kustomization", () => {
  for (const [what, before, after] of PINS) {
    it(what, () => assert.equal(pinned(before), after));

    it(`${what}, and nothing the second time`, () => assert.equal(pinned(after), after));
  }

  it("are found again", () => {
    const text = pinned("images:\n- name: a\n  newTag: v1\n- {name: b, newTag: v2}\n");
    const references = found("kustomization.yaml", text).references;
    const lines = references.map(({ reference, place }) => `${place.line} ${reference}`);
    assert.deepEqual(lines, [`2 a:v1@${NEW}`, `5 b:v2@${NEW}`]);
  });
});
