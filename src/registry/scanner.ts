/** A word of a header: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
// What servers write where a token should be: `realm=/`.
const UNQUOTED = /[^ \t",;]*/y;
/** What stands between a parameter's name and its value. */
export const EQUALS = /[ \t]*=[ \t]*/y;
// Node ends headers at 16 KiB: what is longer was never one.
const LENGTH_LIMIT = 16 * 1024;

/** Reads a header from left to right; every step is bounded by its length. */
export class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.slice(0, LENGTH_LIMIT);
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  /** What a sticky pattern matches here, and is then behind us; undefined when it does not. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  /** A quoted string, or what stands up to the next separator, which may be nothing; undefined when a quote never closes. */
  value(): string | undefined {
    if (this.#text[this.at] !== '"') return this.take(UNQUOTED);
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
