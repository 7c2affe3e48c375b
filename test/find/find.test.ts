import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type FileFinding, findReferences } from "../../src/find/find.ts";
import { KINDS, type Kind } from "../../src/find/kind.ts";
import type { Surroundings } from "../../src/find/surroundings.ts";
import { find, holdsWhenPinned, PARTS, SAMPLES } from "../fuzz/files.ts";
import { madeOf, mutated } from "../fuzz/hostile-text.ts";
import { SHAPES } from "../support/hostile-files.ts";
import { assertFinds } from "../support/marked.ts";

const ALONE: Surroundings = {
  variable: () => undefined,
  isSecret: () => false,
  beside: () => undefined,
};

function read(path: string, text: string, as?: Kind): FileFinding | undefined {
  return findReferences(path, text, as, ALONE);
}

describe("findReferences", () => {
  it("takes the kind that is asked for before the one of the path", () => {
    assertFinds("compose.yaml", "⟦alpine⟧\n", "list");
  });

  it("takes the kind of the path before the one of the content", () => {
    assertFinds("images.txt", "⟦apiVersion:v1⟧\n");
  });

  it("takes the kind of the content", () => {
    assertFinds("x.json", '{"apiVersion": "v1", "kind": "Pod", "containers": [{"image": "⟦a⟧"}]}');
  });

  it("returns undefined for a file of no kind", () => {
    for (const path of ["package.json", "README.md", "x.yaml"]) {
      assert.equal(read(path, '{"name": "a"}'), undefined);
    }
  });

  it("returns the mistake in a file that is not YAML", () => {
    const finding = read("pod.yaml", "apiVersion: v1\nkind: Pod: x\n");
    assert.ok(finding !== undefined && "mistake" in finding);
    assert.equal(finding.mistake.line, 2);
  });

  it("reads a template as far as it is YAML, and says where that ends", () => {
    const finding = read("deploy.yaml", "apiVersion: v1\nkind: Pod\nx: {{ a }}\ny: 'z\n");
    assert.ok(finding !== undefined && !("mistake" in finding));
    assert.deepEqual(
      finding.unknown.map(({ place, why }) => [place.line, why]),
      [[5, "from here on, the template is no YAML: render it first"]],
    );
  });
});

describe("every kind", () => {
  for (const kind of KINDS) {
    it(`never throws, and stays the same around pins: ${kind}`, () => {
      const text = fc.oneof(madeOf(...PARTS), mutated(...SAMPLES[kind]));
      fc.assert(fc.property(text, (written) => holdsWhenPinned(written, kind)));
    });

    it(`finds something in the samples: ${kind}`, () => {
      for (const sample of SAMPLES[kind]) assert.notEqual(find(sample, kind).length, 0, sample);
    });
  }
});

// No time is asserted: at the full size, what is quadratic does not end within the time of a test.
describe("a hostile file", () => {
  const size = process.env["FULL_SIZE"] === "1" ? 256 * 1_024 : 64 * 1_024;
  for (const [what, { kinds, of }] of Object.entries(SHAPES)) {
    it(`is read in linear time: ${what}`, () => {
      const text = of(size);
      for (const kind of kinds) read("file.yaml", text, kind);
    });
  }
});
