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

// A line can be as long as the file. It is cut, so that few characters are counted for each place.
const LONGEST_BLOCK = 1_024;

/** The text of a file, and where its characters are. */
export class SourceText {
  /** The text without a byte order mark. Offsets count its UTF-16 units from 0. */
  readonly text: string;
  /** The offset at which each line starts. */
  readonly #lineStarts: readonly number[];
  /** The offset at which each block starts: a line, or a part of a long one. */
  readonly #blockStarts: readonly number[];
  /** The byte at which each block starts. */
  readonly #byteStarts: readonly number[];

  /** `text` is the whole file, decoded from UTF-8, with its byte order mark if it has one. */
  constructor(text: string) {
    const hasMark = text.startsWith(BYTE_ORDER_MARK);
    this.text = hasMark ? text.slice(1) : text;
    this.#lineStarts = lineStartsOf(this.text);
    this.#blockStarts = this.#lineStarts.flatMap((start, at) => {
      return blockStartsOf(this.text, start, this.#lineStarts[at + 1] ?? this.text.length);
    });
    let bytes = hasMark ? Buffer.byteLength(BYTE_ORDER_MARK) : 0;
    this.#byteStarts = this.#blockStarts.map((start, at) => {
      const blockStart = bytes;
      bytes += Buffer.byteLength(this.text.slice(start, this.#blockStarts[at + 1]));
      return blockStart;
    });
  }

  /** The place of the text from offset `start` to `end`. */
  place(start: number, end: number): Place {
    const at = indexAt(this.#lineStarts, start);
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
    const at = indexAt(this.#blockStarts, offset);
    const before = this.text.slice(this.#blockStarts[at], offset);
    return (this.#byteStarts[at] ?? 0) + Buffer.byteLength(before);
  }
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
    starts.push(end + 1);
  }
  return starts;
}

/** The blocks of a line. None ends inside a surrogate pair, whose halves have no length in UTF-8. */
function blockStartsOf(text: string, start: number, end: number): readonly number[] {
  const starts = [start];
  for (let at = start + LONGEST_BLOCK; at < end; at += LONGEST_BLOCK) {
    starts.push(isLowSurrogate(text, at) ? at + 1 : at);
  }
  return starts;
}

function isLowSurrogate(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

/** The index of the last of `starts`, which ascend, at `offset` or before it. */
function indexAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
