import type { Findings, Spot } from "./findings.ts";
import type { Text, YamlValue } from "./yaml-value.ts";

/**
 * Finds the images in a devcontainer.json: the one that it runs, and those that its build uses as a
 * cache. Features are no images: https://containers.dev/implementors/json_reference/
 */
export function findInDevcontainer(documents: readonly YamlValue[], findings: Findings): void {
  for (const file of documents) {
    const image = writtenText(file.get("image"));
    if (image !== undefined) findings.literal(image);
    const cache = file.get("build").get("cacheFrom");
    const caches = cache.isList ? cache.items : [cache];
    for (const one of caches) findCache(one, findings);
  }
}

function findCache(cache: YamlValue, findings: Findings): void {
  const spot = cachedImage(findings, writtenText(cache));
  if (spot === undefined) return;
  findings.literal(spot, { needsNoPlatform: true, isCache: true });
}

/** A scalar's text; undefined for `null`, and for anything but a scalar. */
function writtenText(value: YamlValue): Text | undefined {
  return value.string === "" ? undefined : value.text;
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
  const reference = cache.value.slice(before.length);
  const [value = ""] = reference.split(",");
  return { start, end: start + value.length, value };
}
