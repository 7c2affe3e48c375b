import type { Requirement } from "../gate/plan.ts";
import { PullError } from "../oci/failure.ts";
import { distinctPlatforms, type Platform, parsePlatform } from "../oci/platform.ts";

/** Collects the problems with inputs, so that all of them are reported together. */
export type Complain = (problem: string) => void;

/** A part of an input, and where it is, for messages: `platforms, line 3`. */
export type Item = {
  readonly where: string;
  readonly text: string;
};

/** One image of the `images` input as it is written there. */
export type WrittenImage = {
  /** Where it is written, for messages. */
  readonly where: string;
  /** Its reference. */
  readonly written: string;
  readonly name: string | undefined;
  readonly platforms: readonly string[];
  readonly optional: boolean;
  /** A reference, or `auto`. */
  readonly base: string | undefined;
};

/**
 * The lines of a list input, without blank lines and `#` comments. Lines end with LF or CRLF; they
 * are counted from 1.
 */
export function lines(input: string, text: string): readonly Item[] {
  const items: Item[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const where = `${input}, line ${at + 1}`;
    items.push({ where, text: content });
  }
  return items;
}

/** The items of an input that is a list of lines, of commas, or of both; trimmed, never empty. */
export function listItems(input: string, text: string): readonly Item[] {
  const items: Item[] = [];
  for (const line of lines(input, text)) {
    for (const part of line.text.split(",")) {
      const item = part.trim();
      if (item !== "") items.push({ where: line.where, text: item });
    }
  }
  return items;
}

/** The platforms that items name, each once; undefined when there are no items. */
export function readPlatforms(items: readonly Item[], complain: Complain): Requirement | undefined {
  const [first] = items;
  if (first === undefined) return undefined;
  if (items.length === 1 && isWord(first.text)) return first.text;
  return distinctPlatforms(items.flatMap((item) => readPlatform(item, complain) ?? []));
}

function readPlatform({ where, text }: Item, complain: Complain): Platform | undefined {
  if (isWord(text)) {
    const expected = "expected all, any, or a list of os/arch[/variant]";
    complain(`${where}: ${text} stands alone: ${expected}`);
    return undefined;
  }
  return attempt(() => parsePlatform(text), where, complain);
}

function isWord(text: string): text is "all" | "any" {
  return text === "all" || text === "any";
}

/**
 * What `read` returns. When it fails because of what the user wrote, the failure becomes a problem
 * at `where`, and the result is undefined.
 */
export function attempt<T>(read: () => T, where: string, complain: Complain): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    complain(`${where}: ${error.message}`);
    return undefined;
  }
}

/** The options that a line may have, and the form of a line, for messages. */
export type OptionForm = { readonly keys: readonly string[]; readonly expected: string };

/** The options of a line, `key=value`: every value of each key, in order. */
export function readOptions(
  where: string,
  options: readonly string[],
  { keys, expected }: OptionForm,
  complain: Complain,
): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const option of options) {
    const [, key = "", value = ""] = /^(\w+)=(.+)$/.exec(option) ?? [];
    if (keys.includes(key)) {
      const before = values.get(key) ?? [];
      values.set(key, [...before, value]);
    } else {
      complain(`${where}: unknown option ${JSON.stringify(option)}; ${expected}`);
    }
  }
  return values;
}
