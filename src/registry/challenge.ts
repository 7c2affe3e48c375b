/** One challenge of a `WWW-Authenticate` header: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
export type Challenge = {
  /** Lower case: `bearer`, `basic`, `negotiate`. */
  readonly scheme: string;
  /** Names in lower case. A name given twice keeps its first value. */
  readonly parameters: ReadonlyMap<string, string>;
};

// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 and, for the credentials of one-word schemes, #section-11.2 (token68)
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const SPACE = /[ \t]+/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*)+|[ \t]+/y;
// A value longer than this is no realm, service or scope; Node ends headers at 16 KiB anyway.
const LENGTH_LIMIT = 16 * 1024;

/**
 * The challenges of a header, in order. Node joins repeated headers with commas, so one value may hold several.
 * Never fails: what cannot be read ends the list, and unknown schemes are there for the caller to skip.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const scanner = new Scanner(header.slice(0, LENGTH_LIMIT));
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  scanner.take(SEPARATOR);
  while (!scanner.done) {
    const start = scanner.at;
    const word = scanner.take(TOKEN);
    if (word === undefined) break;
    const current = challenges.at(-1);
    if (current !== undefined && scanner.take(EQUALS) !== undefined) {
      const value = scanner.value();
      if (value === undefined) break;
      const name = word.toLowerCase();
      if (!current.parameters.has(name)) current.parameters.set(name, value);
    } else {
      scanner.at = start + word.length;
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
      if (scanner.take(SPACE) !== undefined) scanner.take(TOKEN68);
    }
    if (!scanner.done && scanner.take(SEPARATOR) === undefined && scanner.at === start) break;
  }
  return challenges;
}

/** Reads a header from left to right; every step is bounded by its length. */
class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  /** A token or a quoted string; undefined when a quote never closes. */
  value(): string | undefined {
    if (this.#text[this.at] !== '"') return this.take(TOKEN);
    let value = "";
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '"') {
        this.at = at + 1;
        return value;
      }
      value += char === "\\" ? (this.#text[++at] ?? "") : char;
    }
    return undefined;
  }
}
