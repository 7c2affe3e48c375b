import { isTag } from "../oci/reference.ts";
import { type HelmImage, isComplete } from "./helm-image.ts";
import { isWithin, type Part, pinPart, sharedStarts } from "./part.ts";
import { type Pin, pinAt, pinOf } from "./pin.ts";
import type { SourceText } from "./source-text.ts";

/**
 * How the images in the values of a chart get their digests: each in the chart's key for one, or
 * else in the tag. An image without a tag in the values has no pin: beside a digest, nothing says
 * which one is newer, and the digest of a tag from Chart.yaml would stay when that tag changes.
 */
export function pinsOf(
  images: readonly HelmImage[],
  source: SourceText,
): ReadonlyMap<HelmImage, Pin | undefined> {
  const shared = sharedStarts(images.map(ownedPart));
  const pins = new Map<HelmImage, Pin | undefined>();
  for (const image of images) {
    const part = pinnedPart(image);
    if (part === undefined || shared.has(part.start)) continue;
    if (isWithin(image.value, part)) pins.set(image, pinIn(source, image, part));
  }
  return pins;
}

function ownedPart(image: HelmImage): readonly [owner: string, part: Part | undefined] {
  return [image.repository.value, pinnedPart(image)];
}

/** The part that a digest is written into. */
function pinnedPart(image: HelmImage): Part | undefined {
  const { repository, tag, digest, mayPinTag } = image;
  if (isComplete(image)) return repository;
  const [version = "", inTag] = (tag?.value ?? "").split("@");
  // Charts without a key for it take a digest as `tag: sha256:…` or after `repository@sha256`.
  const hasTag = isTag(version) && !repository.value.includes("@");
  if (!hasTag) return undefined;
  if (inTag === undefined && digest !== undefined) return digest;
  const isEmpty = digest === undefined || digest.value === "";
  return isEmpty && mayPinTag ? tag : undefined;
}

function pinIn(source: SourceText, image: HelmImage, part: Part): Pin | undefined {
  if (part === image.repository) return pinOf(source, part);
  if (part === image.digest) return pinPart(source, part, formOf(source, image, part));
  return pinTag(source, part);
}

/** The form of a digest: the one of an example beside an empty one, as chart authors leave them. */
function formOf(source: SourceText, { isHex }: HelmImage, digest: Part): Pin["form"] {
  const example = EXAMPLE.exec(commentsAt(source.text, digest));
  const isExample = digest.value === "" && example !== null;
  const isShort = isExample ? example[1] === undefined : isHex;
  return isShort ? "hex" : "digest";
}

const EXAMPLE = /(sha256:)?\b[0-9a-f]{64}\b/;
// A line can be as long as the file.
const LONGEST_COMMENT = 300;

/** The comments behind a part and on the line above. */
function commentsAt(text: string, { start, end }: Part): string {
  const before = text.slice(Math.max(0, start - LONGEST_COMMENT), start);
  const behind = text.slice(end, end + LONGEST_COMMENT);
  const above = before.split("\n").at(-2) ?? "";
  const [rest = ""] = behind.split("\n", 1);
  return commentIn(above) + commentIn(rest);
}

function commentIn(line: string): string {
  const [comment = ""] = /#.*/.exec(line) ?? [];
  return comment;
}

/** A pin that writes a digest behind a tag, within its quotes, in the place of another digest. */
function pinTag(source: SourceText, { start, end, value }: Part): Pin {
  const [version = ""] = value.split("@");
  const isAsWritten = source.text.slice(start, end) === value;
  if (!isAsWritten) return pinAt(source, start, end, { before: `${version}@` });
  return pinAt(source, start + version.length, end, { before: "@" });
}
