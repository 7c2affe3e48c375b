// The words that log, summary, terminal and progress share.
import type { PlatformOutcome } from "../gate/resolved.ts";
import type { Pulled } from "../pull/outcome.ts";

/** Bytes in decimal units, as registries and runners use them: `78.0 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const thousands = Math.floor(Math.log10(bytes) / 3);
  const power = Math.min(thousands, units.length);
  const inUnit = bytes / 1_000 ** power;
  return `${inUnit.toFixed(1)} ${units[power - 1]}`;
}

/** ✗ for a platform with a problem, else ✓ when it is required and · when it is not. */
export function platformMark({ required, status }: PlatformOutcome): string {
  if (status !== "ok" && status !== "listed") return "✗";
  return required ? "✓" : "·";
}

/** What a pull restored, downloaded and reused, and how long it took. */
export function pulledLine({ restored, downloaded, alreadyThere, seconds }: Pulled): string {
  const line = [
    `restored ${formatBytes(restored)} from the cache`,
    `downloaded ${formatBytes(downloaded)}`,
    `reused ${formatBytes(alreadyThere)} from the layout`,
  ].join(", ");
  const moved = restored + downloaded;
  if (moved === 0) return line;
  const rate = formatBytes(moved / Math.max(seconds, 0.001));
  return `${line}, in ${seconds.toFixed(1)} s (${rate}/s)`;
}

/** The most lines of one group: what a person reads. */
export const LINE_LIMIT = 500;

/** A line for each of the first items, and one that states how many more there are. */
export function firstOf<T>(
  items: readonly T[],
  most: number,
  lineOf: (item: T) => string,
): readonly string[] {
  const lines = items.slice(0, most).map(lineOf);
  const more = items.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

/** A number of things, in singular or plural: `1 layer`, `3 layers`. */
export function countOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
