import { type Node, parseTree, printParseErrorCode, visit } from "jsonc-parser";

/** A part of a text: offsets of its UTF-16 units, `end` excluded. */
export type Span = { readonly start: number; readonly end: number };

/** A value in a text of JSON, and where it is. The items of a list are left out. */
export type JsonNode = Span & {
  /** The members of an object in their order, with duplicate keys; undefined for other values. */
  readonly members: readonly JsonMember[] | undefined;
  /** A string, number, boolean or null; undefined for an object and a list. */
  readonly value: unknown;
  /** The type in words: `an object`, `a string`. */
  readonly kind: string;
};

/** A key of an object without its escapes, and its value. */
export type JsonMember = {
  readonly key: Span & { readonly text: string };
  readonly value: JsonNode;
};

/** Why a text is not JSON, and where. */
export type JsonFault = Span & { readonly message: string };

/**
 * The value in a text of JSON, or its first mistake. Accepts what `JSON.parse` accepts, up to 32
 * levels of nesting: comments and trailing commas are mistakes.
 */
export function parseJsonTree(text: string): { root: JsonNode } | { fault: JsonFault } {
  const fault = firstFault(text);
  if (fault !== undefined) return { fault };
  const root = parseTree(text);
  // A text without mistakes has a value.
  if (root === undefined) return { fault: { start: 0, end: 0, message: "it is empty" } };
  return { root: nodeOf(root) };
}

/** Ends a visit at the first mistake. */
class Stop extends Error {
  readonly fault: JsonFault;

  constructor(message: string, start: number, length: number) {
    super(message);
    this.fault = { start, end: start + length, message };
  }
}

function firstFault(text: string): JsonFault | undefined {
  try {
    stopAtFault(text);
    return undefined;
  } catch (error) {
    if (error instanceof Stop) return error.fault;
    throw error;
  }
}

// A lock has 4 levels. The package parses each level in calls of its own.
const DEPTH_LIMIT = 32;

function stopAtFault(text: string): void {
  let depth = 0;
  const enter = (offset: number): void => {
    depth++;
    if (depth > DEPTH_LIMIT) throw new Stop("it is nested too deeply", offset, 1);
  };
  const leave = (): void => {
    depth--;
  };
  const visitor = {
    onObjectBegin: enter,
    onObjectEnd: leave,
    onArrayBegin: enter,
    onArrayEnd: leave,
    onError: (code: number, offset: number, length: number) => {
      throw new Stop(wordsOf(code, text.slice(offset, offset + length)), offset, length);
    },
  };
  visit(text, visitor, { disallowComments: true });
}

const FAULTS: ReadonlyMap<string, string> = new Map([
  ["PropertyNameExpected", "expected a key in double quotes"],
  ["ValueExpected", "expected a value"],
  ["ColonExpected", "expected a colon"],
  ["CommaExpected", "expected a comma"],
  ["CloseBraceExpected", "expected a closing brace"],
  ["CloseBracketExpected", "expected a closing bracket"],
  ["EndOfFileExpected", "expected the end of the file"],
  ["InvalidCommentToken", "expected no comment"],
  ["UnexpectedEndOfString", "expected a closing quote on the same line"],
]);

function wordsOf(code: number, found: string): string {
  const expected = FAULTS.get(printParseErrorCode(code)) ?? "expected JSON";
  const got = found === "" ? "the end of the file" : JSON.stringify(found.slice(0, 40));
  return `${expected}, got ${got}`;
}

const KINDS: Readonly<Record<Node["type"], string>> = {
  object: "an object",
  array: "a list",
  property: "a member",
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  null: "null",
};

function nodeOf({ type, offset, length, value, children = [] }: Node): JsonNode {
  return {
    start: offset,
    end: offset + length,
    members: type === "object" ? children.flatMap(memberOf) : undefined,
    value,
    kind: KINDS[type],
  };
}

function memberOf({ children = [] }: Node): readonly JsonMember[] {
  const [key, value] = children;
  if (key === undefined || value === undefined) return [];
  const { offset, length } = key;
  return [
    { key: { start: offset, end: offset + length, text: String(key.value) }, value: nodeOf(value) },
  ];
}
