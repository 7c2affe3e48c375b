import type { Findings } from "./findings.ts";
import type { Value, YamlTree } from "./yaml-tree.ts";

// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
const CONTAINERS = ["containers", "initContainers", "ephemeralContainers"];

/**
 * Finds the images of every pod specification in Kubernetes objects, wherever it stands: in a
 * workload, a list, or a custom resource that embeds one. Those are the images of containers and of
 * image volumes.
 */
export function findInKubernetes(tree: YamlTree, findings: Findings): void {
  const seen = new Set<Value>();
  // Aliases and merge keys can give many mappings the same list.
  const lists = new Set<Value>();
  const rest: Value[] = tree.documents.toReversed();
  while (rest.length > 0) {
    const node = tree.resolve(rest.pop());
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    for (const image of imagesOf(tree, node, lists)) findImage(tree, image, findings);
    for (const value of inner(tree, node).toReversed()) rest.push(value);
  }
}

/** The images of a mapping that may be a pod specification, without those of lists read before. */
function imagesOf(tree: YamlTree, pod: Value, lists: Set<Value>): readonly Value[] {
  const itemsOf = (key: string): readonly Value[] => {
    const list = tree.get(pod, key);
    if (lists.has(list)) return [];
    lists.add(list);
    return tree.items(list);
  };
  const containers = CONTAINERS.flatMap(itemsOf);
  // https://kubernetes.io/docs/concepts/storage/volumes/#image
  const volumes = itemsOf("volumes").map((volume) => tree.get(volume, "image"));
  return [
    ...containers.map((container) => tree.get(container, "image")),
    ...volumes.map((image) => tree.get(image, "reference")),
  ];
}

function findImage(tree: YamlTree, image: Value, findings: Findings): void {
  const text = tree.text(image);
  const value = tree.string(image);
  // https://ko.build/features/k8s/: a Go package, which ko builds.
  if (text === undefined || value.startsWith("ko://")) return;
  if (value !== "") findings.literal(text);
}

/** The values in a mapping or a list. */
function inner(tree: YamlTree, node: Value): readonly Value[] {
  if (tree.isList(node)) return tree.items(node);
  return isArgoWorkflow(tree, node) ? [] : tree.entries(node).map(([, value]) => value);
}

/**
 * True for an Argo workflow, whose templates are no pod specifications:
 * https://argo-workflows.readthedocs.io/en/latest/fields/#template
 */
function isArgoWorkflow(tree: YamlTree, node: Value): boolean {
  const isArgo = tree.string(tree.get(node, "apiVersion")).startsWith("argoproj.io/");
  return isArgo && tree.string(tree.get(node, "kind")).includes("Workflow");
}
