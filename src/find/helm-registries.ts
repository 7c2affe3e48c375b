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

/** What stands before the repository of an image. */
export function prefixOf(image: HelmImage, registries: HelmRegistries): readonly Part[] {
  const { repository, registry, isName } = image;
  const isComplete = hasRegistry(repository.value);
  if (registries.global !== undefined && !isComplete) return [registries.global];
  if (registry !== undefined) return [registry];
  return isName && !isComplete ? registries.ofNames : [];
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
