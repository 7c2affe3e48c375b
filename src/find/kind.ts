import type { YamlValue } from "./yaml-value.ts";

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
  "receipt",
] as const;

/** A kind of file that names images. */
export type Kind = (typeof KINDS)[number];

// Documents, programs and lists of what a build ignores, whose names start like a Dockerfile's.
const NO_DOCKERFILE = /file[.-]([^/]*\.)?(\w*ignore|md|txt|go|cs|py|rb|js|ts|sh|json|ya?ml)$/;

// The first that matches the path, in lower case, decides.
const BY_PATH: readonly (readonly [path: RegExp, kind: Kind])[] = [
  [/(^|\/)(docker|container)file([.-][^/]*)?$/, "dockerfile"],
  [/\.(docker|container)file$/, "dockerfile"],
  [/(^|\/)(docker-)?compose[^/]*\.ya?ml$/, "compose"],
  [/(^|\/)kustomization(\.ya?ml)?$/, "kustomize"],
  [/(^|\/)\.?devcontainer\.json$/, "devcontainer"],
  [/(^|\/)\.devcontainer\/([^/]+\/)?[^/]*devcontainer[^/]*\.json$/, "devcontainer"],
  [/(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/, "workflow"],
  [/(^|\/)action\.ya?ml$/, "workflow"],
  [/(^|[/._-])values([._-][^/]*)?\.ya?ml$/, "helm-values"],
  [/(^|[/._-])images?([._-][^/]*)?\.(txt|list|lst)$/, "list"],
  [/receipt[^/]*\.json$/, "receipt"],
];

/**
 * The kind of a file by its path; undefined when the path does not show one. Other files than the
 * receipts of jobs have such names, too: `findInReceipt` knows by the content.
 */
export function kindByPath(path: string): Kind | undefined {
  const lower = path.toLowerCase();
  const kind = BY_PATH.find(([form]) => form.test(lower))?.[1];
  return kind === "dockerfile" && NO_DOCKERFILE.test(lower) ? undefined : kind;
}

/** True for a file whose content can show its kind: {@link kindByContent}. */
export function mayHaveKind(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path);
}

/** The kind of a YAML or JSON file by its content; undefined for a file that names no images. */
export function kindByContent(documents: readonly YamlValue[]): Kind | undefined {
  for (const document of documents) {
    const kind = kindOfDocument(document);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function kindOfDocument(document: YamlValue): Kind | undefined {
  const has = (key: string): boolean => document.get(key).exists;
  const group = document.get("apiVersion").string;
  if (group.startsWith("kustomize.config.k8s.io/")) return "kustomize";
  if (group !== "" && has("kind")) return "kubernetes";
  if (has("jobs") && has("on")) return "workflow";
  if (document.get("runs").isMap) return "workflow";
  const services = document.get("services").entries;
  return services.some(([, service]) => isService(service)) ? "compose" : undefined;
}

function isService(value: YamlValue): boolean {
  return value.get("image").exists || value.get("build").exists;
}
