import { isJson } from "../find/list.ts";
import type { BaseWanted, Requirement, Wanted } from "../gate/plan.ts";
import { parseReference } from "../oci/reference.ts";
import { readObjects } from "./image-objects.ts";
import {
  attempt,
  type Complain,
  type Item,
  lines,
  readOptions,
  readPlatforms,
  type WrittenImage,
} from "./list-syntax.ts";

const OPTIONS = "[,name=key][,platform=os/arch[/variant]][,optional=true][,base=reference]";
/** The form of a line, for messages. */
export const IMAGE_FORM = `expected reference${OPTIONS}`;
const FORM = { keys: ["name", "platform", "optional", "base"], expected: IMAGE_FORM };

/**
 * The images of the `images` input: either one image a line, `reference[,key=value…]`, or a JSON
 * array of objects. There may be none. `platforms` is required of images that name none of their
 * own. Every problem goes to `complain` with its line or entry.
 */
export function readImages(
  text: string,
  platforms: Requirement,
  complain: Complain,
): readonly Wanted[] {
  const read = isJson(text) ? readObjects : readLines;
  const names = new Set<string>();
  const images: Wanted[] = [];
  for (const image of read(text, complain)) {
    if (image === undefined) continue;
    const wanted = toWanted(image, platforms, complain);
    if (wanted === undefined) continue;
    const { name } = wanted;
    if (names.has(name)) {
      complain(`${image.where}: duplicate name ${name}; give this image another name`);
    }
    names.add(name);
    images.push(wanted);
  }
  return images;
}

/** False when the `images` input has no line and no entry, be they right or wrong. */
export function namesImages(text: string): boolean {
  if (isJson(text)) return !/^\s*\[\s*\]\s*$/.test(text);
  return lines("images", text).length > 0;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/;

function toWanted(
  { where, written, name, platforms, optional, base }: WrittenImage,
  otherwise: Requirement,
  complain: Complain,
): Wanted | undefined {
  const reference = attempt(() => parseReference(written), where, complain);
  if (name !== undefined && !NAME.test(name)) {
    const expected = "expected letters, digits and _ . : / @ -";
    complain(`${where}: name: ${expected}, got ${JSON.stringify(name)}`);
  }
  const own = platforms.map((text) => ({ where, text }));
  const required = readPlatforms(own, complain) ?? otherwise;
  const onto = base === undefined ? undefined : readBase(base, where, complain);
  if (reference === undefined) return undefined;
  return {
    name: name ?? written,
    written,
    reference,
    platforms: required,
    optional,
    ...(onto === undefined ? {} : { base: onto }),
  };
}

function readBase(written: string, where: string, complain: Complain): BaseWanted | undefined {
  if (written === "auto") return "auto";
  const reference = attempt(() => parseReference(written), `${where}: base`, complain);
  return reference && { written, reference };
}

function readLines(text: string, complain: Complain): readonly (WrittenImage | undefined)[] {
  return lines("images", text).map((item) => readLine(item, complain));
}

function readLine({ where, text }: Item, complain: Complain): WrittenImage | undefined {
  const meant = likelyMeaning(text);
  if (meant !== undefined) {
    const found = `${JSON.stringify(text)} is not a reference`;
    complain(`${where}: ${found}; did you mean ${meant}? ${IMAGE_FORM}`);
    return undefined;
  }
  const parts = text.split(",").map((part) => part.trim());
  const [written = "", ...options] = parts;
  if (options.some(isRestOfLogin)) {
    const expected = "expected a reference before the first comma";
    complain(`${where}: ${expected}; credentials go into registry-auth; ${IMAGE_FORM}`);
    return undefined;
  }
  const values = readOptions(where, options, FORM, complain);
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") {
    complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  }
  return {
    where,
    written,
    name: values.get("name")?.at(-1),
    platforms: values.get("platform") ?? [],
    optional: optional === "true",
    base: values.get("base")?.at(-1),
  };
}

/**
 * True for what may be the rest of `user:password@registry` with a comma in the password. Messages
 * must not repeat it. The message about a wrong base repeats nothing before an `@`.
 */
function isRestOfLogin(option: string): boolean {
  return option.includes("@") && !/^(?:name|base)=/.test(option);
}

/** The right form of a line that is written as a YAML list item, or with a space for a comma. */
function likelyMeaning(text: string): string | undefined {
  const [, item] = /^-\s+(\S.*)$/.exec(text) ?? [];
  if (item !== undefined) return likelyMeaning(item) ?? item;
  const spaced = /^([^\s,]+)\s+((?:name|platform|optional|base)=.*)$/.exec(text);
  const [, reference, options = ""] = spaced ?? [];
  if (reference === undefined) return undefined;
  return `${reference},${options.replace(/\s+(?=(name|platform|optional|base)=)/g, ",")}`;
}
