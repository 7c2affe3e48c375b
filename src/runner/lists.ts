import { PullError } from "../oci/failure.ts";
import { parsePlatform } from "../oci/platform.ts";
import type { Requirement } from "../pull/plan.ts";

/** Collects what is wrong with the inputs, so that all of it is said together. */
export type Complain = (problem: string) => void;

/** The lines of a list that say something, with their numbers: blank lines and `#` comments do not. */
export function lines(text: string): readonly { readonly line: number; readonly text: string }[] {
  return text
    .split("\n")
    .map((line, at) => ({ line: at + 1, text: line.replace(/(^|\s)#.*$/, "").trim() }))
    .filter(({ text }) => text !== "");
}

/** The platforms in a list or comma list, or undefined when it is empty. `where` names the input, and line, in problems. */
export function readPlatforms(where: string, text: string, complain: Complain): Requirement | undefined {
  const items = listItems(text);
  if (items.length === 0) return undefined;
  if (items.length === 1 && (items[0] === "all" || items[0] === "any")) return items[0];
  const platforms = items.map((item) => {
    if (item !== "all" && item !== "any") return attempt(() => parsePlatform(item), where, complain);
    complain(`${where}: ${item} stands alone: expected all, any, or a list of os/arch[/variant]`);
    return undefined;
  });
  return platforms.filter((platform) => platform !== undefined);
}

/** The items of a list or comma list, trimmed. */
export function listItems(text: string): readonly string[] {
  return lines(text).flatMap((line) =>
    line.text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
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
