/** The part of a body that an answer has: first and last byte, and the whole's length where it is known. */
export type ContentRange = { readonly first: number; readonly last: number; readonly total: number | undefined };

/** The range of a `Content-Range` header, or undefined when it is none: https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
export function parseContentRange(header: string): ContentRange | undefined {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) return undefined;
  const length = total === "*" ? undefined : Number(total);
  return length !== undefined && Number(last) >= length ? undefined : { first: Number(first), last: Number(last), total: length };
}
