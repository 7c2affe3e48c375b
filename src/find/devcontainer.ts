import { cachedImages } from "./build-cache.ts";
import type { Findings } from "./findings.ts";
import type { YamlValue } from "./yaml-value.ts";

/**
 * Finds the images in a devcontainer.json: the one that it runs, and those that its build uses as a
 * cache. Features are no images: https://containers.dev/implementors/json_reference/
 */
export function findInDevcontainer(documents: readonly YamlValue[], findings: Findings): void {
  for (const file of documents) {
    const { text, string } = file.get("image");
    if (text !== undefined && string !== "") findings.literal(text);
    const cache = file.get("build").get("cacheFrom");
    const caches = cache.isList ? cache.items : [cache];
    for (const spot of caches.flatMap((one) => cachedImages(one, findings))) {
      findings.literal(spot, { needsNoPlatform: true, isCache: true });
    }
  }
}
