import {
  Composer,
  type CST,
  type Document,
  Lexer,
  type Node,
  Parser,
  type YAMLParseError,
} from "yaml";
import { joinFlows, joinQuotes } from "./yaml-flow.ts";

/** Why a text is not YAML, and at which offset. */
export type Fault = { readonly offset: number; readonly message: string };

/** What is in a text, as far as it is YAML. */
export type Parsed = {
  /** The content of each document that has one. */
  readonly contents: readonly Node[];
  /** The first mistake. */
  readonly fault: Fault | undefined;
};

// Deeper than real files are. The package parses each level in calls of its own, and some four times
// as many exhaust the stack.
const DEEPEST = 200;

// An error costs as much time as some lines of text, and each character of a file can be one.
const MOST_ERRORS = 1_000;

// What the package refuses and the parser of Kubernetes, Helm and Compose accepts
// (https://github.com/yaml/go-yaml): long keys.
const TOLERATED: ReadonlySet<string> = new Set(["KEY_OVER_1024_CHARS", "MULTILINE_IMPLICIT_KEY"]);

/** Parses YAML or JSON. Every scalar is a string, as it is written. */
export function parseYaml(text: string): Parsed {
  const parsed = new Attempt(text);
  if (parsed.fault?.message.startsWith("Missing closing")) {
    const quoted = joinQuotes(text);
    if (quoted !== text) return parseYaml(quoted);
  }
  if (!parsed.errors.some(({ code }) => code === "BAD_INDENT")) return parsed;
  const joined = joinFlows(text);
  if ("text" in joined) return joined.text === text ? parsed : new Attempt(joined.text);
  const fault = { offset: joined.unclosed, message: "a bracket opens here and is never closed" };
  return { contents: parsed.contents, fault };
}

/** One attempt to parse a text as it is. */
class Attempt implements Parsed {
  readonly contents: Node[] = [];
  readonly errors: YAMLParseError[] = [];
  readonly #composer = new Composer({
    schema: "failsafe",
    strict: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });

  constructor(text: string) {
    try {
      this.#collectErrors();
      for (const token of tokens(text)) this.#compose(token);
      this.#add(this.#composer.end());
    } catch (error) {
      if (!(error instanceof TooManyErrors)) throw error;
    }
  }

  get fault(): Fault | undefined {
    const error = this.errors.find(isMistake) ?? this.errors[MOST_ERRORS];
    return error && { offset: error.pos[0], message: error.message };
  }

  #compose(token: CST.Token): void {
    // Other directives change nothing here.
    if (token.type === "directive" && !token.source.startsWith("%TAG")) return;
    this.#add(this.#composer.next(token));
    // The composer starts another list of errors after these.
    if (token.type === "document" || token.type === "doc-end") this.#collectErrors();
  }

  #add(documents: Iterable<Document.Parsed>): void {
    for (const { contents } of documents) {
      if (contents !== null) this.contents.push(contents);
    }
  }

  /** Collects the errors that the composer finds, and stops it when there are too many. */
  #collectErrors(): void {
    const { errors } = this.#composer.streamInfo();
    errors.push = (...added) => {
      const count = this.errors.push(...added);
      if (count > MOST_ERRORS) throw new TooManyErrors();
      return count;
    };
  }
}

class TooManyErrors extends Error {}

// The same, where a code stands for several errors: no space before a comment, and blank lines before
// the text of a block scalar, which are what is left of lines of a template.
const ALSO_TOLERATED = /^(?:Comments must be separated|Block scalars with more-indented leading)/;

function isMistake({ code, message }: YAMLParseError): boolean {
  return !TOLERATED.has(code) && !ALSO_TOLERATED.test(message);
}

/** The tokens of a text up to where it is nested too deeply, which is an error. */
function* tokens(text: string): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) {
      const message = "it is nested too deeply";
      yield { type: "error", offset: parser.offset, message, source: "" };
      return;
    }
  }
  yield* parser.end();
}
