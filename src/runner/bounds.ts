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
 * each does not fit, images go from the end, and the `truncated` beside `images` counts them.
 */
export function boundedImages(entries: readonly (readonly [name: string, entry: Entry])[]): string {
  const images = entries.map(([name, entry]) => new Shrinking(name, entry));
  const left = { over: images.reduce((size, image) => size + image.size, frameSize()) - JSON_LIMIT };
  for (const isDue of [isAmong(FIRST_TO_GO), isAmong(NEXT_TO_GO), (field: string): boolean => !KEPT.includes(field)]) {
    for (const { image, field, size } of largestFirst(images, isDue)) {
      if (left.over <= 0) break;
      left.over -= size - image.drop(field);
    }
  }
  const count = images.length;
  while (left.over > 0 && images.length > 0) left.over -= images.pop()?.size ?? 0;
  const truncated = images.length === count ? {} : { truncated: count - images.length };
  return harmlessJson({ schema: 1, ...truncated, images: Object.fromEntries(images.map(({ name, entry }) => [name, entry])) });
}

function isAmong(fields: readonly string[]): (field: string) => boolean {
  return (field) => fields.includes(field);
}

/** What stands around the images, the largest count of lost ones included. */
function frameSize(): number {
  return sizeOf({ schema: 1, truncated: Number.MAX_SAFE_INTEGER, images: {} });
}

type Part = { readonly image: Shrinking; readonly field: string; readonly size: number };

function largestFirst(images: readonly Shrinking[], isDue: (field: string) => boolean): readonly Part[] {
  const parts = images.flatMap((image) =>
    image.fields.filter(([field]) => isDue(field)).map(([field, size]): Part => ({ image, field, size })),
  );
  return parts.toSorted((one, other) => other.size - one.size);
}

/** One image's entry, which loses fields one by one. */
class Shrinking {
  readonly name: string;
  readonly #entry: Entry;
  readonly #sizes: Map<string, number>;
  readonly #truncated: string[] = [];

  constructor(name: string, entry: Entry) {
    this.name = name;
    this.#entry = entry;
    this.#sizes = new Map(Object.entries(entry).map(([field, value]) => [field, sizeOf({ [field]: value })]));
  }

  /** The fields there still are, each with its bytes. */
  get fields(): readonly (readonly [field: string, size: number])[] {
    return [...this.#sizes];
  }

  /** Bytes of the whole, braces, name and comma included. */
  get size(): number {
    const frame = sizeOf({ [this.name]: {} }) + this.#truncated.reduce((sum, field) => sum + costOfSaying(field), 0);
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, frame);
  }

  /** Leaves a field out; how many bytes it takes to say so. */
  drop(field: string): number {
    this.#sizes.delete(field);
    this.#truncated.push(field);
    return costOfSaying(field);
  }

  get entry(): Entry {
    const kept = Object.entries(this.#entry).filter(([field]) => this.#sizes.has(field));
    return { ...Object.fromEntries(kept), ...(this.#truncated.length === 0 ? {} : { truncated: this.#truncated }) };
  }
}

/** Bytes at most that it takes to name a field that went. */
function costOfSaying(field: string): number {
  return sizeOf({ truncated: [field] });
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(harmlessJson(value));
}

// Enough for a name, a reference and the start of what was found.
const SHORT_MESSAGE = 300;

/** The output `missing`, as a JSON array of at most {@link JSON_LIMIT} bytes: long messages are cut before entries go from the end. */
export function boundedList(entries: readonly MissingEntry[]): string {
  const json = harmlessJson(entries);
  if (Buffer.byteLength(json) <= JSON_LIMIT) return json;
  const short = entries.map((entry) => ({ ...entry, message: cut(entry.message) }));
  const sizes = short.map((entry) => sizeOf(entry) + 1);
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
