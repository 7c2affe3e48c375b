import type { Findings } from "./findings.ts";
import type { YamlValue } from "./yaml-value.ts";

// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
const CONTAINERS = ["containers", "initContainers", "ephemeralContainers"];

/**
 * Finds the images of every pod specification in Kubernetes objects, wherever it stands: in a
 * workload, a list, or a custom resource that embeds one. Those are the images of containers and of
 * image volumes.
 */
export function findInKubernetes(documents: readonly YamlValue[], findings: Findings): void {
  const seen = new Set<YamlValue>();
  // Aliases and merge keys can give many mappings the same list.
  const lists = new Set<YamlValue>();
  const rest: YamlValue[] = documents.toReversed();
  while (rest.length > 0) {
    const value = rest.pop();
    if (value === undefined || seen.has(value)) continue;
    seen.add(value);
    for (const image of imagesOf(value, lists)) findImage(image, findings);
    for (const inner of valuesIn(value).toReversed()) rest.push(inner);
  }
}

/** The images of a mapping that may be a pod specification, without those of lists read before. */
function imagesOf(pod: YamlValue, lists: Set<YamlValue>): readonly YamlValue[] {
  const itemsOf = (key: string): readonly YamlValue[] => {
    const list = pod.get(key);
    if (lists.has(list)) return [];
    lists.add(list);
    return list.items;
  };
  const containers = CONTAINERS.flatMap(itemsOf);
  // https://kubernetes.io/docs/concepts/storage/volumes/#image
  const volumes = itemsOf("volumes").map((volume) => volume.get("image"));
  return [
    ...containers.map((container) => container.get("image")),
    ...volumes.map((image) => image.get("reference")),
  ];
}

function findImage(image: YamlValue, findings: Findings): void {
  const { text, string } = image;
  // https://ko.build/features/k8s/: a Go package, which ko builds.
  const isBuilt = string.startsWith("ko://");
  if (text !== undefined && string !== "" && !isBuilt) findings.literal(text);
}

/** The values in a mapping or a list. */
function valuesIn(value: YamlValue): readonly YamlValue[] {
  if (value.isList) return value.items;
  return isArgoWorkflow(value) ? [] : value.entries.map(([, inner]) => inner);
}

/**
 * True for an Argo workflow, whose templates are no pod specifications:
 * https://argo-workflows.readthedocs.io/en/latest/fields/#template
 */
function isArgoWorkflow(value: YamlValue): boolean {
  const isArgo = value.get("apiVersion").string.startsWith("argoproj.io/");
  return isArgo && value.get("kind").string.includes("Workflow");
}
