import { findInCompose } from "./compose.ts";
import { findInDevcontainer } from "./devcontainer.ts";
import { findInDockerfile } from "./dockerfile.ts";
import { type Finding, Findings } from "./findings.ts";
import { findInHelmValues } from "./helm-values.ts";
import { type Kind, kindByContent, kindByPath, mayHaveKind } from "./kind.ts";
import { findInKubernetes } from "./kubernetes.ts";
import { findInKustomization } from "./kustomize.ts";
import { findInList } from "./list.ts";
import { findInReceipt, type UsedDigests } from "./receipt.ts";
import { SourceText } from "./source-text.ts";
import type { Surroundings } from "./surroundings.ts";
import { hideComments, hideTemplates } from "./template.ts";
import { findInWorkflow } from "./workflow-file.ts";
import { type Mistake, YamlTree } from "./yaml-tree.ts";
import type { YamlValue } from "./yaml-value.ts";

/** What a file names, and its kind. */
export type KnownFinding = Finding & {
  readonly kind: Kind;
  /** Set for a receipt. */
  readonly used?: UsedDigests;
};

/** What a file names, and its kind; or the mistake in a file that cannot be parsed. */
export type FileFinding = KnownFinding | { readonly mistake: Mistake };

type YamlFinder = (
  documents: readonly YamlValue[],
  findings: Findings,
  surroundings: Surroundings,
) => void;

const TEXT_FINDERS = {
  dockerfile: findInDockerfile,
  list: findInList,
};

type YamlKind = Exclude<Kind, keyof typeof TEXT_FINDERS | "receipt">;

const YAML_FINDERS: Readonly<Record<YamlKind, YamlFinder>> = {
  compose: findInCompose,
  kubernetes: findInKubernetes,
  kustomize: findInKustomization,
  "helm-values": findInHelmValues,
  workflow: findInWorkflow,
  devcontainer: findInDevcontainer,
};

/**
 * Everything that a file names. `path` decides the kind where `as` does not, and then the content.
 * Returns undefined for a file of no kind. Never throws, whatever the text.
 */
export function findReferences(
  path: string,
  text: string,
  as: Kind | undefined,
  surroundings: Surroundings,
): FileFinding | undefined {
  const source = new SourceText(text);
  const kind = as ?? kindByPath(path);
  if (kind === "dockerfile" || kind === "list") {
    const findings = new Findings(source);
    TEXT_FINDERS[kind](source, findings);
    return { kind, ...findings.found() };
  }
  const receipt = kind === "receipt" ? findInReceipt(source) : undefined;
  if (receipt !== undefined) return { kind: "receipt", ...receipt };
  // A file that only has the name of a receipt may be of another kind.
  if (as === "receipt" || (kind === undefined && !mayHaveKind(path))) return undefined;
  const hide = kind === "devcontainer" ? hideComments : hideTemplates;
  return findInYaml(new YamlTree(source, hide(source.text)), kind, surroundings);
}

function findInYaml(
  tree: YamlTree,
  known: Kind | undefined,
  surroundings: Surroundings,
): FileFinding | undefined {
  const { mistake, source } = tree;
  const isTemplate = source.text.includes("{{");
  // A template is often no YAML before it is rendered; what can be read of it counts.
  if (mistake !== undefined && !isTemplate) return { mistake };
  const kind = isYamlKind(known) ? known : kindByContent(tree.documents);
  if (!isYamlKind(kind)) return undefined;
  const findings = new Findings(source);
  YAML_FINDERS[kind](tree.documents, findings, surroundings);
  if (mistake !== undefined) {
    const start = source.offset(mistake.line - 1, 0);
    const spot = { start, end: start, value: "" };
    findings.unknowable(spot, "from here on, the template is no YAML: render it first");
  }
  return { kind, ...findings.found() };
}

function isYamlKind(kind: Kind | undefined): kind is YamlKind {
  return kind !== undefined && Object.hasOwn(YAML_FINDERS, kind);
}
