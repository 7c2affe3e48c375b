/** The part of a whole that an answer has: its first and last byte, and the whole's size. */
export type ContentRange = {
  readonly first: number;
  readonly last: number;
  /** Undefined when the server does not know it. */
  readonly total: number | undefined;
};

const RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i;

/**
 * The range in a `Content-Range` header; undefined when it is malformed:
 * https://www.rfc-editor.org/rfc/rfc9110#section-14.4
 */
export function parseContentRange(header: string): ContentRange | undefined {
  const stated = RANGE.exec(header.trim());
  if (stated === null) return undefined;
  const [first, last] = [Number(stated[1]), Number(stated[2])];
  const total = stated[3] === "*" ? undefined : Number(stated[3]);
  const isWithin = total === undefined || last < total;
  return first <= last && isWithin ? { first, last, total } : undefined;
}
