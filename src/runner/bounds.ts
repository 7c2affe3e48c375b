import type { NamedResult, ResultFields } from "./results.ts";
import { harmlessJson } from "./sanitiser.ts";

/**
 * Bytes of one JSON output. All outputs of a job together have at most 1 MiB; a quarter of it
 * leaves room for the output `config` and for other steps.
 */
export const JSON_LIMIT = 256 * 1024;

/** One problem, as it is in the output `missing`. */
export type MissingEntry = Readonly<
  Record<"name" | "reference" | "platform" | "status" | "reason" | "message", string>
>;

// The fields that every image in `json` keeps.
const KEPT = ["reference", "digest", "pinned", "status"];
// The fields that go first: a publisher decides how long they are.
const FIRST_TO_GO = ["labels", "locations", "exposedPorts", "entrypoint", "cmd", "user", "workdir"];
// The fields that go next, in this order: they grow with the number of layers and of platforms.
const SECOND_TO_GO = ["blobs"];
const THIRD_TO_GO = ["platforms", "base"];

type IsDue = (field: string) => boolean;

const isNotKept: IsDue = (field) => !KEPT.includes(field);

const DUE: readonly IsDue[] = [
  (field) => FIRST_TO_GO.includes(field),
  (field) => SECOND_TO_GO.includes(field),
  (field) => THIRD_TO_GO.includes(field),
  isNotKept,
];

/**
 * The output `json` for the results of all images, with at most {@link JSON_LIMIT} bytes. If they
 * have more, the largest fields go first, image by image. The field `truncated` of an image lists
 * the fields that it lost; `*` stands for all but {@link KEPT}. If even the fields that are kept do
 * not fit, images go from the end, and the field `truncated` beside `images` is their number.
 */
export function boundedImages(results: readonly NamedResult[]): string {
  const all = results.map(([name, fields]) => new Shrinking(name, fields));
  const excess = shrink(all);
  const images = all.slice(0, countFitting(all, excess));
  const lost = all.length - images.length;
  const truncated = lost === 0 ? "" : `"truncated":${lost},`;
  const members = images.map(String).join(",");
  return `{"schema":1,${truncated}"images":{${members}}}`;
}

// The text around the images, with the longest number of lost images.
const FRAME_SIZE = `{"schema":1,"truncated":${Number.MAX_SAFE_INTEGER},"images":{}}`.length;

/** Drops fields while the images do not fit. Returns the rest of the excess. */
function shrink(images: readonly Shrinking[]): number {
  let excess = FRAME_SIZE - JSON_LIMIT;
  for (const image of images) excess += image.size;
  for (const isDue of DUE) {
    excess = dropFields(images, excess, isDue);
  }
  if (excess <= 0) return excess;
  // The names of the lost fields cost too much: replace them by one character.
  for (const image of images) excess -= image.strip();
  return excess;
}

/**
 * Drops due fields, the largest first, while there is an excess. Returns the rest of the excess.
 */
function dropFields(images: readonly Shrinking[], excess: number, isDue: IsDue): number {
  if (excess <= 0) return excess;
  let rest = excess;
  for (const { image, field } of largestFirst(images, isDue)) {
    if (rest <= 0) break;
    rest -= image.drop(field);
  }
  return rest;
}

type Part = {
  readonly image: Shrinking;
  readonly field: string;
  readonly size: number;
};

function largestFirst(images: readonly Shrinking[], isDue: IsDue): readonly Part[] {
  const parts: Part[] = [];
  for (const image of images) {
    for (const [field, size] of image.fields) {
      if (isDue(field)) parts.push({ image, field, size });
    }
  }
  return parts.toSorted((one, other) => other.size - one.size);
}

/** How many images, from the first on, can stay when the excess goes from the end. */
function countFitting(images: readonly Shrinking[], excess: number): number {
  let rest = excess;
  let count = images.length;
  while (rest > 0 && count > 0) {
    count -= 1;
    rest -= images[count]?.size ?? 0;
  }
  return count;
}

// `"truncated":[]` and two commas.
const TRUNCATED_COST = '"truncated":[],,'.length;

type SizedField = readonly [field: string, size: number];

/** The result of one image as JSON, which loses fields. It is ASCII, so its length is its bytes. */
class Shrinking {
  readonly #name: string;
  /** `"field":value`, by field. */
  readonly #fields = new Map<string, string>();
  #lost: readonly string[] = [];

  constructor(name: string, fields: ResultFields) {
    this.#name = harmlessJson(name);
    for (const [field, value] of Object.entries(fields)) {
      const object = harmlessJson({ [field]: value });
      const withoutBraces = object.slice(1, -1);
      this.#fields.set(field, withoutBraces);
    }
  }

  /**
   * The fields that it still has and that are longer than a note of their loss, with their bytes.
   */
  get fields(): readonly SizedField[] {
    const fields: SizedField[] = [];
    for (const [field, { length }] of this.#fields) {
      const noteLength = JSON.stringify(field).length + TRUNCATED_COST;
      if (length > noteLength) fields.push([field, length]);
    }
    return fields;
  }

  /** Its bytes, and the comma after it. */
  get size(): number {
    return this.toString().length + 1;
  }

  /** Drops a field, and notes its name. Returns the bytes that this saves. */
  drop(field: string): number {
    const before = this.size;
    this.#fields.delete(field);
    this.#lost = [...this.#lost, field];
    return before - this.size;
  }

  /** Drops all fields that need not be kept. Returns the bytes that this saves. */
  strip(): number {
    const before = this.size;
    for (const field of this.#fields.keys()) {
      if (isNotKept(field)) this.#fields.delete(field);
    }
    this.#lost = ["*"];
    return before - this.size;
  }

  toString(): string {
    const members = [...this.#fields.values()];
    if (this.#lost.length > 0) {
      const lost = JSON.stringify(this.#lost);
      members.push(`"truncated":${lost}`);
    }
    return `${this.#name}:{${members.join(",")}}`;
  }
}

// Enough for a name, a reference and the start of what was found.
const SHORT_MESSAGE = 300;

/**
 * The output `missing`, a JSON array of at most {@link JSON_LIMIT} bytes. If the problems have
 * more, long messages are cut, and then entries go from the end. The first always stays.
 */
export function boundedList(entries: readonly MissingEntry[]): string {
  const json = harmlessJson(entries);
  if (Buffer.byteLength(json) <= JSON_LIMIT) return json;
  const short = entries.map((entry) => {
    const message = cut(entry.message);
    return { ...entry, message };
  });
  const count = Math.max(countOfFirst(short, "[]"), 1);
  return harmlessJson(short.slice(0, count));
}

/** How many rows, from the first on, fit into {@link JSON_LIMIT} bytes with what is around them. */
function countOfFirst(rows: readonly unknown[], around: string): number {
  let size = around.length;
  for (const [at, row] of rows.entries()) {
    size += harmlessJson(row).length + 1;
    if (size > JSON_LIMIT) return at;
  }
  return rows.length;
}

function cut(message: string): string {
  if (message.length <= SHORT_MESSAGE) return message;
  return `${message.slice(0, SHORT_MESSAGE)}…`;
}

/**
 * The output `references`, a JSON array of at most {@link JSON_LIMIT} bytes. If the rows have more,
 * rows go from the end, and a last row, `{"truncated": 12}`, states how many.
 */
export function boundedRows(rows: readonly unknown[]): string {
  const json = harmlessJson(rows);
  if (json.length <= JSON_LIMIT) return json;
  const count = countOfFirst(rows, `[{"truncated":${rows.length}}]`);
  return harmlessJson([...rows.slice(0, count), { truncated: rows.length - count }]);
}
