/** A token in a header: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
export const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
// Some servers write other characters without quotes: `realm=/`.
const UNQUOTED = /[^ \t",;]*/y;
/** The sign between a parameter's name and its value, with optional spaces. */
export const EQUALS = /[ \t]*=[ \t]*/y;
// Node refuses answers whose headers are longer than 16 KiB in total.
const LENGTH_LIMIT = 16 * 1024;

/** Reads a header from left to right. No step takes longer than the header is long. */
export class Scanner {
  at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text.slice(0, LENGTH_LIMIT);
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  /** The text that a sticky pattern matches here, and moves past it; undefined without a match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  /**
   * A quoted string without its quotes and escapes, or the text up to the next separator, which may
   * be empty; undefined when a quote never closes.
   */
  value(): string | undefined {
    if (this.#text[this.at] !== '"') return this.take(UNQUOTED);
    let value = "";
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '"') {
        this.at = at + 1;
        return value;
      }
      if (char === "\\") at++;
      value += this.#text[at] ?? "";
    }
    return undefined;
  }
}
