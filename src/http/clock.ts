/** Time and chance. Passed in, so that tests control them. */
export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when that aborts first. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Calls `run` once, in `ms` milliseconds, unless the returned function is called first. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** At least 0 and below 1. */
  readonly random: () => number;
  /** Starts to measure; the returned function gives the event loop's load since then, 0 to 1. */
  readonly cpuLoad: () => () => number;
};
