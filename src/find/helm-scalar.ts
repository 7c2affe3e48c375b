import type { YamlValue } from "./yaml-value.ts";

const DECIMAL = /^[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/;
// Of 64 bits at most, as Go has them.
const INTEGER = /^(?:0[xX][\da-fA-F]{1,15}|0[bB][01]{1,63}|0[oO]?[0-7]{1,21}|\d{1,18})$/;

/**
 * A scalar's text as a chart prints it; empty for YAML's spellings of nothing, and for anything but
 * a scalar. Helm reads `1.20` without quotes as a number, and prints it as `1.2`:
 * https://helm.sh/docs/chart_best_practices/values/#make-types-clear
 */
export function printedByHelm(value: YamlValue): string {
  const { text, string, hasTag } = value;
  if (text?.style !== "plain" || hasTag) return string;
  const number = DECIMAL.test(string) ? Number(string) : Number.NaN;
  return Number.isFinite(number) ? String(number) : withPlainInteger(string);
}

/** An integer as Go reads it, in decimal digits: `0x10` is 16, `010` is 8, and `1_000` is 1000. */
function withPlainInteger(string: string): string {
  const digits = string.replaceAll("_", "");
  if (!/^\d/.test(string) || !INTEGER.test(digits)) return string;
  return String(BigInt(digits.replace(/^0(?=[0-7]+$)/, "0o")));
}
