import type { Location } from "../gate/plan.ts";
import { markdown } from "./sanitiser.ts";
import { firstOf } from "./wording.ts";

// Enough to find one's way; the output `references` has every place.
const PLACE_LIMIT = 5;

/** The address of a line of a file on the server, or undefined without a server. */
export type LineUrl = (file: string, line: number) => string | undefined;

/** Without a server, no line has an address. */
export const noUrl: LineUrl = () => undefined;

/**
 * Addresses of lines at the commit and on the server that a job runs for:
 * https://docs.github.com/actions/reference/variables-reference#default-environment-variables
 */
export function lineUrls(environment: NodeJS.ProcessEnv): LineUrl {
  const server = environment["GITHUB_SERVER_URL"];
  const repository = environment["GITHUB_REPOSITORY"];
  const commit = environment["GITHUB_SHA"];
  if (!server || !repository || !commit) return noUrl;
  return (file, line) => {
    // A receipt has an absolute path, and is in no commit.
    if (/^(?:\/|[A-Za-z]:[\\/])/.test(file)) return undefined;
    return `${server}/${repository}/blob/${commit}/${encodedPath(file)}#L${line}`;
  };
}

function encodedPath(file: string): string {
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  // What is left and has a meaning in HTML or Markdown.
  return encoded.replace(/['()*_~!]/g, (found) => `%${found.charCodeAt(0).toString(16)}`);
}

/** Some places in Markdown, each with a link to its line; empty when there are none. */
export function placesCell(places: readonly Location[], urlOf: LineUrl): string {
  const cells = firstOf(places, PLACE_LIMIT, ({ file, line }) => placeCell(file, line, urlOf));
  return cells.join("<br>");
}

/** One line of a file in Markdown, with a link to it. */
export function placeCell(file: string, line: number, urlOf: LineUrl): string {
  const text = markdown(`${file}:${line}`);
  const url = urlOf(file, line);
  return url === undefined ? text : `<a href="${url}">${text}</a>`;
}
