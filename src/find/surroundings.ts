/** What the meaning of a file depends on besides its text. */
export type Surroundings = {
  /** The value of a variable that Compose may put into a file; undefined when it has none. */
  readonly variable: (name: string) => string | undefined;
  /** True when a value may be a secret, which must not become a part of a reference. */
  readonly isSecret: (name: string, value: string) => boolean;
  /** The text of a file in the same directory; undefined when there is none that can be read. */
  readonly beside: (name: string) => string | undefined;
};
