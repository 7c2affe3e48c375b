import { type Found, PLACE_LIMIT, type Unknown } from "../find/findings.ts";
import type { Kind } from "../find/kind.ts";
import type { UsedDigests } from "../find/receipt.ts";
import type { Location, Mention, Wanted } from "../gate/plan.ts";
import { asProblem, type Problem } from "../gate/problem.ts";
import { PullError } from "../oci/failure.ts";
import { formatReference } from "../oci/reference.ts";
import type { FilePattern } from "./file-patterns.ts";
import { ImageGroups, locationOf, type Treatment } from "./image-groups.ts";

/** What one file names. */
export type FoundFile = {
  /** Relative to the workspace, with `/`, or the absolute path of a receipt. */
  readonly file: string;
  readonly kind: Kind;
  /** Set for a receipt. */
  readonly used?: UsedDigests;
  /** The line of the input that decides how its images are treated. */
  readonly pattern: FilePattern;
  readonly references: readonly Found[];
  readonly unknown: readonly Unknown[];
};

/** A reference in a file, and the image it belongs to. */
export type NamedReference = {
  readonly file: string;
  readonly kind: Kind;
  readonly found: Found;
  /** The name of its image in the outputs. */
  readonly name: string;
};

/** What a file names in a form that cannot be known. */
export type UnknownReference = Unknown & { readonly file: string };

/** A problem with a file or with what it names, which keeps an image from being checked. */
export type FileProblem = Problem & {
  /** The file, or the line of the input. */
  readonly where: string;
  readonly location?: Location | undefined;
  readonly optional: boolean;
};

/** A failure as a problem with a file. Rethrows an error that is a bug. */
export function fileProblem(
  error: unknown,
  where: string,
  { optional, location }: Pick<FileProblem, "optional" | "location">,
): FileProblem {
  return { ...asProblem(error, where), where, location, optional };
}

/** What all files name. */
export type NamedInFiles = {
  /** The images to check: those of the input `images` first, each reference once. */
  readonly wanted: readonly Wanted[];
  readonly references: readonly NamedReference[];
  readonly unknown: readonly UnknownReference[];
  readonly problems: readonly FileProblem[];
};

/** What a step found in files, and which of them it pinned. */
export type FilesReport = NamedInFiles & { readonly changed: readonly string[] };

/**
 * The images that files name, together with those of the input. The same reference in several
 * places is one image, which needs what any of the places requires. Fails as `invalid` when the
 * files name too many references.
 */
export function nameImages(
  images: readonly Wanted[],
  files: readonly FoundFile[],
  treatment: Treatment,
): NamedInFiles {
  const groups = new ImageGroups(images, treatment);
  const references: NamedReference[] = [];
  const problems: FileProblem[] = [];
  for (const { file, kind, pattern, references: all } of files) {
    for (const found of all) {
      expectFew(references.length, problems.length);
      try {
        const name = groups.add(found, file, pattern);
        references.push({ file, kind, found, name });
      } catch (error) {
        if (!(error instanceof PullError) || error.reason === "too-many") throw error;
        const { optional } = pattern;
        const location = locationOf(file, found.place);
        // The text is not repeated: it may be a password where a reference is expected.
        problems.push(fileProblem(error, `${file}:${location.line}`, { optional, location }));
      }
    }
  }
  const unknown = files.flatMap(({ file, unknown: all }) => all.map((one) => ({ ...one, file })));
  return { wanted: withReceipts(groups.wanted(), files), references, unknown, problems };
}

/** Images with the digests that a job used. No pin is missing in a receipt. */
function withReceipts(images: readonly Wanted[], files: readonly FoundFile[]): readonly Wanted[] {
  const receipts = files.filter(({ kind }) => kind === "receipt");
  const names = new Set(receipts.map(({ file }) => file));
  const used = new Map(receipts.flatMap(({ used: digests }) => [...(digests ?? [])]));
  return images.map((image) => {
    const { mentions } = image;
    if (mentions === undefined) return image;
    const digest = used.get(formatReference(image.reference));
    return {
      ...image,
      mentions: mentions.map((mention) => withoutPin(mention, names)),
      ...(digest === undefined ? {} : { used: digest }),
    };
  });
}

function withoutPin(mention: Mention, receipts: ReadonlySet<string>): Mention {
  const isInReceipt = receipts.has(mention.location?.file ?? "");
  return isInReceipt ? { ...mention, unpinned: undefined } : mention;
}

const PROBLEM_LIMIT = 1_000;

function expectFew(places: number, problems: number): void {
  const isWrong = problems >= PROBLEM_LIMIT;
  if (places < PLACE_LIMIT && !isWrong) return;
  const what = isWrong ? `${PROBLEM_LIMIT} references that are wrong` : `${PLACE_LIMIT} references`;
  throw new PullError("too-many", `the files name more than ${what}`, {
    next: "name fewer files, or leave some out with !path",
  });
}
