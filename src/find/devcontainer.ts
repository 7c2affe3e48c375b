import type { Findings, Spot } from "./findings.ts";
import type { Text, Value, YamlTree } from "./yaml-tree.ts";

/**
 * Finds the images in a devcontainer.json: the one that it runs, and those that its build uses as a
 * cache. Features are no images: https://containers.dev/implementors/json_reference/
 */
export function findInDevcontainer(tree: YamlTree, findings: Findings): void {
  for (const file of tree.documents) {
    const image = writtenText(tree, tree.get(file, "image"));
    if (image !== undefined) findings.literal(image);
    const cache = tree.get(tree.get(file, "build"), "cacheFrom");
    for (const one of tree.isList(cache) ? tree.items(cache) : [cache]) {
      const spot = cachedImage(findings, writtenText(tree, one));
      if (spot !== undefined) findings.literal(spot, { platform: "any", isCache: true });
    }
  }
}

/** A scalar's text; undefined for `null`, and for anything but a scalar. */
function writtenText(tree: YamlTree, value: Value): Text | undefined {
  return tree.string(value) === "" ? undefined : tree.text(value);
}

// Other fields can stand before `ref`.
const REGISTRY_CACHE = /^type=registry,(?:[^,]*,)*?ref=/;

/**
 * The image of a cache, which is written alone or as `type=registry,ref=image`. Undefined for other
 * types: https://docs.docker.com/reference/cli/docker/buildx/build/#cache-from
 */
function cachedImage(findings: Findings, cache: Text | undefined): Spot | undefined {
  if (cache === undefined || !cache.value.includes("=")) return cache;
  const [before] = REGISTRY_CACHE.exec(cache.value) ?? [];
  if (before === undefined || findings.textOf(cache) !== cache.value) return undefined;
  const start = cache.start + before.length;
  const [value = ""] = cache.value.slice(before.length).split(",");
  return { start, end: start + value.length, value };
}
