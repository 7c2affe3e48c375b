import type { Findings } from "./findings.ts";
import type { YamlTree } from "./yaml-tree.ts";

/** Finds. */
export function findInWorkflow(_tree: YamlTree, _findings: Findings): void {}
