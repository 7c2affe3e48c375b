/** One way to break a promise of docs/threat-model.md, and the test that must fail then. */
export type Mutation = {
  /** What is broken; no two have the same. */
  readonly name: string;
  /** How the promise starts in the threat model. */
  readonly promise: string;
  /** The file to change, with its path from the root. */
  readonly file: string;
  /** Found exactly once in the file, by {@link partsAround}. */
  readonly search: string;
  readonly replace: string;
  /** One of the test files that the threat model names for the promise. */
  readonly test: string;
  /** The tests of that file which are run, as `--test-name-pattern` takes it. */
  readonly pattern: string;
};

/** The text before, between and after each place with `search`; white space does not count. */
export function partsAround(text: string, search: string): readonly string[] {
  const words = search.match(/\w+|[^\w\s]/g) ?? [];
  const escaped = words.map((word) => word.replace(/[^\w]/g, "\\$&"));
  return text.split(new RegExp(escaped.join("\\s*"), "g"));
}
