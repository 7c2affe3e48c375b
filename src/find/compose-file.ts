import { ComposeVariables } from "./compose-variables.ts";
import type { Expansion, Findings } from "./findings.ts";
import { interpolate } from "./interpolation.ts";
import type { Surroundings } from "./surroundings.ts";
import type { YamlValue } from "./yaml-value.ts";

// Real services have one or two platforms. Without a limit, a small file could merge a long list
// into thousands of services, each with a platform of its own.
const PLATFORM_LIMIT = 16;

/** A Compose file with the values of its variables, and what was found in it so far. */
export class ComposeFile {
  readonly findings: Findings;
  readonly #variables: ComposeVariables;
  readonly #visited = new Map<YamlValue, Set<string>>();
  readonly #strings = new Map<YamlValue, string>();

  constructor(findings: Findings, surroundings: Surroundings) {
    this.findings = findings;
    this.#variables = new ComposeVariables(surroundings);
  }

  /** A text with the values of its variables. */
  expansionOf(text: string): Expansion {
    return interpolate(text, this.#variables.get);
  }

  /** A scalar with the values of its variables; empty when that is not known. */
  string(value: YamlValue): string {
    const known = this.#strings.get(value);
    if (known !== undefined) return known;
    const expansion = this.expansionOf(value.string);
    const string = "value" in expansion ? expansion.value : "";
    this.#strings.set(value, string);
    return string;
  }

  /** Adds the image that a scalar names; nothing for a scalar that is null. */
  findImage(value: YamlValue, platform: string | undefined): void {
    if (!this.isNew(value, platform)) return;
    const { text, string } = value;
    if (text === undefined || string === "") return;
    this.findings.expanded(text, this.expansionOf(string), { platform });
  }

  /** The keys of a mapping and their values, with merged ones; the first value of a key counts. */
  entries(map: YamlValue): ReadonlyMap<string, YamlValue> {
    const all = new Map<string, YamlValue>();
    for (const part of this.#mergedInto(map)) {
      for (const [key, value] of part.entries) {
        if (key !== "<<" && !all.has(key)) all.set(key, value);
      }
    }
    return all;
  }

  /** True when a value is visited for the first time for this platform. */
  isNew(value: YamlValue, platform = ""): boolean {
    const platforms = this.#visited.get(value) ?? new Set();
    this.#visited.set(value, platforms);
    if (platforms.has(platform) || platforms.size >= PLATFORM_LIMIT) return false;
    platforms.add(platform);
    return true;
  }

  /** A mapping and those that are merged into it, in the order in which their keys count. */
  #mergedInto(map: YamlValue): ReadonlySet<YamlValue> {
    const parts = new Set<YamlValue>();
    const rest: YamlValue[] = [map];
    while (rest.length > 0) {
      const part = rest.pop();
      if (part === undefined || parts.has(part)) continue;
      parts.add(part);
      const merged = part.entries.filter(([key]) => key === "<<");
      const next = [...part.items, ...merged.map(([, value]) => value)];
      for (const value of next.toReversed()) rest.push(value);
    }
    return parts;
  }
}
