/** One way to break a promise of docs/threat-model.md, and the test that must fail then. */
export type Mutation = {
  /** What is broken; no two have the same. */
  readonly name: string;
  /** How the promise starts in the threat model. */
  readonly promise: string;
  /** The file to change, with its path from the root. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly search: string;
  readonly replace: string;
  /** One of the test files that the threat model names for the promise. */
  readonly test: string;
  /** The tests of that file which are run, as `--test-name-pattern` takes it. */
  readonly pattern: string;
};
