import { parseReference } from "../oci/reference.ts";
import type { Requirement, Wanted } from "../pull/plan.ts";
import { attempt, type Complain, type Item, lines, readPlatforms } from "./lists.ts";

const FORM = "expected reference[,name=key][,platform=os/arch[/variant]][,optional=true]";

/**
 * The images of the `images` input: one a line, `reference[,key=value…]`. `platforms` holds for those that name none.
 * Every problem goes to `complain` with its line.
 */
export function readImages(text: string, platforms: Requirement, complain: Complain): readonly Wanted[] {
  const found = lines(text);
  if (found.length === 0) complain(`images: expected at least one reference, got none; ${FORM}`);
  const images = found.map((item) => readImage(item, platforms, complain));
  const seen = new Set<string>();
  images.forEach((image, at) => {
    if (image === undefined) return;
    if (seen.has(image.name)) complain(`images, line ${found[at]?.line}: duplicate name ${image.name}; give this image another with name=`);
    seen.add(image.name);
  });
  return images.filter((image) => image !== undefined);
}

function readImage({ line, text }: Item, platforms: Requirement, complain: Complain): Wanted | undefined {
  const where = `images, line ${line}`;
  const meant = likelyMeaning(text);
  if (meant !== undefined) {
    complain(`${where}: ${JSON.stringify(text)} is no reference; did you mean ${meant}? ${FORM}`);
    return undefined;
  }
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  // The rest of a login whose password has a comma: none of it is repeated.
  if (options.some((option) => option.includes("@") && !option.startsWith("name="))) {
    complain(`${where}: expected a reference before the first comma; credentials go into registry-auth; ${FORM}`);
    return undefined;
  }
  const reference = attempt(() => parseReference(written), where, complain);
  const values = readOptions(where, options, complain);
  const own = (values.get("platform") ?? []).map((platform) => ({ line, text: platform }));
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  const name = values.get("name")?.at(-1) ?? written;
  if (values.has("name") && !/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/.test(name)) {
    complain(`${where}: name: expected letters, digits and _ . : / @ -, got ${JSON.stringify(name)}`);
  }
  const required = readPlatforms("images", own, complain) ?? platforms;
  if (reference === undefined) return undefined;
  return { name, written, reference, platforms: required, optional: optional === "true" };
}

/** What a line was meant to be that is written as an item of a YAML list, or with a space for a comma. */
function likelyMeaning(text: string): string | undefined {
  const [, item] = /^-\s+(\S.*)$/.exec(text) ?? [];
  if (item !== undefined) return likelyMeaning(item) ?? item;
  const [, reference, options] = /^([^\s,]+)\s+((?:name|platform|optional)=.*)$/.exec(text) ?? [];
  return reference === undefined ? undefined : `${reference},${options?.replace(/\s+(?=(name|platform|optional)=)/g, ",")}`;
}

function readOptions(where: string, options: readonly string[], complain: Complain): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const option of options) {
    const [, key, value] = /^(name|platform|optional)=(.+)$/.exec(option) ?? [];
    if (key === undefined || value === undefined) complain(`${where}: ${JSON.stringify(option)} is an unknown option; ${FORM}`);
    else values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}
