import { asList, asObject, parseJson } from "../oci/json.ts";
import { isTag } from "../oci/reference.ts";
import type { Reached } from "./api.ts";
import { nextPage } from "./link.ts";

// Registries list a hundred or a thousand tags per page. A longer list would not help.
const PAGE_LIMIT = 10;
const TAG_LIMIT = 1_000;

/**
 * The tags of a repository, in the registry's order, from at most ten pages. Names that are not
 * tags are left out. `get` reads a path below the repository. Fails as `get` does.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
export async function listTags(
  get: (path: string) => Promise<Reached>,
): Promise<readonly string[]> {
  const tags: string[] = [];
  let path: string | undefined = "tags/list";
  for (let page = 0; page < PAGE_LIMIT && path !== undefined; page++) {
    const { answer, url }: Reached = await get(path);
    const json = asObject(parseJson(answer.body, "list of tags"), "list of tags");
    const names = asList(json["tags"], "tags").filter(isTag);
    tags.push(...names.slice(0, TAG_LIMIT));
    const link = String(answer.headers["link"] ?? "");
    const next: URL | undefined = nextPage(link, url);
    // Only the query of the link is used, so that it always names a page of the same list.
    path = next && `tags/list${next.search}`;
  }
  return tags;
}
