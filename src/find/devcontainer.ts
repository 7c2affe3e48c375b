import type { Findings } from "./findings.ts";
import type { YamlTree } from "./yaml-tree.ts";

/** Finds. */
export function findInDevcontainer(_tree: YamlTree, _findings: Findings): void {}
