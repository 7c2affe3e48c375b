import type { Findings, Spot } from "./findings.ts";
import { spotsIn, UNPLACED } from "./scalar-spot.ts";
import type { YamlValue } from "./yaml-value.ts";

/**
 * Where the images of a build cache are named: alone, separated by commas, or as
 * `type=registry,ref=image`. Other types have none. A cache that cannot be placed goes to `findings`
 * as unknown. https://docs.docker.com/reference/cli/docker/buildx/build/#cache-from
 */
export function cachedImages(cache: YamlValue, findings: Findings): readonly Spot[] {
  const { text, string } = cache;
  if (text === undefined || string === "") return [];
  const spotOf = spotsIn(findings.source, text);
  if (spotOf !== undefined) return imageFields(string).map(({ from, to }) => spotOf(from, to));
  findings.unknowable(text, UNPLACED);
  return [];
}

/** A field of a cache, `key=…`, and where its value is. */
type Field = { readonly key: string | undefined; readonly from: number; readonly to: number };

function imageFields(cache: string): readonly Field[] {
  const fields = [...cache.matchAll(/[^,]+/g)].map(({ 0: field, index }): Field => {
    const equals = field.indexOf("=");
    const key = equals < 0 ? undefined : field.slice(0, equals).trim().toLowerCase();
    return { key, from: index + equals + 1, to: index + field.length };
  });
  if (fields.every(({ key }) => key === undefined)) return fields;
  const type = fields.find(({ key }) => key === "type");
  const typeName = cache.slice(type?.from, type?.to).trim();
  const isRegistry = type !== undefined && typeName === "registry";
  return isRegistry ? fields.filter(({ key }) => key === "ref") : [];
}
