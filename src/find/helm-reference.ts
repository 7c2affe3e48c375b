import type { Expansion, Found } from "./findings.ts";
import { type HelmImage, isComplete } from "./helm-image.ts";
import type { Prefixes } from "./helm-registries.ts";
import type { Part } from "./part.ts";

/** The reference of an image, or why it is unknown. */
export type HelmReference = Pick<Found, "reference" | "otherwise"> | { readonly why: string };

/**
 * The reference of an image in the values of a chart. A prefix stands before its repository; the tag
 * of an image without one is the chart's `appVersion`, with or without `v`.
 */
export function referenceOf(
  image: HelmImage,
  [prefix, otherPrefix]: Prefixes,
  appVersion: () => Expansion,
): HelmReference {
  const { repository, isName } = image;
  const name = joined(prefix, repository);
  if (isName && !name.includes("/")) return { why: "the chart puts a registry before its name" };
  const version = versionOf(image);
  if (version !== "" || isComplete(image)) {
    const otherwise = otherPrefix && joined(otherPrefix, repository) + version;
    return { reference: name + version, otherwise };
  }
  const expansion = appVersion();
  if ("why" in expansion) return expansion;
  const { value } = expansion;
  const other = value.startsWith("v") ? value.slice(1) : `v${value}`;
  return { reference: `${name}:${value}`, otherwise: `${name}:${other}` };
}

function joined(prefix: readonly Part[], repository: Part): string {
  return [...prefix, repository].map(({ value }) => value.replace(/\/$/, "")).join("/");
}

/** The tag and the digest of an image, with the signs before them. */
function versionOf({ tag, digest, isHex }: HelmImage): string {
  const [version = "", inTag = ""] = (tag?.value ?? "").split("@");
  if (/^sha(?:256|512):/.test(version)) return `@${version}`;
  const written = digest === undefined || digest.value === "" ? inTag : digest.value;
  const algorithm = isHex && written === digest?.value ? "sha256:" : "";
  return signed(":", version) + signed("@", written === "" ? "" : algorithm + written);
}

function signed(sign: string, text: string): string {
  return text === "" ? "" : sign + text;
}
