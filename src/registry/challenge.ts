import { PullError } from "../oci/failure.ts";
import { excerpt } from "../oci/json.ts";
import { EQUALS, Scanner, TOKEN } from "./scanner.ts";

/** One challenge of a `WWW-Authenticate` header: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 */
export type Challenge = {
  /** Lower case: `bearer`, `basic`, `negotiate`. */
  readonly scheme: string;
  /** Names in lower case. A name given twice keeps its first value. */
  readonly parameters: ReadonlyMap<string, string>;
};

// What one-word schemes have for credentials: https://www.rfc-editor.org/rfc/rfc9110#section-11.2
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const SPACE = /[ \t]+/y;
// Some servers part parameters with semicolons.
const SEPARATOR = /[ \t]*(?:[,;][ \t]*)+|[ \t]+/y;

/**
 * The challenges of a header, in order. Node joins repeated headers with commas, so one value may hold several.
 * Never fails: what cannot be read ends the list, and unknown schemes are there for the caller to skip.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const scanner = new Scanner(header);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  scanner.take(SEPARATOR);
  while (!scanner.done) {
    const start = scanner.at;
    const word = scanner.take(TOKEN);
    if (word === undefined) break;
    const current = challenges.at(-1);
    if (current !== undefined && scanner.take(EQUALS) !== undefined) {
      const value = scanner.value();
      if (value === undefined) break;
      const name = word.toLowerCase();
      if (!current.parameters.has(name)) current.parameters.set(name, value);
    } else {
      scanner.at = start + word.length;
      challenges.push({ scheme: word.toLowerCase(), parameters: new Map() });
      if (scanner.take(SPACE) !== undefined) scanner.take(TOKEN68);
    }
    if (!scanner.done && scanner.take(SEPARATOR) === undefined && scanner.at === start) break;
  }
  return challenges;
}

/**
 * The challenge of a header to answer: Bearer before Basic, other schemes skipped; undefined without a header. Fails as
 * `unauthorized` when it has neither.
 */
export function chooseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const challenges = parseChallenges(header);
  const known = challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
  if (known !== undefined) return known;
  const schemes = excerpt(challenges.map(({ scheme }) => scheme).join(", ")) || "none that can be read";
  throw new PullError("scheme-unknown", `the registry asks for an authentication scheme that is not Bearer or Basic: ${schemes}`);
}
