import type { Entry } from "./entries.ts";
import { harmlessJson } from "./sanitiser.ts";

/** Bytes of one JSON output. Job outputs hold 1 MiB together; a quarter leaves room for `config` and for other steps. */
export const JSON_LIMIT = 256 * 1024;

/** One problem, as the output `missing` shows it. */
export type MissingEntry = Readonly<Record<"name" | "reference" | "platform" | "status" | "reason" | "message", string>>;

// What always stays of an image in `json`.
const KEPT = ["reference", "digest", "pinned", "status"];
// What goes first where everything is too large: what a publisher fills, then what grows with the number of platforms.
const FIRST_TO_GO = ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir"];
const NEXT_TO_GO = ["platforms"];

/**
 * The output `json` for the entries of all images, by name, as JSON of at most {@link JSON_LIMIT} bytes. Where that is too little,
 * the largest fields go first, image by image, and an image's `truncated` names those it lost. Where even what is kept of
 * each does not fit, images go from the end, and the `truncated` beside `images` counts them. `*` names all but what is kept.
 */
export function boundedImages(entries: readonly (readonly [name: string, entry: Entry])[]): string {
  const images = entries.map(([name, entry]) => new Shrinking(name, entry));
  let over = images.reduce((size, image) => size + image.size, FRAME_SIZE) - JSON_LIMIT;
  for (const isDue of [isAmong(FIRST_TO_GO), isAmong(NEXT_TO_GO), isNoneOf(KEPT)]) {
    for (const { image, field } of over <= 0 ? [] : largestFirst(images, isDue)) {
      if (over > 0) over -= image.drop(field);
    }
  }
  // Where the names of what went cost too much, they are one.
  for (const image of over <= 0 ? [] : images) over -= image.strip();
  const count = images.length;
  while (over > 0 && images.length > 0) over -= images.pop()?.size ?? 0;
  const truncated = images.length === count ? "" : `"truncated":${count - images.length},`;
  return `{"schema":1,${truncated}"images":{${images.map(String).join(",")}}}`;
}

// What stands around the images, the largest count of lost ones included.
const FRAME_SIZE = `{"schema":1,"truncated":${Number.MAX_SAFE_INTEGER},"images":{}}`.length;

function isAmong(fields: readonly string[]): (field: string) => boolean {
  return (field) => fields.includes(field);
}

function isNoneOf(fields: readonly string[]): (field: string) => boolean {
  return (field) => !fields.includes(field);
}

type Part = { readonly image: Shrinking; readonly field: string; readonly size: number };

function largestFirst(images: readonly Shrinking[], isDue: (field: string) => boolean): readonly Part[] {
  const parts = images.flatMap((image) =>
    image.fields.filter(([field]) => isDue(field)).map(([field, size]): Part => ({ image, field, size })),
  );
  return parts.toSorted((one, other) => other.size - one.size);
}

// `"truncated":[]` and two commas.
const COST = 16;

/** One image's entry as JSON, which loses fields one by one. Harmless JSON is ASCII: its length is its bytes. */
class Shrinking {
  readonly #name: string;
  /** `"field":value`, by field. */
  readonly #fields: Map<string, string>;
  readonly #lost: string[] = [];

  constructor(name: string, entry: Entry) {
    this.#name = harmlessJson(name);
    this.#fields = new Map(Object.entries(entry).map(([field, value]) => [field, harmlessJson({ [field]: value }).slice(1, -1)]));
  }

  /** The fields there still are, each with its bytes, where leaving one out saves more than it costs to say so. */
  get fields(): readonly (readonly [field: string, size: number])[] {
    const worth = [...this.#fields].filter(([field, text]) => text.length > JSON.stringify(field).length + COST);
    return worth.map(([field, text]) => [field, text.length]);
  }

  /** Bytes, with the comma behind it. */
  get size(): number {
    return this.toString().length + 1;
  }

  /** Leaves a field out, and says so; how many bytes less that takes. */
  drop(field: string): number {
    const before = this.size;
    this.#fields.delete(field);
    this.#lost.push(field);
    return before - this.size;
  }

  /** Leaves out all that need not stay; how many bytes less that takes. */
  strip(): number {
    const before = this.size;
    for (const field of [...this.#fields.keys()].filter(isNoneOf(KEPT))) this.#fields.delete(field);
    this.#lost.splice(0, this.#lost.length, "*");
    return before - this.size;
  }

  toString(): string {
    const lost = this.#lost.length === 0 ? [] : [`"truncated":${JSON.stringify(this.#lost)}`];
    return `${this.#name}:{${[...this.#fields.values(), ...lost].join(",")}}`;
  }
}

// Enough for a name, a reference and the start of what was found.
const SHORT_MESSAGE = 300;

/** The output `missing`, as a JSON array of at most {@link JSON_LIMIT} bytes: long messages are cut before entries go from the end. */
export function boundedList(entries: readonly MissingEntry[]): string {
  const json = harmlessJson(entries);
  if (Buffer.byteLength(json) <= JSON_LIMIT) return json;
  const short = entries.map((entry) => ({ ...entry, message: cut(entry.message) }));
  const sizes = short.map((entry) => harmlessJson(entry).length + 1);
  let total = 2;
  const fitting = sizes.findIndex((size) => {
    total += size;
    return total > JSON_LIMIT;
  });
  return harmlessJson(fitting < 0 ? short : short.slice(0, Math.max(fitting, 1)));
}

function cut(message: string): string {
  return message.length <= SHORT_MESSAGE ? message : `${message.slice(0, SHORT_MESSAGE)}…`;
}
