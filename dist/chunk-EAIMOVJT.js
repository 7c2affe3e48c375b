import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/find/kind.ts
var KINDS = [
  "dockerfile",
  "compose",
  "kubernetes",
  "kustomize",
  "helm-values",
  "workflow",
  "devcontainer",
  "list",
  "receipt"
];
var NO_DOCKERFILE = /file[.-]([^/]*\.)?(\w*ignore|md|txt|go|cs|py|rb|js|ts|sh|json|ya?ml)$/;
var BY_PATH = [
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
  [/receipt[^/]*\.json$/, "receipt"]
];
function kindByPath(path) {
  const lower = path.toLowerCase();
  const kind = BY_PATH.find(([form]) => form.test(lower))?.[1];
  return kind === "dockerfile" && NO_DOCKERFILE.test(lower) ? void 0 : kind;
}
function mayHaveKind(path) {
  return /\.(ya?ml|json)$/i.test(path);
}
function kindByContent(documents) {
  for (const document of documents) {
    const kind = kindOfDocument(document);
    if (kind !== void 0) return kind;
  }
  return void 0;
}
function kindOfDocument(document) {
  const has = (key) => document.get(key).exists;
  const group = document.get("apiVersion").string;
  if (group.startsWith("kustomize.config.k8s.io/")) return "kustomize";
  if (group !== "" && has("kind")) return "kubernetes";
  if (has("jobs") && has("on")) return "workflow";
  if (document.get("runs").isMap) return "workflow";
  const services = document.get("services").entries;
  return services.some(([, service]) => isService(service)) ? "compose" : void 0;
}
function isService(value) {
  return value.get("image").exists || value.get("build").exists;
}

// src/find/list.ts
function findInList({ text }, findings) {
  for (const spot of listLines(text)) findings.literal(spot);
}
function listLines(text) {
  const spots = [];
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const content = line.replace(/(^|\s)#[\s\S]*$/, "");
    const value = content.trim();
    if (value === "") continue;
    const start = index + content.indexOf(value);
    spots.push({ start, end: start + value.length, value });
  }
  return spots;
}
function isJson(text) {
  const isBracket = /^\s*\[/.test(text);
  const isAddress = /^\s*\[[0-9a-f.]*:[0-9a-f:.]*\]/i.test(text);
  return isBracket && !isAddress;
}

export {
  KINDS,
  kindByPath,
  mayHaveKind,
  kindByContent,
  findInList,
  listLines,
  isJson
};
