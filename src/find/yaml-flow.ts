import { CST, Lexer } from "yaml";

/** A text with its broken flow collections on one line each, or where one opens that never ends. */
export type Joined = { readonly text: string } | { readonly unclosed: number };

/**
 * Joins the lines of flow collections that are indented less than their key. The package refuses
 * those, as the specification does (https://yaml.org/spec/1.2.2/#74-flow-collection-styles). The
 * parser of Kubernetes, Helm and Compose accepts them. The text keeps its length: line ends and
 * comments become blanks.
 */
export function joinFlows(text: string): Joined {
  let joined = "";
  let at = 0;
  let lineStart = 0;
  for (;;) {
    const open = brokenFlow(text, lineStart);
    if (open === undefined) return { text: joined + text.slice(at) };
    const flow = joinFlow(text, open);
    if (flow === undefined) return { unclosed: open };
    joined += text.slice(at, open) + flow;
    at = open + flow.length;
    const newline = text.indexOf("\n", at);
    lineStart = newline < 0 ? text.length : newline + 1;
  }
}

// A file has one or two. Each of them costs a copy of the text.
const MOST_QUOTES = 100;

/**
 * Joins the lines of quoted scalars that are indented less than their key, for the same reason. A
 * quote that never closes stays as it is.
 */
export function joinQuotes(text: string): string {
  let joined = text;
  let lineStart = 0;
  for (let count = 0; count < MOST_QUOTES; count++) {
    const open = brokenQuote(joined, lineStart);
    const quoted = open === undefined ? undefined : quotedAt(joined, open);
    if (open === undefined || quoted === undefined) break;
    const end = open + quoted.length;
    joined = joined.slice(0, open) + quoted.replace(/[\r\n]/g, " ") + joined.slice(end);
    lineStart = joined.lastIndexOf("\n", open) + 1;
  }
  return joined;
}

/** The offset of the first quoted scalar from a line on that the lexer does not see closed. */
function brokenQuote(text: string, lineStart: number): number | undefined {
  for (const { type, start, end } of lexemes(text, lineStart)) {
    const isQuoted = type === "double-quoted-scalar" || type === "single-quoted-scalar";
    if (isQuoted && quotedAt(text, start)?.length !== end - start) return start;
  }
  return undefined;
}

/** The quoted text that starts at an offset; undefined when it has no end. */
function quotedAt(text: string, start: number): string | undefined {
  const form = text[start] === "'" ? /'(?:[^']|'')*'/y : /"(?:[^"\\]|\\[\s\S])*"/y;
  form.lastIndex = start;
  return form.exec(text)?.[0];
}

/** The offset of the first flow collection from a line on that does not end as it must. */
function brokenFlow(text: string, lineStart: number): number | undefined {
  let depth = 0;
  let open = lineStart;
  for (const { type, start } of lexemes(text, lineStart)) {
    if (type === "flow-error-end") return open;
    if (depth === 0) open = start;
    depth = Math.max(0, depth + change(type));
  }
  return depth > 0 ? open : undefined;
}

/** A flow collection on one line; undefined without an end. It can be indented in any way. */
function joinFlow(text: string, open: number): string | undefined {
  let depth = 0;
  let joined = "";
  for (const { type, start, end } of lexemes(text, open)) {
    if (type === "flow-error-end") return undefined;
    const written = text.slice(start, end);
    joined += written.replace(type === "comment" ? /./gs : /[\r\n]/g, " ");
    depth += change(type);
    if (depth === 0 && joined !== "") return joined;
  }
  return undefined;
}

/** How a lexeme changes the number of open brackets. */
function change(type: CST.TokenType | null): number {
  if (type === "flow-map-start" || type === "flow-seq-start") return 1;
  return type === "flow-map-end" || type === "flow-seq-end" ? -1 : 0;
}

/** A token of the package's lexer, which finds them without the rules of the grammar. */
type Lexeme = {
  readonly type: CST.TokenType | null;
  readonly start: number;
  readonly end: number;
};

/** The lexemes of a text from an offset on, as if the text started there. */
function* lexemes(text: string, from: number): Generator<Lexeme> {
  let start = from;
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text.slice(from))) {
    const type = isScalar ? "scalar" : CST.tokenType(lexeme);
    // The lexer marks some things with a character that is not in the text.
    const isMark: boolean = !isScalar && MARKS.has(lexeme);
    const end = isMark ? start : start + lexeme.length;
    yield { type, start, end };
    isScalar = isMark && lexeme === CST.SCALAR;
    start = end;
  }
}

const MARKS = new Set<string>([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);
