import { PullError } from "../oci/failure.ts";
import { formatPlatform, type Platform, parsePlatform } from "../oci/platform.ts";
import type { Requirement } from "../pull/plan.ts";

/** Collects what is wrong with the inputs, so that all of it is said together. */
export type Complain = (problem: string) => void;

/** Some of a list input, and the line it stands on, from 1. */
export type Item = { readonly line: number; readonly text: string };

/** The lines of a list that say something: blank lines and `#` comments do not. Lines end with LF or CRLF. */
export function lines(text: string): readonly Item[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line, at) => ({ line: at + 1, text: line.replace(/(^|\s)#.*$/, "").trim() }))
    .filter(({ text }) => text !== "");
}

/**
 * The platforms in a list or comma list, each once, or undefined when it is empty. `where` names the
 * input in problems.
 */
export function readPlatforms(where: string, items: readonly Item[], complain: Complain): Requirement | undefined {
  const [first] = items;
  if (first === undefined) return undefined;
  if (items.length === 1 && (first.text === "all" || first.text === "any")) return first.text;
  const platforms = new Map<string, Platform>();
  for (const { line, text } of items) {
    const at = `${where}, line ${line}`;
    if (text === "all" || text === "any") complain(`${at}: ${text} stands alone: expected all, any, or a list of os/arch[/variant]`);
    else {
      const platform = attempt(() => parsePlatform(text), at, complain);
      if (platform !== undefined) platforms.set(formatPlatform(platform), platform);
    }
  }
  return [...platforms.values()];
}

/** The items of a list or comma list, trimmed. */
export function listItems(text: string): readonly Item[] {
  return lines(text).flatMap(({ line, text }) =>
    text
      .split(",")
      .map((item) => ({ line, text: item.trim() }))
      .filter((item) => item.text !== ""),
  );
}

/** What `read` returns, or undefined when it fails for what the user wrote; the failure then is a problem at `where`. */
export function attempt<T>(read: () => T, where: string, complain: Complain): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    complain(`${where}: ${error.message}`);
    return undefined;
  }
}
