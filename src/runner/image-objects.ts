import { PullError } from "../oci/failure.ts";
import { excerpt, type Json, type JsonObject, kindOf, parseJson } from "../oci/json.ts";
import type { Complain, WrittenImage } from "./list-syntax.ts";

const FORM =
  'expected [{"reference": "…", "name": "…", "platform": "…" or ["…"], "optional": true, ' +
  '"base": "…"}, …]';

type Test = (value: Json | undefined) => boolean;

/** The values that a key may have, in words and as a test. */
type Field = {
  readonly expected: string;
  readonly fits: Test;
};

const FIELDS: ReadonlyMap<string, Field> = new Map([
  ["reference", { expected: "a string", fits: isString }],
  ["name", { expected: "a string", fits: orNothing(isString) }],
  ["platform", { expected: "a string or a list of strings", fits: orNothing(isPlatforms) }],
  ["optional", { expected: "true or false", fits: orNothing(isBoolean) }],
  ["base", { expected: "a string", fits: orNothing(isString) }],
]);

/** An object in which every field fits. */
type Fitting = {
  readonly reference: string;
  readonly name?: string;
  readonly platform?: string | readonly string[];
  readonly optional?: boolean;
  readonly base?: string;
};

/**
 * The images in a JSON array of objects. None when the text is not such an array; an entry is
 * undefined when it is not an image. No value is parsed further, so text from elsewhere in it can
 * add no option. Every problem goes to `complain` with the number of its entry, counted from 1, and
 * repeats no value of a wrong type.
 */
export function readObjects(
  text: string,
  complain: Complain,
): readonly (WrittenImage | undefined)[] {
  try {
    // The text starts with a bracket, so JSON that parses is an array.
    const entries = parseJson(Buffer.from(text), "the array") as readonly Json[];
    return entries.map((entry, at) => {
      const where = `images, entry ${at + 1}`;
      return readObject(entry, where, complain);
    });
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    // The parser's own message quotes the text around the mistake, which may be a password.
    const found = error.reason === "not-json" ? "not JSON, though it starts with [" : error.found;
    complain(`images: ${found}; ${FORM}`);
    return [];
  }
}

function readObject(entry: Json, where: string, complain: Complain): WrittenImage | undefined {
  const problems = problemsOf(entry);
  for (const problem of problems) {
    complain(`${where}: ${problem}; ${FORM}`);
  }
  if (problems.length > 0) return undefined;
  const { reference, name, platform = [], optional = false, base } = entry as Fitting;
  return {
    where,
    written: reference,
    name,
    platforms: [platform].flat(),
    optional,
    base,
  };
}

function problemsOf(entry: Json): readonly string[] {
  const kind = kindOf(entry);
  if (kind !== "an object") return [`expected an object, got ${kind}`];
  const values = new Map(Object.entries(entry as JsonObject));
  const problems: string[] = [];
  for (const [key, { expected, fits }] of FIELDS) {
    const value = values.get(key);
    if (fits(value)) continue;
    problems.push(`${key}: expected ${expected}, got ${kindOf(value)}`);
  }
  for (const key of values.keys()) {
    if (FIELDS.has(key)) continue;
    const shown = JSON.stringify(excerpt(key));
    problems.push(`unknown key ${shown}`);
  }
  return problems;
}

/** The same test, which an absent value passes, too. */
function orNothing(fits: Test): Test {
  return (value) => value === undefined || fits(value);
}

function isString(value: Json | undefined): boolean {
  return typeof value === "string";
}

function isBoolean(value: Json | undefined): boolean {
  return typeof value === "boolean";
}

function isPlatforms(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.every(isString);
  return isString(value);
}
