import type { Pin } from "./pin.ts";
import { pinOf } from "./pin.ts";
import type { Place, SourceText } from "./source-text.ts";
import { TEMPLATE_MARK } from "./template.ts";

/** A reference that a file names. */
export type Found = {
  readonly place: Place;
  /** The reference, with the values of its variables. */
  readonly reference: string;
  /** A second form of the reference, which counts when the first one does not exist. */
  readonly otherwise?: string | undefined;
  /** The platform that the file states for it. */
  readonly platform?: string | undefined;
  /** True where the platform of the job does not matter, as for a build cache. */
  readonly needsNoPlatform?: true | undefined;
  /** True for a build cache: it changes with every build, so that it needs no digest. */
  readonly isCache?: true | undefined;
  /** How to write its digest; absent where only a person can. */
  readonly pin?: Pin | undefined;
};

/** What a file names in a form that cannot be known before something else runs. */
export type Unknown = {
  readonly place: Place;
  /** As it is written. */
  readonly text: string;
  readonly why: string;
};

/** Everything that a file names. */
export type Finding = {
  readonly references: readonly Found[];
  readonly unknown: readonly Unknown[];
};

/** A piece of a file's text and the value it stands for. Offsets are those of a {@link SourceText}. */
export type Spot = {
  readonly start: number;
  readonly end: number;
  /** What it means: without quotes and escapes. */
  readonly value: string;
};

/** The value of a text with variables, or why it has none. */
export type Expansion = { readonly value: string } | { readonly why: string };

/** What a file says about a reference besides its text. */
export type Details = Pick<Found, "otherwise" | "platform" | "needsNoPlatform" | "isCache">;

/**
 * The most places that are taken of one file, or of all files of a step. Real repositories have some
 * thousand. Files of strangers can have a million.
 */
export const PLACE_LIMIT = 10_000;

/**
 * Collects what one file names, up to one place more than the limit. A place that is reached twice,
 * as through a YAML alias, counts once for each reference and platform.
 */
export class Findings {
  readonly source: SourceText;
  readonly #references: Found[] = [];
  readonly #unknown: Unknown[] = [];
  readonly #known = new Set<string>();

  constructor(source: SourceText) {
    this.source = source;
  }

  /** What was added, in the order of the file. */
  found(): Finding {
    const references = this.#references.toSorted(byPlace);
    const unknown = this.#unknown.toSorted(byPlace);
    return { references, unknown };
  }

  /** Adds a reference that is written as a whole. Adds nothing for an empty one. */
  literal(written: Spot, details: Details = {}): void {
    const spot = this.#trimmed(written);
    const why = whyUnknown(this.textOf(spot), spot.value);
    if (why !== undefined) return this.unknowable(spot, why);
    const pin = details.isCache ? undefined : pinOf(this.source, spot);
    this.add(spot, spot.value, { ...details, pin });
  }

  /** Adds a reference with variables: no digest can be written into it. */
  expanded(spot: Spot, expansion: Expansion, details: Details = {}): void {
    if ("why" in expansion) return this.unknowable(spot, expansion.why);
    if (expansion.value === spot.value) return this.literal(spot, details);
    const { value } = expansion;
    // All variables are replaced: a dollar sign that is left is one that is meant.
    const why = value.includes("$") ? "it has a dollar sign" : whyUnknown(value);
    if (why !== undefined) return this.unknowable(spot, why);
    this.add(spot, value, details);
  }

  /** Adds a reference that stands at a spot. Adds nothing for an empty one. */
  add(spot: Spot, reference: string, details: Details & Pick<Found, "pin">): void {
    const trimmed = reference.trim();
    if (trimmed === "" || this.#references.length > PLACE_LIMIT) return;
    const { platform = "", needsNoPlatform = false } = details;
    const key = [platform, needsNoPlatform, trimmed].join(" ");
    if (this.#isKnown(spot, key)) return;
    const place = this.source.place(spot.start, spot.end);
    this.#references.push({ ...details, place, reference: trimmed });
  }

  /** Adds what cannot be known, and why. */
  unknowable(spot: Spot, why: string): void {
    if (this.#unknown.length > PLACE_LIMIT || this.#isKnown(spot, "")) return;
    const place = this.source.place(spot.start, spot.end);
    this.#unknown.push({ place, text: this.textOf(spot), why });
  }

  /** A spot as it is written. */
  textOf({ start, end }: Pick<Spot, "start" | "end">): string {
    return this.source.text.slice(start, end);
  }

  /** A spot without the blanks at its ends, where they are written as they are. */
  #trimmed(spot: Spot): Spot {
    const { start, end, value } = spot;
    if (this.textOf(spot) !== value || value.trim() === value) return spot;
    const from = start + value.length - value.trimStart().length;
    const to = Math.max(from, end - (value.length - value.trimEnd().length));
    return { start: from, end: to, value: value.trim() };
  }

  #isKnown({ start, end }: Spot, as: string): boolean {
    const key = `${start}-${end} ${as}`;
    const isKnown = this.#known.has(key);
    this.#known.add(key);
    return isKnown;
  }
}

type Placed = { readonly place: Place };

function byPlace(one: Placed, other: Placed): number {
  return one.place.start - other.place.start;
}

const UNKNOWN: readonly (readonly [form: RegExp, why: string])[] = [
  [/\$\{\{/, "it has an expression, which only the workflow can evaluate"],
  [/\{\{/, "it is a template: render it first"],
  [new RegExp(TEMPLATE_MARK), "it is a template: render it first"],
  [/\$(?:[A-Za-z_{(]|$)/, "it has a variable without a value"],
];

/** Why a text cannot be known; undefined when it can be. */
export function whyUnknown(...texts: readonly string[]): string | undefined {
  for (const [form, why] of UNKNOWN) {
    if (texts.some((text) => form.test(text))) return why;
  }
  return undefined;
}
