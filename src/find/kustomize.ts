import type { Findings } from "./findings.ts";
import { isWithin, type Part, partAt, pinPart, whyPartsUnknown } from "./part.ts";
import { type Pin, pinAt } from "./pin.ts";
import type { SourceText } from "./source-text.ts";
import type { YamlValue } from "./yaml-value.ts";

/** An entry of `images`. */
type Entry = {
  readonly value: YamlValue;
  /** The new name, or the name where it stays. */
  readonly name: Part;
  readonly tag: Part | undefined;
  readonly digest: Part | undefined;
};

/**
 * Finds the images that a kustomization or a component sets with `images`
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/). Each stands at
 * its `newName`, or else at its `name`.
 */
export function findInKustomization(documents: readonly YamlValue[], findings: Findings): void {
  for (const document of documents) {
    for (const value of document.get("images").items) {
      const entry = entryOf(value);
      if (entry !== undefined) findEntry(entry, findings);
    }
  }
}

function entryOf(value: YamlValue): Entry | undefined {
  const names = ["newName", "name"].flatMap((key) => partAt(value, key) ?? []);
  const name = names.find((part) => part.value !== "");
  if (name === undefined) return undefined;
  const tag = partAt(value, "newTag");
  const digest = partAt(value, "digest");
  return { value, name, tag, digest };
}

function findEntry(entry: Entry, findings: Findings): void {
  const { name, tag, digest } = entry;
  const why = whyPartsUnknown(findings, [name, tag, digest]) ?? whyEntryUnknown(entry);
  if (why !== undefined) return findings.unknowable(name, why);
  const pin = pinOfEntry(entry, findings.source);
  const reference = name.value + after(":", tag) + after("@", digest);
  findings.add(name, reference, { pin });
}

/** A part with the sign that stands before it; empty for an empty part. */
function after(sign: string, part: Part | undefined): string {
  return part === undefined || part.value === "" ? "" : sign + part.value;
}

function whyEntryUnknown({ name, tag, digest }: Entry): string | undefined {
  const { value } = name;
  if (/:[^/]*$|@/.test(value)) return "its name has a tag or a digest: use newTag or digest";
  // https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/image/image.go
  if (/[*+?()[\]|^\\]/.test(value)) return "its name is a pattern";
  const isVersioned = after(":", tag) !== "" || after("@", digest) !== "";
  return isVersioned ? undefined : "its tag is the one that the resources have";
}

/**
 * A pin in the `digest` of an entry, or in a new one after its `newTag`. Undefined without a
 * `newTag`, because nothing says which digest is newer, and for keys that other entries share.
 */
function pinOfEntry(entry: Entry, source: SourceText): Pin | undefined {
  const { value, tag, digest } = entry;
  if (after(":", tag) === "" || tag === undefined) return undefined;
  if (digest !== undefined) {
    return isWithin(value, digest) ? pinPart(source, digest, "digest") : undefined;
  }
  const hasKey = value.entries.some(([key]) => key === "digest");
  if (hasKey || !isWithin(value, tag)) return undefined;
  return pinAfterTag(value, source);
}

/** A pin in a line of its own or, in flow style, behind the tag. */
function pinAfterTag(entry: YamlValue, source: SourceText): Pin {
  const [start] = entry.range;
  const [, tagEnd] = entry.get("newTag").range;
  if (source.text.charAt(start) === "{") {
    return pinAt(source, tagEnd, tagEnd, { before: ", digest: " });
  }
  const { column } = source.place(start, start);
  const at = endOfLine(source.text, tagEnd);
  const lineEnd = source.text.includes("\r\n") ? "\r\n" : "\n";
  return pinAt(source, at, at, { before: `${lineEnd}${" ".repeat(column - 1)}digest: ` });
}

/** The offset of the end of a line, before what ends it. */
function endOfLine(text: string, from: number): number {
  // A block scalar includes the end of its last line.
  const start = text.charAt(from - 1) === "\n" ? from - 1 : from;
  const newline = text.indexOf("\n", start);
  const end = newline < 0 ? text.length : newline;
  return text.charAt(end - 1) === "\r" ? end - 1 : end;
}
