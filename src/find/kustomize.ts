import type { Findings } from "./findings.ts";
import { isWithin, type Part, partAt, pinPart, sharedStarts, whyPartsUnknown } from "./part.ts";
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
  const values = documents.flatMap((document) => document.get("images").items);
  const entries = values.flatMap((value) => entryOf(value) ?? []);
  const shared = sharedIn(entries);
  for (const entry of entries) findEntry(entry, shared, findings);
}

function entryOf(value: YamlValue): Entry | undefined {
  const names = ["newName", "name"].flatMap((key) => partAt(value, key) ?? []);
  const name = names.find((part) => part.value !== "");
  if (name === undefined) return undefined;
  const tag = partAt(value, "newTag");
  const digest = partAt(value, "digest");
  return { value, name, tag, digest };
}

/** What several entries use: mappings that others merge, and where digests start. */
type Shared = { readonly merged: ReadonlySet<YamlValue>; readonly digests: ReadonlySet<number> };

function sharedIn(entries: readonly Entry[]): Shared {
  const merged = entries.flatMap(({ value }) => value.keys.merged);
  const owned = entries.map(({ name, digest }) => [name.value, digest] as const);
  return { merged: new Set(merged), digests: sharedStarts(owned) };
}

function findEntry(entry: Entry, shared: Shared, findings: Findings): void {
  const { name, tag, digest } = entry;
  const why = whyPartsUnknown(findings, [name, tag, digest]) ?? whyEntryUnknown(entry);
  if (why !== undefined) return findings.unknowable(name, why);
  const pin = pinOfEntry(entry, shared, findings.source);
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
 * `newTag`, because nothing says which digest is newer, and where other entries would share it.
 */
function pinOfEntry(entry: Entry, shared: Shared, source: SourceText): Pin | undefined {
  const { value, tag, digest } = entry;
  const hasTag = tag !== undefined && tag.value !== "";
  if (!hasTag || shared.merged.has(value)) return undefined;
  if (digest !== undefined) {
    const isOwn = isWithin(value, digest) && !shared.digests.has(digest.start);
    return isOwn ? pinPart(source, digest, "digest") : undefined;
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
    const quote = quoteAfter(source.text, start + 1);
    const before = `, ${quote}digest${quote}: ${quote}`;
    return pinAt(source, tagEnd, tagEnd, { before, after: quote });
  }
  const { column } = source.place(start, start);
  const at = endOfLine(source.text, tagEnd);
  const lineEnd = source.text.includes("\r\n") ? "\r\n" : "\n";
  const indent = " ".repeat(column - 1);
  return pinAt(source, at, at, { before: `${lineEnd}${indent}digest: ` });
}

/** The quote that follows white space; empty for none. In JSON, each key has one. */
function quoteAfter(text: string, from: number): string {
  const form = /\s*(["']?)/y;
  form.lastIndex = from;
  const [, quote = ""] = form.exec(text) ?? [];
  return quote;
}

/** The offset of the end of a line, before what ends it. */
function endOfLine(text: string, from: number): number {
  // A block scalar includes the end of its last line.
  const start = text.charAt(from - 1) === "\n" ? from - 1 : from;
  const newline = text.indexOf("\n", start);
  const end = newline < 0 ? text.length : newline;
  return text.charAt(end - 1) === "\r" ? end - 1 : end;
}
