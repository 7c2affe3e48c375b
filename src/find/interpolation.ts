import type { Expansion } from "./findings.ts";

/** The value of a variable, or why it is unknown; undefined when it has none. */
export type Variable = (name: string) => Expansion | undefined;

// A reference has at most some 650 characters: nothing longer can be one.
const LENGTH_LIMIT = 1000;
// Real defaults are nested two or three deep.
const DEPTH_LIMIT = 20;

const NAME = /[A-Za-z_]\w*/y;
const BRACED = /^([A-Za-z_]\w*)(?:(:?[-?+])(.*))?$/s;

/** A variable in a text, `${name:-operand}`, and where it ends. */
type Form = {
  readonly end: number;
  readonly name: string;
  readonly operator: string;
  readonly operand: string;
};

/**
 * A text of a Compose file with the values of its variables, by
 * https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md. The reason, instead,
 * for a form that Compose refuses, for a text that is too long for a reference, and for a variable
 * without value or default, which Compose replaces with nothing. A text without variables stays as
 * it is, whatever its length.
 */
export function interpolate(text: string, variable: Variable): Expansion {
  return text.includes("$") ? expand(text, variable, 0) : { value: text };
}

function expand(text: string, variable: Variable, depth: number): Expansion {
  if (depth > DEPTH_LIMIT) return { why: "its variables are nested too deeply" };
  let value = "";
  let at = 0;
  while (at < text.length && value.length <= LENGTH_LIMIT) {
    const piece = pieceAt(text, at, variable, depth);
    if ("why" in piece) return piece;
    value += piece.value;
    at = piece.end;
  }
  return value.length > LENGTH_LIMIT ? { why: "it is too long for a reference" } : { value };
}

/** The value of what stands at an offset: text up to the next dollar sign, or one form. */
function pieceAt(
  text: string,
  at: number,
  variable: Variable,
  depth: number,
): { readonly value: string; readonly end: number } | { readonly why: string } {
  if (text[at] !== "$") {
    const dollar = text.indexOf("$", at);
    const end = dollar < 0 ? text.length : dollar;
    return { value: text.slice(at, end), end };
  }
  if (text[at + 1] === "$") return { value: "$", end: at + 2 };
  const form = formAt(text, at + 1);
  if (form === undefined) {
    // A lone dollar sign means itself.
    if (text[at + 1] !== "{") return { value: "$", end: at + 1 };
    return { why: "Compose refuses this form of a variable" };
  }
  const expansion = expandForm(form, variable, depth);
  return "why" in expansion ? expansion : { value: expansion.value, end: form.end };
}

/** The form after a dollar sign; undefined for anything else, and for a form that is refused. */
function formAt(text: string, at: number): Form | undefined {
  if (text[at] === "{") return bracedAt(text, at);
  NAME.lastIndex = at;
  const [name] = NAME.exec(text) ?? [];
  return name === undefined
    ? undefined
    : { end: at + name.length, name, operator: "", operand: "" };
}

function bracedAt(text: string, open: number): Form | undefined {
  const close = closingBrace(text, open);
  const inner = text.slice(open + 1, close);
  const [, name, operator = "", operand = ""] = BRACED.exec(inner) ?? [];
  if (close < 0 || name === undefined) return undefined;
  return { end: close + 1, name, operator, operand };
}

/** Where the brace that opens at an offset is closed; negative when it is not. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}") depth--;
    if (depth === 0) return at;
  }
  return -1;
}

function expandForm(
  { name, operator, operand }: Form,
  variable: Variable,
  depth: number,
): Expansion {
  const given = variable(name);
  if (given !== undefined && "why" in given) return given;
  // With a colon, an empty value counts as none.
  const isEmpty = operator.startsWith(":") && given?.value === "";
  const isSet = given !== undefined && !isEmpty;
  const alternative = (): Expansion => expand(operand, variable, depth + 1);
  if (operator.endsWith("+")) return isSet ? alternative() : { value: "" };
  if (isSet) return given;
  if (operator.endsWith("-")) return alternative();
  if (operator.endsWith("?")) return { why: `${name} has no value, and the file requires one` };
  return { why: `${name} has no value and no default` };
}
