import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Findings, PLACE_LIMIT, type Spot } from "../../src/find/findings.ts";
import { SourceText } from "../../src/find/source-text.ts";

/** The findings of a text, and a spot for each of its words. */
function read(text: string): { readonly findings: Findings; readonly spots: readonly Spot[] } {
  const words = [...text.matchAll(/\S+/g)];
  const spots = words.map(({ 0: value, index }) => {
    return { start: index, end: index + value.length, value };
  });
  return { findings: new Findings(new SourceText(text)), spots };
}

const UNKNOWN: Readonly<Record<string, string>> = {
  "alpine:${{ inputs.tag }}": "it has an expression, which only the workflow can evaluate",
  "{{ .Values.image }}": "it is a template: render it first",
  "alpine:$TAG": "it has a variable without a value",
  "alpine:${TAG}": "it has a variable without a value",
  "alpine:$(TAG)": "it has a variable without a value",
  "alpine:$": "it has a variable without a value",
};

describe("Findings", () => {
  it("has what was added in the order of the file", () => {
    const { findings, spots } = read("a b c");
    for (const spot of spots.toReversed()) findings.literal(spot);
    const { references } = findings.found();
    assert.deepEqual(
      references.map(({ reference }) => reference),
      ["a", "b", "c"],
    );
  });

  it("has one place more than the limit, whatever a file has", () => {
    const { findings, spots } = read("a $b ".repeat(PLACE_LIMIT + 10));
    for (const spot of spots) findings.literal(spot);
    const { references, unknown } = findings.found();
    assert.deepEqual([references.length, unknown.length], [PLACE_LIMIT + 1, PLACE_LIMIT + 1]);
  });

  it("has a place once for each platform", () => {
    const { findings, spots } = read("a");
    for (const platform of ["linux/amd64", "linux/arm64", "linux/amd64", undefined, undefined]) {
      for (const spot of spots) findings.literal(spot, { platform });
    }
    const { references } = findings.found();
    assert.deepEqual(
      references.map(({ platform }) => platform),
      ["linux/amd64", "linux/arm64", undefined],
    );
  });

  it("adds nothing for an empty reference", () => {
    const { findings } = read("  ");
    findings.literal({ start: 0, end: 0, value: "" });
    findings.literal({ start: 0, end: 2, value: "  " });
    findings.expanded({ start: 1, end: 2, value: "$A" }, { value: "" });
    assert.deepEqual(findings.found(), { references: [], unknown: [] });
  });

  for (const [text, why] of Object.entries(UNKNOWN)) {
    it(`does not know ${text}`, () => {
      const findings = new Findings(new SourceText(text));
      findings.literal({ start: 0, end: text.length, value: text });
      const { references, unknown } = findings.found();
      assert.deepEqual(references, []);
      assert.deepEqual(
        unknown.map((one) => [one.text, one.why]),
        [[text, why]],
      );
    });
  }

  it("has the value of variables, without a pin", () => {
    const { findings, spots } = read("alpine:$TAG");
    for (const spot of spots) findings.expanded(spot, { value: "alpine:3.20" });
    const [reference] = findings.found().references;
    assert.equal(reference?.reference, "alpine:3.20");
    assert.equal(reference?.pin, undefined);
    assert.deepEqual([reference?.place.column, reference?.place.endColumn], [1, 12]);
  });

  it("has a pin for a text whose expansion is itself", () => {
    const { findings, spots } = read("alpine:3.20");
    for (const spot of spots) findings.expanded(spot, { value: "alpine:3.20" });
    assert.notEqual(findings.found().references[0]?.pin, undefined);
  });

  it("has a place once with a platform, and once without the need of one", () => {
    const { findings, spots } = read("alpine:3.20");
    for (const spot of spots) {
      for (const needsNoPlatform of [true, undefined, true] as const) {
        findings.literal(spot, { needsNoPlatform });
      }
    }
    const needs = findings.found().references.map(({ needsNoPlatform }) => needsNoPlatform);
    assert.deepEqual(needs, [true, undefined]);
  });

  it("has why a text has no value", () => {
    const { findings, spots } = read("$A $B");
    const [one, other] = spots;
    assert.ok(one !== undefined && other !== undefined);
    findings.expanded(one, { why: "A is set later" });
    findings.expanded(other, { value: "${C}" });
    const { unknown } = findings.found();
    assert.deepEqual(
      unknown.map(({ text, why }) => [text, why]),
      [
        ["$A", "A is set later"],
        ["$B", "it has a dollar sign"],
      ],
    );
  });
});
