import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** What expressions can name: `github`, `steps`, `needs` and the others. */
export type Contexts = Readonly<Record<string, unknown>>;

// Between the marks of an expression. A text in single quotes may have the closing mark.
const EXPRESSION = /\$\{\{((?:'[^']*'|[^'])*?)\}\}/g;

const FUNCTIONS = new Map(
  [
    { name: "hashFiles", minArgs: 1, maxArgs: 255, value: "c0ffee" },
    { name: "success", minArgs: 0, maxArgs: 0, value: true },
    { name: "failure", minArgs: 0, maxArgs: 0, value: false },
    { name: "always", minArgs: 0, maxArgs: 0, value: true },
    { name: "cancelled", minArgs: 0, maxArgs: 0, value: false },
  ].map(({ value, ...info }) => [info.name.toLowerCase(), { ...info, call: () => toData(value) }]),
);

/** The value of one expression, by GitHub's own evaluator. Fails as the evaluator does. */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), [...FUNCTIONS.values()]).parse();
  const known = toData(contexts) as data.Dictionary;
  const value = new Evaluator(tree, known, FUNCTIONS).evaluate();
  return JSON.parse(JSON.stringify(value, data.replacer));
}

/** The expressions in a text. */
export function expressionsIn(text: string): readonly string[] {
  return [...text.matchAll(EXPRESSION)].map(([, expression = ""]) => expression.trim());
}

/**
 * A value of a workflow with all expressions evaluated. A text that is one expression becomes its
 * value, which may be a list or an object.
 */
export function interpolate(value: unknown, contexts: Contexts): unknown {
  if (Array.isArray(value)) return value.map((item) => interpolate(item, contexts));
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, interpolate(item, contexts)]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== "string") return value;
  const [only, ...others] = value.matchAll(EXPRESSION);
  if (only?.[0] === value && others.length === 0) return evaluate(only[1] ?? "", contexts);
  return value.replace(EXPRESSION, (_, expression) => String(evaluate(expression, contexts)));
}

function toData(value: unknown): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver);
}
