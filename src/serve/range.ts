/** The bytes of an answer: from `start` to before `end`. */
export type Range = { readonly start: number; readonly end: number };

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;

/**
 * The bytes that a header `Range` asks for, of `size` bytes; undefined for all of them: without a
 * header, for several ranges, and for what is not a range. `unsatisfiable` when none of the bytes
 * exist, and when the last comes before the first:
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function readRange(
  header: string | undefined,
  size: number,
): Range | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = SINGLE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  return first === "" ? suffix(Number(last), size) : between(Number(first), last, size);
}

/** The last `length` bytes. */
function suffix(length: number, size: number): Range | "unsatisfiable" {
  if (length === 0 || size === 0) return "unsatisfiable";
  return { start: Math.max(0, size - length), end: size };
}

function between(start: number, last: string, size: number): Range | "unsatisfiable" {
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return start < end ? { start, end } : "unsatisfiable";
}
