/**
 * A place in a file. Lines and columns start at 1; columns count UTF-16 units. `endColumn` is the
 * first column after the place, on the same line. `start` and `end` are bytes from the start of the
 * file, `end` excluded.
 */
export type Place = {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly start: number;
  readonly end: number;
};

const BYTE_ORDER_MARK = "\uFEFF";

/** The text of a file, and where its characters are. */
export class SourceText {
  /** The text without a byte order mark. Offsets count its UTF-16 units from 0. */
  readonly text: string;
  /** The offset at which each line starts. */
  readonly #lineStarts: readonly number[];
  /** The byte at which each line starts. */
  readonly #byteStarts: readonly number[];

  /** `text` is the whole file, decoded from UTF-8, with its byte order mark if it has one. */
  constructor(text: string) {
    const hasMark = text.startsWith(BYTE_ORDER_MARK);
    this.text = hasMark ? text.slice(1) : text;
    const lineStarts = [0];
    const byteStarts = [hasMark ? Buffer.byteLength(BYTE_ORDER_MARK) : 0];
    for (const { 0: line, index } of this.text.matchAll(/[^\n]*\n/g)) {
      lineStarts.push(index + line.length);
      byteStarts.push((byteStarts.at(-1) ?? 0) + Buffer.byteLength(line));
    }
    this.#lineStarts = lineStarts;
    this.#byteStarts = byteStarts;
  }

  /** The place of the text from offset `start` to `end`. */
  place(start: number, end: number): Place {
    const at = this.#lineIndex(start);
    const lineStart = this.#lineStarts[at] ?? 0;
    const lineEnd = this.#lineStarts[at + 1] ?? this.text.length + 1;
    return {
      line: at + 1,
      column: start - lineStart + 1,
      endColumn: Math.min(end, lineEnd - 1) - lineStart + 1,
      start: this.#byteAt(start),
      end: this.#byteAt(end),
    };
  }

  /** The offset of a line and a character in it, both counted from 0. */
  offset(line: number, character: number): number {
    return (this.#lineStarts[line] ?? this.text.length) + character;
  }

  #byteAt(offset: number): number {
    const at = this.#lineIndex(offset);
    const before = this.text.slice(this.#lineStarts[at], offset);
    return (this.#byteStarts[at] ?? 0) + Buffer.byteLength(before);
  }

  /** The last line that starts at `offset` or before, counted from 0. */
  #lineIndex(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
