import { EQUALS, Scanner, TOKEN } from "../http/header.ts";
import { isPlainUrl } from "./origin.ts";

/** One link of a `Link` header: https://www.rfc-editor.org/rfc/rfc8288#section-3 */
export type Link = {
  readonly target: string;
  /** Names in lower case. A repeated name keeps its first value, as the RFC requires for `rel`. */
  readonly parameters: ReadonlyMap<string, string>;
};

const OPEN = /[ \t,]*</y;
const TARGET = /[^<>]*/y;
const CLOSE = />/y;
const SEMICOLON = /[ \t]*;[ \t]*/y;

/** The links of a header, in order. Never fails: the list ends at the first malformed part. */
export function parseLinks(header: string): readonly Link[] {
  const scanner = new Scanner(header);
  const links: Link[] = [];
  while (scanner.take(OPEN) !== undefined) {
    const target = scanner.take(TARGET) ?? "";
    if (scanner.take(CLOSE) === undefined) break;
    links.push({ target, parameters: readParameters(scanner) });
  }
  return links;
}

function readParameters(scanner: Scanner): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  while (scanner.take(SEMICOLON) !== undefined) {
    const name = scanner.take(TOKEN)?.toLowerCase();
    if (name === undefined) break;
    const value = scanner.take(EQUALS) === undefined ? "" : scanner.value();
    if (value === undefined) break;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/**
 * The page after `page` that a `Link` header names; undefined when it names none, and when that is
 * on another origin, where credentials must not be sent:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export function nextPage(header: string, page: URL): URL | undefined {
  const links = parseLinks(header);
  const target = links.find(isNext)?.target;
  if (target === undefined) return undefined;
  if (!URL.canParse(target, page.href)) return undefined;
  const next = new URL(target, page);
  const isSafe = next.origin === page.origin && isPlainUrl(next);
  return isSafe ? next : undefined;
}

function isNext({ parameters }: Link): boolean {
  const relations = parameters.get("rel") ?? "";
  return relations.toLowerCase().split(/\s+/).includes("next");
}
