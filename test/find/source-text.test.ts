import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Place, SourceText } from "../../src/find/source-text.ts";

/** The place of a part of a text. */
function placeOf(text: string, part: string): Place {
  const source = new SourceText(text);
  const start = source.text.indexOf(part);
  return source.place(start, start + part.length);
}

type Row = readonly [what: string, text: string, place: readonly number[]];

// Line, column, end column, first byte and end byte of `alpine`.
const ROWS: readonly Row[] = [
  ["at the start", "alpine", [1, 1, 7, 0, 6]],
  ["after a byte order mark", "\uFEFFalpine\n", [1, 1, 7, 3, 9]],
  ["on the second line after a byte order mark", "\uFEFF\nalpine", [2, 1, 7, 4, 10]],
  ["after CRLF", "a\r\nb: alpine\r\n", [2, 4, 10, 6, 12]],
  ["after a tab", "\talpine", [1, 2, 8, 1, 7]],
  ["after an emoji", "# 🐳 alpine", [1, 6, 12, 7, 13]],
  ["after letters beyond ASCII", "é漢: alpine", [1, 5, 11, 7, 13]],
  ["after lines beyond ASCII", "é\n漢\n alpine", [3, 2, 8, 8, 14]],
  ["after line separators of Unicode", "\u2028\u0085alpine", [1, 3, 9, 5, 11]],
];

// Line after line, unit after unit.
function slowPlace(text: string, start: number, end: number): Place {
  const before = text.slice(0, start).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  const [firstLine = ""] = text.slice(start).split("\n");
  return {
    line: before.length,
    column,
    endColumn: column + Math.min(end - start, firstLine.length),
    start: Buffer.byteLength(text.slice(0, start)),
    end: Buffer.byteLength(text.slice(0, end)),
  };
}

const WIDE = fc.constantFrom(
  "a",
  "\n",
  "\r\n",
  "é",
  "漢",
  "🐳",
  "\t",
  "x".repeat(700),
  "🐳".repeat(520),
);

describe("SourceText", () => {
  for (const [what, text, [line, column, endColumn, start, end]] of ROWS) {
    it(`places a text ${what}`, () => {
      assert.deepEqual(placeOf(text, "alpine"), { line, column, endColumn, start, end });
    });
  }

  it("ends a place of several lines at the end of the first", () => {
    const { line, endColumn, end } = placeOf("x: ab\n  cd", "ab\n  cd");
    assert.deepEqual([line, endColumn, end], [1, 6, 10]);
  });

  it("has the offset of a line and a character", () => {
    const source = new SourceText("\uFEFFab\ncd");
    assert.deepEqual([source.offset(0, 1), source.offset(1, 1), source.offset(9, 0)], [1, 4, 5]);
  });

  it("counts both halves of a surrogate pair together, wherever a long line is cut", () => {
    for (const length of [1_022, 1_023, 1_024, 2_047]) {
      const text = `${"a".repeat(length)}🐳 alpine`;
      const { start, end } = placeOf(text, "alpine");
      assert.deepEqual([start, end], [length + 5, length + 11]);
    }
  });

  it("counts like a slow model, in long lines, too", () => {
    const text = fc.array(WIDE, { maxLength: 12 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(9), (written, from, length) => {
        const start = wholeAt(written, from % (written.length + 1));
        const end = wholeAt(written, Math.min(start + length, written.length));
        const place = new SourceText(written).place(start, end);
        assert.deepEqual(place, slowPlace(written, start, end));
      }),
    );
  });
});

/** An offset that is not inside a surrogate pair. */
function wholeAt(text: string, offset: number): number {
  return /^[\uDC00-\uDFFF]/.test(text.slice(offset)) ? offset - 1 : offset;
}
