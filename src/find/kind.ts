import type { Value, YamlTree } from "./yaml-tree.ts";

/** The kinds of files that name images, as `files` writes them: `as=compose`. */
export const KINDS = [
  "dockerfile",
  "compose",
  "kubernetes",
  "kustomize",
  "helm-values",
  "workflow",
  "devcontainer",
  "list",
] as const;

/** A kind of file that names images. */
export type Kind = (typeof KINDS)[number];

// The first that matches the path, in lower case, decides.
const BY_PATH: readonly (readonly [path: RegExp, kind: Kind])[] = [
  [/(^|\/)(docker|container)file([.-](?!.*ignore$)[^/]*)?$/, "dockerfile"],
  [/\.(docker|container)file$/, "dockerfile"],
  [/(^|\/)(docker-)?compose[^/]*\.ya?ml$/, "compose"],
  [/(^|\/)kustomization(\.ya?ml)?$/, "kustomize"],
  [/(^|\/)\.?devcontainer\.json$/, "devcontainer"],
  [/(^|\/)\.devcontainer\/([^/]+\/)?[^/]*devcontainer[^/]*\.json$/, "devcontainer"],
  [/(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/, "workflow"],
  [/(^|\/)action\.ya?ml$/, "workflow"],
  [/(^|[/._-])values([._-][^/]*)?\.ya?ml$/, "helm-values"],
  [/(^|[/._-])images?([._-][^/]*)?\.(txt|list|lst)$/, "list"],
];

/** The kind of a file by its path; undefined when the path does not show one. */
export function kindByPath(path: string): Kind | undefined {
  const lower = path.toLowerCase();
  return BY_PATH.find(([form]) => form.test(lower))?.[1];
}

/** True for a file whose content can show its kind: {@link kindByContent}. */
export function mayHaveKind(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path);
}

/** The kind of a YAML or JSON file by its content; undefined for a file that names no images. */
export function kindByContent(tree: YamlTree): Kind | undefined {
  for (const document of tree.documents) {
    const kind = kindOfDocument(tree, document);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function kindOfDocument(tree: YamlTree, document: Value): Kind | undefined {
  const has = (key: string): boolean => tree.get(document, key) !== undefined;
  const group = tree.string(tree.get(document, "apiVersion"));
  if (group.startsWith("kustomize.config.k8s.io/")) return "kustomize";
  if (group !== "" && has("kind")) return "kubernetes";
  if (has("jobs") && has("on")) return "workflow";
  if (has("runs") && tree.isMap(tree.get(document, "runs"))) return "workflow";
  if (tree.entries(tree.get(document, "services")).some(([, value]) => isService(tree, value))) {
    return "compose";
  }
  return undefined;
}

function isService(tree: YamlTree, value: Value): boolean {
  return ["image", "build"].some((key) => tree.get(value, key) !== undefined);
}
