import { parseReference } from "../oci/reference.ts";
import type { Requirement, Wanted } from "../pull/plan.ts";
import { attempt, type Complain, lines, readPlatforms } from "./lists.ts";

const FORM = "expected reference[,name=key][,platform=os/arch[/variant]][,optional=true]";

/**
 * The images of the `images` input: one a line, `reference[,key=value…]`. `platforms` holds for those that name none.
 * Every problem goes to `complain` with its line.
 */
export function readImages(text: string, platforms: Requirement, complain: Complain): readonly Wanted[] {
  const found = lines(text);
  if (found.length === 0) complain(`images: expected at least one reference, got none; ${FORM}`);
  const images = found.map(({ line, text }) => readImage(`images, line ${line}`, text, platforms, complain));
  const seen = new Set<string>();
  images.forEach((image, at) => {
    if (image === undefined) return;
    if (seen.has(image.name)) complain(`images, line ${found[at]?.line}: the name ${image.name} is taken by an earlier line; add name=`);
    seen.add(image.name);
  });
  return images.filter((image) => image !== undefined);
}

function readImage(where: string, text: string, platforms: Requirement, complain: Complain): Wanted | undefined {
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  // The rest of a login whose password has a comma: none of it is repeated.
  if (options.some((option) => option.includes("@") && !option.startsWith("name="))) {
    complain(`${where}: expected a reference before the first comma; credentials go into registry-auth; ${FORM}`);
    return undefined;
  }
  const reference = attempt(() => parseReference(written), where, complain);
  const values = readOptions(where, options, complain);
  const own = values.get("platform");
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  const name = values.get("name")?.at(-1) ?? written;
  if (values.has("name") && !/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/.test(name)) {
    complain(`${where}: name: expected letters, digits and _ . : / @ -, got ${JSON.stringify(name)}`);
  }
  if (reference === undefined) return undefined;
  return {
    name,
    written,
    reference,
    platforms: (own && readPlatforms(`${where}: platform`, own.join("\n"), complain)) ?? platforms,
    optional: optional === "true",
  };
}

function readOptions(where: string, options: readonly string[], complain: Complain): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const option of options) {
    const [, key, value] = /^(name|platform|optional)=(.+)$/.exec(option) ?? [];
    if (key === undefined || value === undefined) complain(`${where}: ${JSON.stringify(option)} is no option; ${FORM}`);
    else values.set(key, [...(values.get(key) ?? []), value]);
  }
  return values;
}
