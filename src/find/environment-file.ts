import type { Expansion } from "./findings.ts";
import { interpolate, type Variable } from "./interpolation.ts";

// A key, then a value in double quotes, in single quotes, or without any. A quoted value can span
// lines. A quote without its end is a part of the value.
const KEY = /^[ \t]*(?:export[ \t]+)?([\w.[\]-]+)[ \t]*[=:][ \t]*/;
const VALUE = /(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^\n]*))/;
const ASSIGNMENT = new RegExp(KEY.source + VALUE.source, "gms");

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\n", "\n"],
  ["\\r", "\r"],
  ["\\t", "\t"],
  ['\\"', '"'],
  ["\\\\", "\\"],
  // For the interpolation, two dollar signs are one that starts no variable.
  ["\\$", "$$"],
]);

/** A variable's value as it may be used, or why it may not. */
export type Guard = (name: string, value: string) => Expansion;

/**
 * The variables of a `.env` file, by name, as Compose reads it. A value can have variables: those
 * that `variable` knows, and the earlier ones of the file. With an unknown one, it is unknown, too.
 * `guard` decides about each value. A line that is no assignment is left out.
 * https://github.com/compose-spec/compose-spec/blob/main/05-services.md#env_file-format
 *
 * `util.parseEnv` of Node.js does not fit: it drops the quotes, which decide whether a value has
 * variables, and it ends a value at every `#`.
 */
export function parseEnvironment(
  text: string,
  variable: Variable,
  guard: Guard,
): ReadonlyMap<string, Expansion> {
  const values = new Map<string, Expansion>();
  const known: Variable = (name) => variable(name) ?? values.get(name);
  const assignments = text.replace(/^\uFEFF/, "").matchAll(ASSIGNMENT);
  for (const [, name = "", double, single, plain = ""] of assignments) {
    const quoted = single?.replaceAll("\\'", "'");
    const expansion = quoted === undefined ? expanded(double, plain, known) : { value: quoted };
    values.set(name, "value" in expansion ? guard(name, expansion.value) : expansion);
  }
  return values;
}

/** The value in double quotes, or else the plain one. */
function expanded(double: string | undefined, plain: string, variable: Variable): Expansion {
  const unescaped = double?.replace(/\\./gs, (written) => ESCAPES.get(written) ?? written);
  return interpolate(unescaped ?? withoutComment(plain), variable);
}

/** A comment starts after a space. */
function withoutComment(plain: string): string {
  const [value = ""] = plain.split(" #", 1);
  return value.trimEnd();
}
