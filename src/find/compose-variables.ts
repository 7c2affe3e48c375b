import { parseEnvironment } from "./environment-file.ts";
import type { Expansion } from "./findings.ts";
import type { Surroundings } from "./surroundings.ts";

type Values = ReadonlyMap<string, Expansion>;

/** A `.env` that was parsed for a function of the surroundings, and what its values depend on. */
type Parsed = Pick<Surroundings, "variable"> & { readonly text: string; readonly values: Values };

// The files of a directory share a `.env`, which can be large.
const LAST_PARSED = new WeakMap<Surroundings["isSecret"], Parsed>();

/** The variables of a Compose file: those of the environment, then those of the `.env` beside it. */
export class ComposeVariables {
  readonly #surroundings: Surroundings;
  #values: Values | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The value of a variable, or why it must not be used; undefined when it has none. */
  readonly get = (name: string): Expansion | undefined => {
    const outer = this.#outer(name);
    if (outer !== undefined) return outer;
    this.#values ??= this.#parse(this.#surroundings.beside(".env") ?? "");
    return this.#values.get(name);
  };

  readonly #outer = (name: string): Expansion | undefined => {
    const value = this.#surroundings.variable(name);
    return value === undefined ? undefined : this.#guarded(name, value);
  };

  readonly #guarded = (name: string, value: string): Expansion => {
    const isSecret = this.#surroundings.isSecret(name, value);
    return isSecret ? { why: `${name} may be a secret` } : { value };
  };

  #parse(text: string): Values {
    const { variable, isSecret } = this.#surroundings;
    const last = LAST_PARSED.get(isSecret);
    if (last?.text === text && last.variable === variable) return last.values;
    const values = parseEnvironment(text, this.#outer, this.#guarded);
    LAST_PARSED.set(isSecret, { text, variable, values });
    return values;
  }
}
