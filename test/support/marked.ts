import assert from "node:assert/strict";
import { findReferences } from "../../src/find/find.ts";
import type { Found, Unknown } from "../../src/find/findings.ts";
import type { Kind } from "../../src/find/kind.ts";
import { withPins } from "../../src/find/pin.ts";
import { type Place, SourceText } from "../../src/find/source-text.ts";
import type { Surroundings } from "../../src/find/surroundings.ts";
import type { Digest } from "../../src/oci/digest.ts";

/** Where something is, as a test compares it: `2:10-21 alpine:3.20`. */
export type Spans = readonly string[];

/** A file's text, and the spans that were marked in it. */
export type Marked = {
  readonly text: string;
  readonly references: Spans;
  readonly unknown: Spans;
};

/**
 * Reads a text in which `⟦…⟧` marks the reference that a finder should find and `⟪…⟫` what cannot be
 * known. Returns the text without the marks, and both kinds of spans.
 */
export function marked(written: string): Marked {
  const text = written.replace(/[⟦⟧⟪⟫]/g, "");
  const source = new SourceText(text);
  const spans = (open: string, close: string): Spans => {
    const form = new RegExp(`${open}([^${close}]*)${close}`, "g");
    return [...written.matchAll(form)].map(({ 1: inner = "", index }) => {
      const start = written.slice(0, index).replace(/[⟦⟧⟪⟫\uFEFF]/g, "").length;
      return spanOf(source.place(start, start + inner.length), inner);
    });
  };
  return { text, references: spans("⟦", "⟧"), unknown: spans("⟪", "⟫") };
}

type Spanned = { readonly line: number; readonly column: number; readonly endColumn: number };

function spanOf({ line, column, endColumn }: Spanned, text: string): string {
  return `${line}:${column}-${endColumn} ${text}`;
}

const ALONE: Surroundings = {
  variable: () => undefined,
  isSecret: () => false,
  beside: () => undefined,
};

/** What a file names, which must be of a kind and without mistakes. */
export function found(
  path: string,
  text: string,
  as?: Kind,
  surroundings: Partial<Surroundings> = {},
): { readonly references: readonly Found[]; readonly unknown: readonly Unknown[] } {
  const finding = findReferences(path, text, as, { ...ALONE, ...surroundings });
  assert.ok(finding !== undefined, "it is of no kind");
  if ("mistake" in finding) assert.fail(JSON.stringify(finding.mistake));
  return finding;
}

/** A file's text with a digest at every reference that can be pinned. */
export function pinnedText(text: string, references: readonly Found[], digest: Digest): string {
  const pins = references.flatMap(({ pin }) => pin ?? []);
  const edits = pins.map((pin) => ({ pin, digest }));
  return withPins(Buffer.from(text), edits).toString();
}

/** Checks that a finder finds exactly what is marked, in order, where it is marked. */
export function assertFinds(
  path: string,
  written: string,
  as?: Kind,
  surroundings?: Partial<Surroundings>,
): void {
  const { text, references, unknown } = marked(written);
  const finding = found(path, text, as, surroundings);
  const bytes = Buffer.from(text);
  const span = (place: Place): string =>
    spanOf(place, bytes.subarray(place.start, place.end).toString());
  assert.deepEqual(
    finding.references.map(({ place }) => span(place)),
    references,
  );
  assert.deepEqual(
    finding.unknown.map(({ place }) => span(place)),
    unknown,
  );
}
