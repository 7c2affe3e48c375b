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

/**
 * What a pull restored and downloaded, how long it took, and what it reused; without what is zero:
 * `downloaded 5.0 kB in 0.1 s (50.0 kB/s)`.
 */
export function pulledLine({ restored, downloaded, alreadyThere, seconds }: Pulled): string {
  const parts: string[] = [];
  if (restored > 0) parts.push(`restored ${formatBytes(restored)} from the cache`);
  if (downloaded > 0) parts.push(`downloaded ${formatBytes(downloaded)}`);
  const moved = restored + downloaded;
  const rate = formatBytes(moved / Math.max(seconds, 0.001));
  const time = ` in ${seconds.toFixed(1)} s (${rate}/s)`;
  const lines = moved === 0 ? [] : [`${parts.join(" and ")}${time}`];
  if (alreadyThere > 0) lines.push(`reused ${formatBytes(alreadyThere)} from the layout`);
  return lines.length === 0 ? "nothing was pulled" : lines.join("; ");
}

/** A text with its digests cut to what tells them apart: `sha256:4ba8daa8a31a…`. */
export function shortDigests(text: string): string {
  return text.replace(/\b(sha(?:256|512):[0-9a-f]{12})[0-9a-f]{52,}/g, "$1…");
}

/** A message without `subject: ` at its start, for a place that names the subject already. */
export function withoutSubject(message: string, subject: string): string {
  const start = `${subject}: `;
  return message.startsWith(start) ? message.slice(start.length) : message;
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
