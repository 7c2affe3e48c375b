import { isTag } from "../oci/reference.ts";
import { type HelmImage, isComplete } from "./helm-image.ts";
import { isWithin, type Part, pinPart } from "./part.ts";
import { type Pin, pinAt, pinOf } from "./pin.ts";
import type { SourceText } from "./source-text.ts";

/**
 * How the images in the values of a chart get their digests: each in the chart's key for one, or
 * else in the tag. An image without a tag in the values has no pin: beside a digest, nothing says
 * which one is newer, and a tag from Chart.yaml cannot be pinned here.
 */
export function pinsOf(
  images: readonly HelmImage[],
  source: SourceText,
): ReadonlyMap<HelmImage, Pin | undefined> {
  const shared = sharedParts(images);
  const pins = new Map<HelmImage, Pin | undefined>();
  for (const image of images) {
    const part = pinnedPart(image);
    if (part === undefined || shared.has(part.start)) continue;
    if (isWithin(image.value, part)) pins.set(image, pinIn(source, image, part));
  }
  return pins;
}

/** Where parts start that images of several repositories share, as through a YAML alias. */
function sharedParts(images: readonly HelmImage[]): ReadonlySet<number> {
  const shared = new Set<number>();
  const owners = new Map<number, string>();
  for (const image of images) {
    const start = pinnedPart(image)?.start;
    if (start === undefined) continue;
    const owner = owners.get(start);
    if (owner !== undefined && owner !== image.repository.value) shared.add(start);
    owners.set(start, image.repository.value);
  }
  return shared;
}

/** The part that a digest is written into. */
function pinnedPart(image: HelmImage): Part | undefined {
  const { repository, tag, digest, mayPinTag } = image;
  if (isComplete(image)) return repository;
  const [version = "", inTag] = (tag?.value ?? "").split("@");
  const isEmpty = digest === undefined || digest.value === "";
  // Charts without a key for it take a digest as `tag: sha256:…` or after `repository@sha256`.
  const hasTag = isTag(version) && !repository.value.includes("@");
  if (inTag === undefined && (hasTag || (isEmpty && version === ""))) {
    if (digest !== undefined) return digest;
  }
  return hasTag && isEmpty && mayPinTag ? tag : undefined;
}

function pinIn(source: SourceText, image: HelmImage, part: Part): Pin | undefined {
  if (part === image.repository) return pinOf(source, part);
  if (part === image.digest) return pinPart(source, part, image.isHex ? "hex" : "digest");
  return pinTag(source, part);
}

/** A pin that writes a digest behind a tag, within its quotes, in the place of another digest. */
function pinTag(source: SourceText, { start, end, value }: Part): Pin {
  const [version = ""] = value.split("@");
  const isAsWritten = source.text.slice(start, end) === value;
  if (!isAsWritten) return pinAt(source, start, end, { before: `${version}@` });
  return pinAt(source, start + version.length, end, { before: "@" });
}
