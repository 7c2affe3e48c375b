import { appVersionOf, type ChartFiles } from "./chart.ts";
import { type Expansion, type Findings, whyUnknown } from "./findings.ts";
import { type HelmImage, imageIn, isImageKey, isVersioned } from "./helm-image.ts";
import { pinsOf } from "./helm-pin.ts";
import { referenceOf } from "./helm-reference.ts";
import { type Prefixes, prefixesOf, registriesIn } from "./helm-registries.ts";
import { whyPartsUnknown } from "./part.ts";
import type { Text, YamlValue } from "./yaml-value.ts";

/** A value, the key it stands at, and whether it stands below `images`. */
type Keyed = { readonly value: YamlValue; readonly key: string; readonly isListed: boolean };

/** An image, and what stands before its repository. */
type Prefixed = { readonly image: HelmImage; readonly prefixes: Prefixes };

/**
 * Finds the images in the values of a Helm chart, by the keys that charts use for them
 * (https://helm.sh/docs/chart_best_practices/pods/#images): mappings with a repository and a tag or
 * a digest, which stand at the repository, and whole references at keys such as `image`.
 */
export function findInHelmValues(
  documents: readonly YamlValue[],
  findings: Findings,
  files: ChartFiles,
): void {
  const images: Prefixed[] = [];
  for (const document of documents) {
    const registries = registriesIn(document);
    for (const keyed of valuesIn(document)) {
      findAlone(keyed, findings);
      const image = imageIn(keyed.value, keyed.key);
      if (image !== undefined) images.push({ image, prefixes: prefixesOf(image, registries) });
    }
  }
  findImages(images, findings, files);
}

/** The values in a document. A mapping is reached at most twice: as an image, and otherwise. */
function* valuesIn(document: YamlValue): Generator<Keyed> {
  const seen = new Set<YamlValue>();
  const seenAsImage = new Set<YamlValue>();
  const rest: Keyed[] = [{ value: document, key: "", isListed: false }];
  for (let keyed = rest.pop(); keyed !== undefined; keyed = rest.pop()) {
    const { value, key } = keyed;
    const known = isImageKey(key) ? seenAsImage : seen;
    if (known.has(value)) continue;
    // A scalar has no values in it: it counts at each of its keys.
    if (value.text === undefined) known.add(value);
    yield keyed;
    for (const inner of innerOf(keyed)) rest.push(inner);
  }
}

function innerOf({ value, key, isListed }: Keyed): readonly Keyed[] {
  const isImages = key === "images" || (isListed && key === "tags");
  const items = value.items.map((item) => ({ value: item, key: "", isListed: isImages }));
  if (items.length > 0) return items;
  return value.entries.map(([name, inner]) => ({ value: inner, key: name, isListed: isImages }));
}

/** Finds a reference that is written as a whole. */
function findAlone(keyed: Keyed, findings: Findings): void {
  const { text } = keyed.value;
  if (text === undefined) return;
  const isUnknown = whyUnknown(findings.textOf(text)) !== undefined;
  const isAlone = isImageKey(keyed.key)
    ? isUnknown || isVersioned(text.value)
    : isOther(keyed, text);
  if (isAlone) findings.literal(text);
}

/** True for a reference at a key such as `imageK8S`, and in the list or mapping `images`. */
function isOther({ key, isListed }: Keyed, { value }: Text): boolean {
  const mayBe = isListed || (/^image[A-Z]/.test(key) && value.includes("/"));
  return mayBe && isVersioned(value);
}

function findImages(images: readonly Prefixed[], findings: Findings, files: ChartFiles): void {
  const all = images.map(({ image }) => image);
  const pins = pinsOf(all, findings.source);
  let known: Expansion | undefined;
  const appVersion = (): Expansion => {
    known ??= appVersionOf(files);
    return known;
  };
  for (const { image, prefixes } of images) {
    const { repository, tag, digest } = image;
    const pin = pins.get(image);
    const found = referenceOf(image, prefixes, appVersion);
    const why = whyPartsUnknown(findings, [...prefixes.flat(), repository, tag, digest]);
    if (why !== undefined) findings.unknowable(repository, why);
    else if ("why" in found) findings.unknowable(repository, found.why);
    else findings.add(repository, found.reference, { otherwise: found.otherwise, pin });
  }
}
