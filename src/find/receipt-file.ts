import { type Digest, parseDigest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, asString, type Json, kindOf, parseJson } from "../oci/json.ts";
import { parsePlatform } from "../oci/platform.ts";
import { formatReference, parseReference, repositoryName } from "../oci/reference.ts";

/** The bytes of an image that clients got, by the place that had them. */
export type ReceiptBytes = {
  readonly layout: number;
  readonly cache: number;
  /** By the name of a registry or of another source. */
  readonly registry: Readonly<Record<string, number>>;
};

/** An image that a job pulled, in the order in which the file has its fields. */
export type ReceiptRow = {
  /** The full form: `docker.io/library/alpine:3.20`, or `pinned` when it was pulled by digest. */
  readonly reference: string;
  readonly digest: Digest;
  /** The full form with the digest and without a tag. */
  readonly pinned: string;
  /** Those of which a client got the manifest from an index; empty when none is known. */
  readonly platforms: readonly string[];
  /** As they name themselves: `docker 28.5.2`. The text is theirs. */
  readonly clients: readonly string[];
  readonly pulls: number;
  readonly bytes: ReceiptBytes;
  /** ISO 8601, in UTC. */
  readonly first: string;
  readonly last: string;
  /** From `first` to `last`. */
  readonly seconds: number;
  /** How often a client, platform or blob was left out of the row; absent when none was. */
  readonly truncated?: number;
  /** In the last row: how often a client asked for an image that has no row. */
  readonly more?: number;
};

/** The most bytes of a receipt. */
export const RECEIPT_SIZE = 2 ** 24;
/** The most rows of a receipt. */
export const RECEIPT_ROWS = 10_000;
/** The most clients, platforms or places of a row. */
export const RECEIPT_LIST = 64;

/** The text of a receipt: a JSON list with one row a line. */
export function printReceipt(rows: readonly ReceiptRow[]): string {
  const lines = rows.map((row) => JSON.stringify(row));
  return rows.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

/**
 * The rows of a receipt. Other processes of the machine may have changed the file, so every field is
 * checked. Fails as `invalid`, naming the row and the field.
 */
export function readReceipt(json: Buffer): readonly ReceiptRow[] {
  try {
    if (json.length > RECEIPT_SIZE) throw wrong(`at most ${RECEIPT_SIZE} bytes`, json.length);
    const rows = parseJson(json, "receipt");
    if (!Array.isArray(rows)) throw wrong("a list", kindOf(rows));
    if (rows.length > RECEIPT_ROWS) throw wrong(`at most ${RECEIPT_ROWS} rows`, rows.length);
    return rows.map(readRow);
  } catch (cause) {
    if (!(cause instanceof PullError)) throw cause;
    throw new PullError("wrong-state", cause.found, { cause });
  }
}

function wrong(expected: string, got: string | number, what = "receipt"): PullError {
  return new PullError("wrong-state", `${what}: expected ${expected}, got ${got}`);
}

function readRow(value: Json, at: number): ReceiptRow {
  const what = `receipt[${at}]`;
  const fields = asObject(value, what);
  const platforms = readTexts(fields["platforms"], `${what} platforms`);
  for (const platform of platforms) parsePlatform(platform);
  return {
    ...readNames(fields, what),
    platforms,
    clients: readTexts(fields["clients"], `${what} clients`),
    pulls: readNumber(fields["pulls"], `${what} pulls`),
    bytes: readBytes(fields["bytes"], `${what} bytes`),
    first: readTime(fields["first"], `${what} first`),
    last: readTime(fields["last"], `${what} last`),
    seconds: readNumber(fields["seconds"], `${what} seconds`),
    ...readLeftOut(fields, what),
  };
}

type Fields = { readonly [key: string]: Json; readonly truncated?: Json; readonly more?: Json };
type LeftOut = Pick<ReceiptRow, "truncated" | "more">;

/** The three names of an image. They must be of the same one. */
function readNames(
  fields: Fields,
  what: string,
): Pick<ReceiptRow, "reference" | "digest" | "pinned"> {
  const reference = asString(fields["reference"], `${what} reference`);
  const digest = parseDigest(asString(fields["digest"], `${what} digest`));
  const parsed = parseReference(reference);
  const pinned = `${repositoryName(parsed)}@${digest}`;
  const full = parsed.digest === undefined ? formatReference(parsed) : pinned;
  if (reference !== full) throw wrong(full, reference, `${what} reference`);
  const stated = asString(fields["pinned"], `${what} pinned`);
  if (stated !== pinned) throw wrong(pinned, stated, `${what} pinned`);
  return { reference, digest, pinned };
}

function readTexts(value: Json | undefined, what: string): readonly string[] {
  const list = asList(value, what);
  if (list.length > RECEIPT_LIST) throw wrong(`at most ${RECEIPT_LIST}`, list.length, what);
  return list.map((text) => asString(text, what));
}

function readBytes(value: Json | undefined, what: string): ReceiptBytes {
  const fields = asObject(value, what);
  const places = Object.entries(asObject(fields["registry"], `${what} registry`));
  if (places.length > RECEIPT_LIST) throw wrong(`at most ${RECEIPT_LIST}`, places.length, what);
  const registry = places.map(([place, bytes]) => [place, readNumber(bytes, what)] as const);
  return {
    layout: readNumber(fields["layout"], `${what} layout`),
    cache: readNumber(fields["cache"], `${what} cache`),
    registry: Object.fromEntries(registry),
  };
}

function readNumber(value: Json | undefined, what: string): number {
  if (typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw wrong("a number that is not negative", kindOf(value), what);
}

function readLeftOut({ truncated, more }: Fields, what: string): LeftOut {
  return {
    ...(truncated === undefined ? {} : { truncated: readNumber(truncated, `${what} truncated`) }),
    ...(more === undefined ? {} : { more: readNumber(more, `${what} more`) }),
  };
}

function readTime(value: Json | undefined, what: string): string {
  const text = asString(value, what);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return text;
  throw wrong("a time like 2026-11-21T09:30:00.000Z", "another text", what);
}
