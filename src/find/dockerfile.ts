import type { Findings } from "./findings.ts";
import type { SourceText } from "./source-text.ts";

/** Finds. */
export function findInDockerfile(_source: SourceText, _findings: Findings): void {}
