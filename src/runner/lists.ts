import { PullError } from "../oci/failure.ts";
import { formatPlatform, type Platform, parsePlatform } from "../oci/platform.ts";
import type { Requirement } from "../pull/plan.ts";

/** Collects what is wrong with the inputs, so that all of it is said together. */
export type Complain = (problem: string) => void;

/** Some of an input, and where it stands, for problems: `platforms, line 3`. */
export type Item = { readonly where: string; readonly text: string };

/** One image of the `images` input as it is written there, and where, for problems. */
export type WrittenImage = {
  readonly where: string;
  /** Its reference. */
  readonly written: string;
  readonly name: string | undefined;
  readonly platforms: readonly string[];
  readonly optional: boolean;
};

/**
 * The lines of a list input that say something: blank lines and `#` comments do not. Lines end with LF
 * or CRLF, and count from 1.
 */
export function lines(input: string, text: string): readonly Item[] {
  return text
    .split(/\r?\n/)
    .map((line, at) => ({
      where: `${input}, line ${at + 1}`,
      text: line.replace(/(^|\s)#.*$/, "").trim(),
    }))
    .filter(({ text }) => text !== "");
}

/** The platforms that items name, each once, or undefined when there are none. */
export function readPlatforms(items: readonly Item[], complain: Complain): Requirement | undefined {
  const [first] = items;
  if (first === undefined) return undefined;
  if (items.length === 1 && (first.text === "all" || first.text === "any")) return first.text;
  const platforms = new Map<string, Platform>();
  for (const { where, text } of items) {
    if (text === "all" || text === "any") complain(`${where}: ${text} stands alone: expected all, any, or a list of os/arch[/variant]`);
    else {
      const platform = attempt(() => parsePlatform(text), where, complain);
      if (platform !== undefined) platforms.set(formatPlatform(platform), platform);
    }
  }
  return [...platforms.values()];
}

/** The items of an input that is a list or comma list, trimmed. */
export function listItems(input: string, text: string): readonly Item[] {
  return lines(input, text).flatMap(({ where, text }) =>
    text
      .split(",")
      .map((item) => ({ where, text: item.trim() }))
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
