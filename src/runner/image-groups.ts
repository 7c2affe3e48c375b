import type { Found } from "../find/findings.ts";
import type { Place } from "../find/source-text.ts";
import { namedPlatforms } from "../gate/mentions.ts";
import {
  type Location,
  type Mention,
  mentionsOf,
  type PinForm,
  type Requirement,
  type Wanted,
  type WrittenReference,
  withoutDigest,
} from "../gate/plan.ts";
import { PullError } from "../oci/failure.ts";
import { distinctPlatforms, parsePlatform } from "../oci/platform.ts";
import { formatReference, parseReference, type Reference } from "../oci/reference.ts";
import type { FilePattern } from "./file-patterns.ts";

// A file can come from a stranger: it must not make a step send requests without end.
const REFERENCE_LIMIT = 1_000;

/** How references become images. */
export type Treatment = {
  /** Required of an image for which neither its file nor the input states a platform. */
  readonly platforms: Requirement;
  readonly pins: "none" | "require" | "write";
  /** True for a reference whose digest, where a file has one, is to be asked for again. */
  readonly renews: (reference: Reference) => boolean;
};

/** One image, and every place in files that names it. */
type Group = {
  readonly image: Wanted;
  readonly mentions: Mention[];
};

/**
 * The images of a step, by the full form of their references: those of the input, and those that
 * files name.
 */
export class ImageGroups {
  readonly #treatment: Treatment;
  readonly #images: readonly Wanted[];
  readonly #names: Set<string>;
  readonly #groups = new Map<string, Group>();
  /** The images that only files name. */
  readonly #found: Group[] = [];

  constructor(images: readonly Wanted[], treatment: Treatment) {
    this.#treatment = treatment;
    this.#images = images;
    this.#names = new Set(images.map(({ name }) => name));
    // Of two images of the input with the same reference, the files mean the first.
    for (const image of images.toReversed()) {
      this.#groups.set(formatReference(image.reference), { image, mentions: [] });
    }
  }

  /** Adds a reference. Returns its image's name. Fails as `invalid` when it cannot be parsed. */
  add(found: Found, file: string, pattern: FilePattern): string {
    const asked = this.#asked(bareName(found.reference));
    const platforms = this.#platforms(found, pattern);
    const group = this.#groups.get(keyOf(asked.reference, found)) ?? this.#start(asked, found);
    const { pins } = this.#treatment;
    const isCache = found.isCache === true;
    const hasDigest = asked.reference.digest !== undefined || isCache;
    // A guessed tag may not exist, and neither may the cache of a first build.
    const mayMiss = found.otherwise !== undefined || isCache;
    group.mentions.push({
      location: locationOf(file, found.place),
      platforms,
      optional: pattern.optional || mayMiss,
      unpinned: pins === "require" && !hasDigest ? formOf(found) : undefined,
      ...(isCache ? { isCache } : {}),
    });
    return group.image.name;
  }

  /** Every image, with what all places together require of it. */
  wanted(): readonly Wanted[] {
    const named = this.#images.map((image) => {
      const group = this.#groups.get(formatReference(image.reference));
      return group?.image === image ? joined(image, group.mentions) : image;
    });
    return [...named, ...this.#found.map(({ image, mentions }) => joined(image, mentions))];
  }

  /** What to ask for: to renew a pin, the tag beside it. */
  #asked(written: string): WrittenReference {
    const asked = askedFor(written);
    const { tag, digest } = asked.reference;
    const { pins, renews } = this.#treatment;
    if (digest === undefined || tag === undefined || pins !== "write") return asked;
    const renewed = withoutDigest(asked);
    return renews(renewed.reference) ? renewed : asked;
  }

  /** The input decides before the file: a file must not ask for less than the input does. */
  #platforms({ platform, needsNoPlatform }: Found, pattern: FilePattern): Requirement {
    if (pattern.platforms !== undefined) return pattern.platforms;
    if (needsNoPlatform === true) return "any";
    return platform === undefined ? this.#treatment.platforms : [parsePlatform(platform)];
  }

  #start({ written, reference }: WrittenReference, found: Found): Group {
    const { otherwise } = found;
    const image: Wanted = {
      name: this.#freeName(written, reference),
      written,
      reference,
      platforms: "any",
      optional: true,
      mentions: [],
      ...(otherwise === undefined ? {} : { otherwise: askedFor(otherwise) }),
    };
    const group = { image, mentions: [] };
    this.#groups.set(keyOf(reference, found), group);
    this.#found.push(group);
    if (this.#found.length > REFERENCE_LIMIT) throw tooMany();
    return group;
  }

  /** The reference as it is written or, where another image has that name, its full form. */
  #freeName(written: string, reference: Reference): string {
    let name = this.#names.has(written) ? formatReference(reference) : written;
    for (let count = 2; this.#names.has(name); count++) {
      name = `${formatReference(reference)}-${count}`;
    }
    this.#names.add(name);
    return name;
  }
}

/** A guessed tag is an image of its own: elsewhere, the same reference is certain. */
function keyOf(reference: Reference, { otherwise }: Found): string {
  const key = formatReference(reference);
  return otherwise === undefined ? key : `${key} or ${otherwise}`;
}

/** How a file writes a digest: a pin beside the reference is in another value. */
function formOf({ pin, place }: Found): PinForm {
  if (pin === undefined) return "by-hand";
  const isBeside = pin.start < place.start || pin.end > place.end;
  if (!isBeside) return "reference";
  if (pin.form === "hex") return "sha";
  return pin.before.endsWith("@") ? "tag" : "digest";
}

function askedFor(written: string): WrittenReference {
  return { written, reference: parseReference(written) };
}

/** A reference without the scheme that workflows put before it. */
function bareName(reference: string): string {
  return reference.replace(/^docker:\/\//, "");
}

function tooMany(): PullError {
  const found = `the files name more than ${REFERENCE_LIMIT} different references`;
  return new PullError("too-many", found, { next: "name fewer files in one step" });
}

/** An image with the places in files that name it; unchanged when there are none. */
function joined(image: Wanted, found: readonly Mention[]): Wanted {
  if (found.length === 0) return image;
  const mentions = image.mentions === undefined ? [...mentionsOf(image), ...found] : found;
  return {
    ...image,
    platforms: union(mentions.map(({ platforms }) => platforms)),
    optional: mentions.every(({ optional }) => optional),
    mentions,
  };
}

/** What satisfies all of several requirements. */
function union(requirements: readonly Requirement[]): Requirement {
  if (requirements.includes("all")) return "all";
  const platforms = distinctPlatforms(requirements.flatMap(namedPlatforms));
  return platforms.length === 0 ? "any" : platforms;
}

/** A place in a file, for annotations. */
export function locationOf(file: string, { line, column, endColumn }: Place): Location {
  return { file, line, column, endColumn };
}
