/** One way to do a row's work. */
export type Contender = {
  readonly name: string;
  /** The command for one run, which may write into a directory that is new and is removed afterwards. */
  readonly command: (fresh: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What has to be so before each run, and is not measured. */
  readonly before?: () => void | Promise<void>;
};

/** Work that is measured: ours first, then everybody on this machine who does the same. */
export type Row = {
  readonly name: string;
  readonly work: string;
  readonly ours: Contender;
  readonly peers: readonly Contender[];
  /** What is aimed at: ours by the best peer's, or by the clock alone. */
  readonly target: string;
  /** Whether a median of ours, a ratio to the best peer's, and a peak of ours reach it; absent where the numbers are only stated. */
  readonly reached?: (ours: { readonly wall: number; readonly memory: number }, ratio: number) => boolean;
  /** What is to be known beside the numbers; where a target is not reached, what limits it. */
  readonly note?: string;
};
