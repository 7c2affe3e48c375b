import type { Expansion } from "./findings.ts";

/** The variables that have a value, and those whose value only a build knows. */
export type Variables = ReadonlyMap<string, Expansion>;

const PLATFORM: Expansion = { why: "it has a variable that depends on the platform of the build" };

/** The variables that a build sets: https://docs.docker.com/reference/dockerfile/#predefined-args */
export const PREDEFINED: Variables = new Map(
  ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"]
    .flatMap((what) => [`BUILD${what}`, `TARGET${what}`])
    .concat("TARGETSTAGE")
    .map((name) => [name, PLATFORM]),
);

const UNSET: Expansion = { why: "it has a variable without a value" };
const UNSUPPORTED: Expansion = { why: "it has a substitution that only a build evaluates" };
const BROKEN: Expansion = { why: "its quotes or braces have no end, or are nested too deeply" };
const TOO_LONG: Expansion = { why: "it is longer than any reference" };

// A reference has at most 255 characters of name, 128 of tag, 71 of SHA-256 digest and two signs
// between them. https://github.com/distribution/reference/blob/v0.6.0/reference.go
const LONGEST = 500;
const DEEPEST = 20;

/**
 * The value of a word without its quotes and escapes, and with its variables replaced:
 * https://docs.docker.com/reference/dockerfile/#environment-replacement. A variable without a value
 * makes it unknown, although BuildKit puts nothing in its place.
 */
export function expand(word: string, variables: Variables, escapeToken: string): Expansion {
  return new Expander(word, variables, escapeToken).upTo(undefined, 0);
}

class Expander {
  readonly #text: string;
  readonly #variables: Variables;
  readonly #escapeToken: string;
  #at = 0;

  constructor(text: string, variables: Variables, escapeToken: string) {
    this.#text = text;
    this.#variables = variables;
    this.#escapeToken = escapeToken;
  }

  /** The value of the text before `end`, which is read, too. */
  upTo(end: string | undefined, depth: number): Expansion {
    if (depth > DEEPEST) {
      this.#at = this.#text.length;
      return BROKEN;
    }
    let value: Expansion = { value: "" };
    while (this.#at < this.#text.length) {
      const char = this.#read();
      if (char === end) return value;
      value = joined(value, this.#part(char, end === '"', depth));
    }
    return end === undefined ? value : BROKEN;
  }

  #part(char: string, isQuoted: boolean, depth: number): Expansion {
    if (char === "$") return this.#variable(depth);
    if (char === this.#escapeToken) return { value: this.#escaped(isQuoted) };
    if (char === '"') return this.upTo('"', depth + 1);
    if (char === "'" && !isQuoted) return this.#singleQuoted();
    return { value: char };
  }

  #escaped(isQuoted: boolean): string {
    const next = this.#text[this.#at] ?? "";
    if (isQuoted && !['"', "$", this.#escapeToken].includes(next)) return this.#escapeToken;
    return this.#read();
  }

  #singleQuoted(): Expansion {
    const start = this.#at;
    const end = this.#text.indexOf("'", start);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return end < 0 ? BROKEN : { value: this.#text.slice(start, end) };
  }

  #variable(depth: number): Expansion {
    const isBraced = this.#text[this.#at] === "{";
    if (isBraced) this.#at++;
    const name = this.#name();
    if (isBraced) return this.#substitution(name, depth);
    return name === "" ? { value: "$" } : (this.#variables.get(name) ?? UNSET);
  }

  #name(): string {
    const form = /\d+|\w+|[@*#?$!-]/y;
    form.lastIndex = this.#at;
    const [name = ""] = form.exec(this.#text) ?? [];
    this.#at += name.length;
    return name;
  }

  /** The value of `${name…}`, whose name was read. */
  #substitution(name: string, depth: number): Expansion {
    const form = /\}|:?[-+?]/y;
    form.lastIndex = this.#at;
    const [modifier = ""] = form.exec(this.#text) ?? [];
    this.#at += modifier.length;
    if (modifier === "}") return this.#variables.get(name) ?? UNSET;
    const word = this.upTo("}", depth + 1);
    if (word === BROKEN) return BROKEN;
    if (name === "" || modifier === "") return UNSUPPORTED;
    return substituted(this.#variables.get(name), modifier, word);
  }

  #read(): string {
    const char = this.#text[this.#at] ?? "";
    this.#at++;
    return char;
  }
}

function substituted(set: Expansion | undefined, modifier: string, word: Expansion): Expansion {
  if (set !== undefined && "why" in set) return set;
  const emptyCounts = !modifier.startsWith(":");
  const isSet = set !== undefined && (emptyCounts || set.value !== "");
  if (modifier.endsWith("+")) return isSet ? word : { value: "" };
  if (isSet) return set;
  return modifier.endsWith("-") ? word : UNSET;
}

/** Both after each other. Variables that double each other end at the longest reference. */
function joined(one: Expansion, other: Expansion): Expansion {
  if ("why" in one) return one;
  if ("why" in other) return other;
  const value = one.value + other.value;
  return value.length > LONGEST ? TOO_LONG : { value };
}
