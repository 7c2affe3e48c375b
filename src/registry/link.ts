import { EQUALS, Scanner, TOKEN } from "./scanner.ts";

/** One link of a `Link` header: https://www.rfc-editor.org/rfc/rfc8288#section-3 */
export type Link = {
  readonly target: string;
  /** Names in lower case. A name given twice keeps its first value, as the RFC has it for `rel`. */
  readonly parameters: ReadonlyMap<string, string>;
};

const OPEN = /[ \t,]*</y;
const TARGET = /[^<>]*/y;
const CLOSE = />/y;
const SEMICOLON = /[ \t]*;[ \t]*/y;

/** The links of a header, in order. Never fails: what cannot be read ends the list. */
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
 * The page after `page` that a `Link` header names, where it names one (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags):
 * on the same origin only, because whoever asks for it is known there and nowhere else.
 */
export function nextPage(header: string, page: URL): URL | undefined {
  const isNext = ({ parameters }: Link): boolean => (parameters.get("rel") ?? "").toLowerCase().split(/\s+/).includes("next");
  const target = parseLinks(header).find(isNext)?.target;
  if (target === undefined || !URL.canParse(target, page.href)) return undefined;
  const next = new URL(target, page);
  return next.origin === page.origin && next.username === "" && next.password === "" ? next : undefined;
}
