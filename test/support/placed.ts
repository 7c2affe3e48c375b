import assert from "node:assert/strict";
import { findReferences } from "../../src/find/find.ts";
import type { Kind } from "../../src/find/kind.ts";

/** Checks that finding does not throw, and that each place has the text of its unknown. */
export function assertPlaces(text: string, as: Kind): void {
  const around = { variable: () => undefined, isSecret: () => false, beside: () => undefined };
  const finding = findReferences("file.yaml", text, as, around);
  if (finding === undefined || "mistake" in finding) return;
  const bytes = Buffer.from(text);
  for (const { place, text: written } of finding.unknown) {
    assert.equal(bytes.subarray(place.start, place.end).toString(), written);
  }
  for (const { place, reference, pin } of finding.references) {
    const written = bytes.subarray(place.start, place.end).toString();
    // A text with quotes or backslashes can mean another one.
    if (pin !== undefined && !/['"\\\s]/.test(written)) assert.equal(written, reference);
  }
}
