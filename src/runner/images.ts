import { parseReference } from "../oci/reference.ts";
import type { Requirement, Wanted } from "../pull/plan.ts";
import { readObjects } from "./image-objects.ts";
import { attempt, type Complain, type Item, lines, readPlatforms, type WrittenImage } from "./lists.ts";

const FORM = "expected reference[,name=key][,platform=os/arch[/variant]][,optional=true]";

/**
 * The images of the `images` input: one a line, `reference[,key=value…]`, or a JSON array of objects.
 * `platforms` holds for those that name none. Every problem goes to `complain` with its line or entry.
 */
export function readImages(text: string, platforms: Requirement, complain: Complain): readonly Wanted[] {
  const written = isJson(text) ? readObjects(text, complain) : readLines(text, complain);
  if (written?.length === 0) complain(`images: expected at least one reference, got none; ${FORM}`);
  const names = new Set<string>();
  return (written ?? []).flatMap((image) => {
    if (image === undefined) return [];
    const wanted = toWanted(image, platforms, complain);
    if (wanted === undefined) return [];
    const { name } = wanted;
    if (names.has(name)) complain(`${image.where}: duplicate name ${name}; give this image another name`);
    names.add(name);
    return [wanted];
  });
}

/** A list may start with a bracket, too: that of an IPv6 address. */
function isJson(text: string): boolean {
  return /^\s*\[/.test(text) && !/^\s*\[[0-9a-f.]*:[0-9a-f:.]*\]/i.test(text);
}

function toWanted(
  { where, written, name, platforms, optional }: WrittenImage,
  otherwise: Requirement,
  complain: Complain,
): Wanted | undefined {
  const reference = attempt(() => parseReference(written), where, complain);
  if (name !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/.test(name)) {
    complain(`${where}: name: expected letters, digits and _ . : / @ -, got ${JSON.stringify(name)}`);
  }
  const own = platforms.map((text) => ({ where, text }));
  const required = readPlatforms(own, complain) ?? otherwise;
  if (reference === undefined) return undefined;
  return { name: name ?? written, written, reference, platforms: required, optional };
}

function readLines(text: string, complain: Complain): readonly (WrittenImage | undefined)[] {
  return lines("images", text).map((item) => readLine(item, complain));
}

function readLine({ where, text }: Item, complain: Complain): WrittenImage | undefined {
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
  const values = readOptions(where, options, complain);
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  const platforms = values.get("platform") ?? [];
  return { where, written, name: values.get("name")?.at(-1), platforms, optional: optional === "true" };
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
