import type { YamlValue } from "./yaml-value.ts";

const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/;

/**
 * A scalar's text as a chart prints it; empty for YAML's spellings of nothing, and for anything but
 * a scalar. Helm reads `1.20` without quotes as a number, and prints it as `1.2`:
 * https://helm.sh/docs/chart_best_practices/values/#make-types-clear
 */
export function printedByHelm(value: YamlValue): string {
  const { text, string, hasTag } = value;
  const isNumber = text?.style === "plain" && DECIMAL.test(string) && !hasTag;
  const number = isNumber ? Number(string) : Number.NaN;
  return Number.isFinite(number) ? String(number) : string;
}
