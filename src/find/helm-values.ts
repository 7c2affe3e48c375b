import type { Findings } from "./findings.ts";
import type { YamlTree } from "./yaml-tree.ts";

/** Finds. */
export function findInHelmValues(_tree: YamlTree, _findings: Findings): void {}
