import type { Value, YamlTree } from "./yaml-tree.ts";

const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/;

/**
 * A scalar's text as a chart prints it; empty for YAML's spellings of nothing, and for anything but
 * a scalar. Helm reads `1.20` without quotes as a number, and prints it as `1.2`:
 * https://helm.sh/docs/chart_best_practices/values/#make-types-clear
 */
export function printedByHelm(tree: YamlTree, value: Value): string {
  const text = tree.text(value);
  const isNumber = text?.style === "plain" && DECIMAL.test(text.value) && !hasTag(tree, value);
  const number = isNumber ? Number(text.value) : Number.NaN;
  return Number.isFinite(number) ? String(number) : tree.string(value);
}

/** True for a scalar with a YAML tag, such as `!!str 1.20`. */
function hasTag(tree: YamlTree, value: Value): boolean {
  return tree.resolve(value)?.tag !== undefined;
}
