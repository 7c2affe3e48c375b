import { EQUALS, Scanner, TOKEN } from "../http/header.ts";
import { PullError } from "../oci/failure.ts";
import { excerpt } from "../oci/json.ts";

/**
 * One challenge of a `WWW-Authenticate` header:
 * https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export type Challenge = {
  /** Lower case: `bearer`, `basic`, `negotiate`. */
  readonly scheme: string;
  /** Names in lower case. A repeated name keeps its first value. */
  readonly parameters: ReadonlyMap<string, string>;
};

/** A challenge whose parameters are still being read. */
type OpenChallenge = {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
};

// One value instead of parameters: https://www.rfc-editor.org/rfc/rfc9110#section-11.2
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const SPACE = /[ \t]+/y;
// Some servers separate parameters with semicolons.
const SEPARATOR = /[ \t]*(?:[,;][ \t]*)+|[ \t]+/y;

/**
 * The challenges of a header, in order. Node joins repeated headers with commas, so one value may
 * hold several. Never fails: the list ends at the first malformed part. Unknown schemes are
 * included; the caller skips them.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const scanner = new Scanner(header);
  const challenges: OpenChallenge[] = [];
  scanner.take(SEPARATOR);
  while (!scanner.done) {
    const start = scanner.at;
    const word = scanner.take(TOKEN);
    if (word === undefined) break;
    const current = challenges.at(-1);
    if (current !== undefined && scanner.take(EQUALS) !== undefined) {
      const value = scanner.value();
      if (value === undefined) break;
      const { parameters } = current;
      const name = word.toLowerCase();
      if (!parameters.has(name)) parameters.set(name, value);
    } else {
      scanner.at = start + word.length;
      const scheme = word.toLowerCase();
      challenges.push({ scheme, parameters: new Map() });
      if (scanner.take(SPACE) !== undefined) scanner.take(TOKEN68);
    }
    const isSeparated = scanner.done || scanner.take(SEPARATOR) !== undefined;
    if (!isSeparated && scanner.at === start) break;
  }
  return challenges;
}

/**
 * The challenge of a header to answer: Bearer before Basic, other schemes skipped; undefined
 * without a header. Fails as `unauthorized` when the header has neither.
 */
export function chooseChallenge(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const basic = challenges.find(({ scheme }) => scheme === "basic");
  const known = bearer ?? basic;
  if (known !== undefined) return known;
  const schemes = challenges.map(({ scheme }) => scheme).join(", ");
  const found = excerpt(schemes) || "none that can be read";
  throw new PullError(
    "scheme-unknown",
    `the registry asks for an authentication scheme that is not Bearer or Basic: ${found}`,
  );
}
