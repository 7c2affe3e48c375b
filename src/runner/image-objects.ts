import { PullError } from "../oci/failure.ts";
import { excerpt, type Json, kindOf, parseJson } from "../oci/json.ts";
import type { Complain, WrittenImage } from "./lists.ts";

const FORM = 'expected [{"reference": "…", "name": "…", "platform": "…" or ["…"], "optional": true}, …]';

/** What a key of an object may hold, in words and as a test. */
type Field = { readonly expected: string; readonly fits: (value: Json | undefined) => boolean };

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["reference", { expected: "a string", fits: isString }],
  ["name", { expected: "a string", fits: (value) => value === undefined || isString(value) }],
  ["platform", { expected: "a string or a list of strings", fits: isPlatforms }],
  ["optional", { expected: "true or false", fits: (value) => value === undefined || typeof value === "boolean" }],
]);

/** An object whose fields fit. */
type Fitting = {
  readonly reference: string;
  readonly name?: string;
  readonly platform?: string | readonly string[];
  readonly optional?: boolean;
};

/**
 * The images in a JSON array of objects, undefined where it is no such array, as each entry is that
 * cannot be one. No value is read for anything but itself: what others write in it adds no option.
 * Every problem goes to `complain` with its entry, from 1, and repeats no value of a wrong type.
 */
export function readObjects(text: string, complain: Complain): readonly (WrittenImage | undefined)[] | undefined {
  try {
    // It starts with a bracket.
    const entries = parseJson(Buffer.from(text), "the array") as readonly Json[];
    return entries.map((entry, at) => readObject(entry, `images, entry ${at + 1}`, complain));
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    // The parser's own words repeat what is around the mistake, which may be a password.
    const found = error.reason === "not-json" ? "not JSON, though it starts with [" : error.found;
    complain(`images: ${found}; ${FORM}`);
    return undefined;
  }
}

function readObject(entry: Json, where: string, complain: Complain): WrittenImage | undefined {
  const problems = problemsOf(entry);
  for (const problem of problems) complain(`${where}: ${problem}; ${FORM}`);
  if (problems.length > 0) return undefined;
  const { reference, name, platform = [], optional = false } = entry as Fitting;
  return { where, written: reference, name, platforms: [platform].flat(), optional };
}

function problemsOf(entry: Json): readonly string[] {
  if (kindOf(entry) !== "an object") return [`expected an object, got ${kindOf(entry)}`];
  const values = new Map(Object.entries(entry as object)) as ReadonlyMap<string, Json>;
  const unfit = [...FIELDS].filter(([key, { fits }]) => !fits(values.get(key)));
  const unknown = [...values.keys()].filter((key) => !FIELDS.has(key));
  return [
    ...unfit.map(([key, { expected }]) => `${key}: expected ${expected}, got ${kindOf(values.get(key))}`),
    ...unknown.map((key) => `unknown key ${JSON.stringify(excerpt(key))}`),
  ];
}

function isString(value: Json | undefined): boolean {
  return typeof value === "string";
}

function isPlatforms(value: Json | undefined): boolean {
  return value === undefined || isString(value) || (Array.isArray(value) && value.every(isString));
}
