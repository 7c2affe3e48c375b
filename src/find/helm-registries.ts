import type { HelmImage } from "./helm-image.ts";
import { type Part, partAt } from "./part.ts";
import type { YamlValue } from "./yaml-value.ts";

/** The registries that the values of a chart set for all of its images. */
export type HelmRegistries = {
  /** The registry that stands in the place of each image's own. */
  readonly global: Part | undefined;
  /** What stands before an image that has a name only. */
  readonly ofNames: readonly Part[];
};

/** The registries in the values of a chart. */
export function registriesIn(values: YamlValue): HelmRegistries {
  const global = values.get("global");
  const inImage = partsAt(global.get("image"), ["registry"]);
  const inGlobal = partsAt(global, ["imageRegistry"]);
  // As cert-manager, Datadog and Istio have them.
  const ofNames = [
    partsAt(values, ["imageRegistry", "imageNamespace"]),
    partsAt(values, ["registry"]),
    partsAt(global, ["hub"]),
  ];
  return {
    global: inImage[0] ?? inGlobal[0],
    ofNames: ofNames.find((parts) => parts.length > 0) ?? [],
  };
}

/** What stands before the repository of an image: one form, or two where charts differ. */
export type Prefixes = readonly [first: readonly Part[], other?: readonly Part[]];

/**
 * What stands before the repository of an image. In most charts, a global registry counts before
 * the image's own, and in some it is the other way round.
 */
export function prefixesOf(image: HelmImage, { global, ofNames }: HelmRegistries): Prefixes {
  const { repository, registry, isName } = image;
  const isComplete = hasRegistry(repository.value);
  const own = registry === undefined ? undefined : [registry];
  if (global !== undefined && !isComplete) {
    const isSame = registry === undefined || registry.value === global.value;
    return own === undefined || isSame ? [[global]] : [[global], own];
  }
  return [own ?? (isName && !isComplete ? ofNames : [])];
}

/** True for a repository whose first component is a registry. */
function hasRegistry(repository: string): boolean {
  const [first = "", ...rest] = repository.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
}

function partsAt(map: YamlValue, keys: readonly string[]): readonly Part[] {
  const parts = keys.flatMap((key) => partAt(map, key) ?? []);
  return parts.filter(({ value }) => value !== "");
}
