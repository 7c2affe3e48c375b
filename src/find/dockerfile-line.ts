/** Text whose characters stand at known offsets of a file, not always side by side. */
export class Piece {
  readonly text: string;
  readonly #offsets: readonly number[];

  private constructor(text: string, offsets: readonly number[]) {
    this.text = text;
    this.#offsets = offsets;
  }

  /** The lines of a file from offset `start` to `end`, without what continues them. */
  static joined(file: string, start: number, end: number, escapeToken: string): Piece {
    const lines = file.slice(start, end);
    const offsets: number[] = [];
    let at = 0;
    for (const { 0: gap, index } of lines.matchAll(CONTINUATIONS[escapeToken] ?? /$/g)) {
      for (; at < index; at++) offsets.push(start + at);
      at = index + gap.length;
    }
    for (; at < lines.length; at++) offsets.push(start + at);
    const text = offsets.map((offset) => file[offset]).join("");
    return new Piece(text, offsets);
  }

  slice(from: number, to?: number): Piece {
    return new Piece(this.text.slice(from, to), this.#offsets.slice(from, to));
  }

  /** The characters at some indexes, in their order. */
  pick(indexes: readonly number[]): Piece {
    const text = indexes.map((index) => this.text[index]).join("");
    const offsets = indexes.map((index) => this.#offsets[index] ?? 0);
    return new Piece(text, offsets);
  }

  /** Where it stands in the file. */
  span(): { readonly start: number; readonly end: number } {
    const [first = 0] = this.#offsets;
    const last = this.#offsets.at(-1) ?? -1;
    return { start: first, end: last + 1 };
  }
}

// An escape character at the end of a line, and the blank lines after it. Two do not continue it.
const CONTINUATIONS: Readonly<Record<string, RegExp>> = {
  "\\": /(?<!\\)\\[ \t]*(?:\n(?:[ \t]*\n)*|$)/g,
  "`": /(?<!`)`[ \t]*(?:\n(?:[ \t]*\n)*|$)/g,
};

/** An option of an instruction, as `--from=x`. Its value has no quotes and no escapes. */
export type Flag = { readonly name: string; readonly value: Piece };

/** An instruction with its name in lower case, and its arguments after the flags. */
export type Instruction = {
  readonly name: string;
  readonly flags: readonly Flag[];
  readonly args: Piece;
  /** True for one that `ONBUILD` leaves to the build of another image. */
  readonly isTrigger: boolean;
};

/** Splits the line of an instruction. `ONBUILD` gives the instruction after it. */
export function parseInstruction(line: Piece, escapeToken: string): Instruction {
  const instruction = splitInstruction(line, escapeToken);
  if (instruction.name !== "onbuild") return { ...instruction, isTrigger: false };
  return { ...splitInstruction(instruction.args, escapeToken), isTrigger: true };
}

/**
 * Flags stand before everything else:
 * https://github.com/moby/buildkit/blob/v0.23.2/frontend/dockerfile/parser/split_command.go
 */
function splitInstruction(line: Piece, escapeToken: string): Omit<Instruction, "isTrigger"> {
  const [start = "", name = ""] = /^[ \t]*([^ \t]*)[ \t]*/.exec(line.text) ?? [];
  const flags: Flag[] = [];
  let at = start.length;
  while (line.text.startsWith("--", at)) {
    const word = readWord(line.text, at, escapeToken);
    flags.push(flagOf(line.pick(word.plain)));
    at = afterBlanks(line.text, word.end);
  }
  return { name: name.toLowerCase(), flags, args: line.slice(at) };
}

function flagOf(word: Piece): Flag {
  const equals = word.text.indexOf("=");
  const nameEnd = equals < 0 ? word.text.length : equals;
  const name = word.text.slice(2, nameEnd);
  return { name, value: word.slice(nameEnd + 1) };
}

/** The words of a text with their quotes and escapes. Blanks in quotes separate no words. */
export function quotedWords(text: string, escapeToken: string): readonly string[] {
  const words: string[] = [];
  let at = afterBlanks(text, 0);
  while (at < text.length) {
    const { end } = readWord(text, at, escapeToken);
    words.push(text.slice(at, end));
    at = afterBlanks(text, end);
  }
  return words;
}

type Word = {
  readonly end: number;
  /** The indexes of its characters without quotes and escapes. */
  readonly plain: readonly number[];
};

function readWord(text: string, start: number, escapeToken: string): Word {
  const plain: number[] = [];
  let quote = "";
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? "";
    if (quote === "" && isBlank(char)) break;
    if (char === quote) {
      quote = "";
    } else if (quote === "" && (char === "'" || char === '"')) {
      quote = char;
    } else {
      if (char === escapeToken && quote !== "'") at++;
      if (at < text.length) plain.push(at);
    }
  }
  return { end: at, plain };
}

function afterBlanks(text: string, start: number): number {
  let at = start;
  while (isBlank(text[at])) at++;
  return at;
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t";
}
