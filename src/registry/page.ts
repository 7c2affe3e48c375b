import type { Page } from "../oci/fetched.ts";
import { asObject, parseJson } from "../oci/json.ts";
import type { Reached } from "./api.ts";
import { mediaTypeOf } from "./errors.ts";
import { nextPage } from "./link.ts";

/**
 * One page of a list: the tags of a repository, or the referrers of a digest. `get` reads a path
 * below the repository. Fails as `get` does, and as `invalid` when the answer is not a JSON object.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#content-discovery
 */
export async function readPage(
  get: (path: string) => Promise<Reached>,
  path: string,
  query: string,
): Promise<Page> {
  const { answer, url } = await get(query === "" ? path : `${path}?${query}`);
  const { body, headers } = answer;
  asObject(parseJson(body, "list"), "list");
  // Only the query of the link is used, so that it always names a page of the same list.
  const next = nextPage(String(headers["link"] ?? ""), url);
  return {
    bytes: body,
    mediaType: mediaTypeOf(headers),
    next: next?.search.slice(1),
    filters: String(headers["oci-filters-applied"] ?? ""),
  };
}
