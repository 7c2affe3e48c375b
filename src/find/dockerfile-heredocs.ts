/** A here-document that a line starts. */
export type Heredoc = {
  /** The line that ends it. */
  readonly name: string;
  /** True for `<<-`, where tabs may stand before the name. */
  readonly isTabbed: boolean;
};

// https://github.com/moby/buildkit/blob/v0.23.2/frontend/dockerfile/shell/lex.go
const TOKEN = /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|<<[ \t]*|[^'"\\]/y;
const HEREDOC = /^\d*<<(-?)\s*((?!\s)[^<]*)$/;
const QUOTED = /'([^']*)'|"([^"]*)"|\\([\s\S])/g;

/**
 * The here-documents that the arguments of an ADD, COPY or RUN start, in their order. As in
 * BuildKit, there are none in JSON, in quotes, or beside a quote without an end:
 * https://github.com/moby/buildkit/blob/v0.23.2/frontend/dockerfile/parser/parser.go
 */
export function parseHeredocs(args: string): readonly Heredoc[] {
  if (!args.includes("<<") || isJsonList(args)) return [];
  return shellWords(args).flatMap((word) => {
    const [, dash = "", quoted = ""] = HEREDOC.exec(word) ?? [];
    const name = quoted.replace(QUOTED, "$1$2$3");
    return name === "" ? [] : { name, isTabbed: dash !== "" };
  });
}

function isJsonList(args: string): boolean {
  if (!args.startsWith("[")) return false;
  try {
    return Array.isArray(JSON.parse(args));
  } catch {
    return false;
  }
}

/** The words of a shell command with their quotes. None when a quote has no end. */
function shellWords(text: string): readonly string[] {
  const words: string[] = [];
  let word = "";
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [token] = TOKEN.exec(text) ?? [];
    if (token === undefined) return [];
    if (/^\s$/.test(token)) {
      words.push(word);
      word = "";
    } else {
      word += token;
    }
  }
  return [...words, word];
}

/** The lines of a Dockerfile, for the ends of its here-documents. Lines count from 0. */
export class HeredocLines {
  readonly #lines: readonly string[];
  readonly #last: ReadonlyMap<string, number>;
  readonly #lastTabbed: ReadonlyMap<string, number>;

  constructor(text: string) {
    this.#lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
    this.#last = lastIndexes(this.#lines);
    this.#lastTabbed = lastIndexes(this.#lines.map(withoutTabs));
  }

  /**
   * The first line after the here-documents whose bodies start at a line. One without an end has no
   * body: BuildKit refuses it, and for older builders it was a part of the shell command.
   */
  after(start: number, heredocs: readonly Heredoc[]): number {
    return heredocs.reduce((line, heredoc) => this.#end(line, heredoc), start);
  }

  #end(start: number, { name, isTabbed }: Heredoc): number {
    const lastOf = isTabbed ? this.#lastTabbed : this.#last;
    const last = lastOf.get(name) ?? -1;
    for (let at = start; at <= last; at++) {
      const line = this.#lines[at] ?? "";
      if ((isTabbed ? withoutTabs(line) : line) === name) return at + 1;
    }
    return start;
  }
}

function lastIndexes(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(lines.map((line, at) => [line, at]));
}

function withoutTabs(line: string): string {
  return line.replace(/^\t+/, "");
}
