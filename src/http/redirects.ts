import { PullError } from "../oci/failure.ts";
import type { HttpAnswer } from "./http.ts";

const REDIRECT_LIMIT = 5;

/**
 * The first answer that is not a redirect, and the URL it came from. `send` sends one request;
 * `check` fails for a redirect that may not be followed. Fails as `invalid` after five redirects,
 * and for a redirect to an invalid URL.
 */
export async function followRedirects<T extends { readonly answer: HttpAnswer }>(
  start: URL,
  send: (url: URL) => Promise<T>,
  check: (from: URL, to: URL) => void,
): Promise<T & { readonly url: URL }> {
  let url = start;
  for (let hop = 0; ; hop++) {
    const sent = await send(url);
    const { status, headers } = sent.answer;
    const isRedirect = status >= 300 && status < 400 && headers.location !== undefined;
    if (!isRedirect) return { ...sent, url };
    if (hop === REDIRECT_LIMIT) {
      throw refused(`${start.host} answers with more than ${REDIRECT_LIMIT} redirects`);
    }
    const next = locationOf(headers.location ?? "", url);
    check(url, next);
    url = next;
  }
}

function locationOf(location: string, from: URL): URL {
  if (URL.canParse(location, from.href)) return new URL(location, from);
  throw refused(`${from.host} redirects to an invalid URL`);
}

function refused(found: string): PullError {
  return new PullError("redirect-refused", `redirect refused: ${found}`);
}
