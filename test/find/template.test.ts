import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hideComments, hideTemplates } from "../../src/find/template.ts";
import { madeOf } from "../fuzz/hostile-text.ts";

// Marks are shown as `~`.
const TEMPLATES: Readonly<Record<string, readonly [text: string, hidden: string]>> = {
  "actions in a value": ["image: {{ .a }}:{{.b}}", "image: ~~~~~~~~:~~~~~~"],
  "actions in quotes": ['image: "{{ .a }}"', 'image: "~~~~~~~~"'],
  "expressions of workflows": ["tag: ${{ a }}", "tag: $~~~~~~~"],
  "lines of actions": [
    "a: b\n  {{- if .x }}\nc: d\n{{ end }}",
    "a: b\n              \nc: d\n         ",
  ],
  "lines of several actions": ["{{ a }} {{ b }}\t\r\n", "                \r\n"],
  "comments of several lines": ["{{/* a\n  b: c\n*/}}\nd: e", "      \n      \n    \nd: e"],
  "an action that starts in a line of text": ["a: {{ b\n}}", "a: ~~~~\n  "],
  "an action that is not closed": ["a: {{ b\nc: d }", "a: {{ b\nc: d }"],
  "an action without an end no further than its line": ["# {{ a\nb: {{ c }}", "# {{ a\nb: ~~~~~~~"],
  "an action of two lines in quotes": [
    "- '{{ if }}a{{-\n    end }}'",
    "- '~~~~~~~~a~~~\n    ~~~~~~'",
  ],
  "braces alone": ["a: {b: {c: d}}", "a: {b: {c: d}}"],
};

const COMMENTS: Readonly<Record<string, readonly [text: string, hidden: string]>> = {
  "comments to the end of the line": ['{"a": 1 // b\n}', '{"a": 1     \n}'],
  "comments of several lines": ["{ /* a\r\nb **/ }", "{     \r\n      }"],
  "a comment that is not closed": ["{ /* a", "{     "],
  "not what looks like one in a string": ['"a // b /* c"', '"a // b /* c"'],
  "not what follows an escaped quote": ['"a\\" // b"', '"a\\" // b"'],
  "comments after a string that is not closed": ['"a\n// "b"', '"a\n      '],
};

describe("hideTemplates", () => {
  for (const [what, [text, hidden]] of Object.entries(TEMPLATES)) {
    it(`hides ${what}`, () => {
      assert.equal(hideTemplates(text).replaceAll("\uE000", "~"), hidden);
    });
  }

  it("keeps the length and the lines", () => {
    keepsShape(hideTemplates, ["{{", "}}", "{", "\n", "\r\n", " ", "a", "- x: ", "$"]);
  });
});

describe("hideComments", () => {
  for (const [what, [text, hidden]] of Object.entries(COMMENTS)) {
    it(`hides ${what}`, () => assert.equal(hideComments(text), hidden));
  }

  it("keeps the length and the lines", () => {
    keepsShape(hideComments, ["//", "/*", "*/", "*", '"', "\\", "\n", "\r\n", "a"]);
  });
});

function keepsShape(hide: (text: string) => string, parts: readonly string[]): void {
  const shape = (text: string): readonly number[] => text.split("\n").map(({ length }) => length);
  fc.assert(
    fc.property(madeOf(...parts), (text) => assert.deepEqual(shape(hide(text)), shape(text))),
  );
}
