import { type Complain, type Item, listItems } from "./list-syntax.ts";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

const BOOLEAN = /^(true|True|TRUE|false|False|FALSE)$/;

const SIZE = /^(\d+) ?([kmg]i?)?b?$/i;

// A name, an IPv4 address or an IPv6 address in brackets, and maybe a port.
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/;

type Defaults<Name extends string> = Readonly<Record<Name, string>>;

/**
 * The inputs in the environment of a step, read one by one, and the problems with them. A wrong
 * value is a problem, and a placeholder of the same type is returned: all problems are reported
 * together.
 */
export class InputValues<Name extends string> {
  /** Every problem so far: each names the input, the line if there is one, and what it expected. */
  readonly problems: string[] = [];
  readonly #environment: NodeJS.ProcessEnv;
  readonly #defaults: Defaults<Name>;

  constructor(environment: NodeJS.ProcessEnv, defaults: Defaults<Name>) {
    this.#environment = environment;
    this.#defaults = defaults;
  }

  /** Adds a problem. */
  readonly complain: Complain = (problem) => {
    this.problems.push(problem);
  };

  /**
   * An input as it was written, or its default when it is empty. It keeps blank lines at the start,
   * so that problems name the lines that the user sees.
   */
  lines(name: Name): string {
    const variable = `INPUT_${name.toUpperCase()}`;
    return this.#environment[variable] || this.#defaults[name];
  }

  /** An input without white space around it, or its default when nothing is left. */
  text(name: Name): string {
    return this.lines(name).trim() || this.#defaults[name];
  }

  /** The items of an input that is a list of lines or commas. */
  items(name: Name): readonly Item[] {
    return listItems(name, this.lines(name));
  }

  /** The text of an input that must match a pattern; `expected` describes the pattern. */
  matching(name: Name, pattern: RegExp, expected: string): string {
    const text = this.text(name);
    if (!pattern.test(text)) this.#refuse(name, expected, text);
    return text;
  }

  /** A whole number within bounds, both included. */
  number(name: Name, least: number, most: number): number {
    const text = this.text(name);
    const isWhole = /^\d{1,9}$/.test(text);
    const value = isWhole ? Number(text) : Number.NaN;
    const isWithin = value >= least && value <= most;
    if (!isWithin) {
      const expected = `a whole number from ${least} to ${most}`;
      this.#refuse(name, expected, text);
    }
    return value;
  }

  /** A boolean in YAML 1.2's spellings: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
  boolean(name: Name): boolean {
    const text = this.matching(name, BOOLEAN, "true or false");
    return text.toLowerCase() === "true";
  }

  /** One of some words. */
  choice<T extends string>(name: Name, choices: readonly [T, ...T[]]): T {
    const text = this.text(name);
    const choice = choices.find((one) => one === text);
    if (choice !== undefined) return choice;
    this.#refuse(name, choices.join(", "), text);
    return choices[0];
  }

  /** A size in bytes, written with or without a unit: `500kB`, `1MiB`. */
  size(name: Name): number {
    const text = this.text(name);
    const [, digits = "", unit = ""] = SIZE.exec(text) ?? [];
    if (digits === "") {
      this.#refuse(name, "a size like 500kB, 1MiB or 2GiB", text);
    }
    const factor = UNITS[unit.toLowerCase()] ?? 1;
    const bytes = Number(digits) * factor;
    return Math.min(bytes, Number.MAX_SAFE_INTEGER);
  }

  /** A list of hosts in lower case, each with its port if it has one. */
  hosts(name: Name): ReadonlySet<string> {
    const hosts = new Set<string>();
    for (const { where, text } of this.items(name)) {
      const host = text.toLowerCase();
      if (!HOST.test(host)) this.#refuse(where, "host or host:port", host);
      hosts.add(host);
    }
    return hosts;
  }

  #refuse(where: string, expected: string, text: string): void {
    const got = JSON.stringify(text);
    this.complain(`${where}: expected ${expected}, got ${got}`);
  }
}
